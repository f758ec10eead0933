// The letters of the papers, capitals included.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

/// Every schedule as its paper or its inventor writes it, as a plain function of t, the number of completed steps.
///
/// Nothing here is made safe, fast or exact at the ends: it is to be read against the source. The letters are those of
/// the formulas, a0 the first value, a1 the last, T the length.
public enum NaiveSchedules {
  /// a0 + (a1 - a0) t / T.
  public static func linear(_ a0: Double, _ a1: Double, _ T: Double, _ t: Double) -> Double {
    a0 + (a1 - a0) * min(t, T) / T
  }

  /// a0 - d t, not below the floor.
  public static func decrement(_ a0: Double, _ d: Double, _ floor: Double, _ t: Double) -> Double {
    max(floor, a0 - d * t)
  }

  /// (a0 - a1) (1 - t/T)^gamma + a1; with `cycle` T grows to the next multiple of itself.
  public static func polynomial(
    _ a0: Double, _ a1: Double, _ gamma: Double, _ T: Double, cycle: Bool, _ t: Double
  ) -> Double {
    if cycle {
      let length = t == 0 ? T : T * ceil(t / T)
      return (a0 - a1) * pow(1 - t / length, gamma) + a1
    }
    return (a0 - a1) * pow(1 - min(t, T) / T, gamma) + a1
  }

  /// a0 / (1 + k u)^p with u = t / s, or its whole part (Robbins and Monro 1951).
  public static func timeBased(
    _ a0: Double, _ k: Double, _ p: Double, _ s: Double, staircase: Bool, _ t: Double
  ) -> Double {
    let u = staircase ? Foundation.floor(t / s) : t / s
    return a0 / pow(1 + k * u, p)
  }

  /// a0 gamma^(t/s), or with the whole part of t/s, not below the floor.
  public static func exponential(
    _ a0: Double, _ gamma: Double, _ s: Double, staircase: Bool, _ floor: Double, _ t: Double
  ) -> Double {
    let u = staircase ? Foundation.floor(t / s) : t / s
    return max(floor, a0 * pow(gamma, u))
  }

  /// a0, multiplied by gamma at each s-th step.
  public static func step(_ a0: Double, _ gamma: Double, _ s: Int, _ t: Int) -> Double {
    var rate = a0
    for k in 0..<t where (k + 1) % s == 0 { rate *= gamma }
    return rate
  }

  /// a0, multiplied by gamma at each milestone.
  public static func milestones(_ a0: Double, _ gamma: Double, _ milestones: [Int], _ t: Int) -> Double {
    var rate = a0
    for milestone in milestones where t >= milestone { rate *= gamma }
    return rate
  }

  /// a1 + (a0 - a1) ((1 + cos(pi t/T)) / 2)^p (Loshchilov and Hutter 2016, equation 5, for p = 1).
  public static func cosine(_ a0: Double, _ a1: Double, _ T: Double, _ p: Double, _ t: Double) -> Double {
    if t >= T { return a1 }
    return a1 + (a0 - a1) * pow((1 + cos(Double.pi * t / T)) / 2, p)
  }

  /// Equation 5 of Loshchilov and Hutter (2016) with the counter of the paper, which is reset at each restart; there
  /// the length is multiplied by m and the peak by M. The peak does not fall below a1.
  public static func warmRestarts(
    _ a0: Double, _ a1: Double, _ T0: Int, _ m: Int, _ M: Double, _ t: Int
  ) -> Double {
    var (sinceRestart, length, peak) = (0, T0, a0)
    for _ in 0..<t {
      sinceRestart += 1
      if sinceRestart == length {
        sinceRestart = 0
        length *= m
        peak *= M
      }
    }
    return a1 + (max(peak, a1) - a1) * (1 + cos(Double.pi * Double(sinceRestart) / Double(length))) / 2
  }

  /// Smith 2015, up U steps and down D: c = floor(1 + t/(U+D)), z = 1 + t/(U+D) - c, rho = U/(U+D), s = z/rho or
  /// (z-1)/(rho-1), b + (M - b) s h(c, t).
  public static func cyclic(
    _ b: Double, _ M: Double, _ U: Double, _ D: Double, _ h: (_ c: Double, _ t: Double) -> Double, _ t: Double
  ) -> Double {
    let c = Foundation.floor(1 + t / (U + D))
    let z = 1 + t / (U + D) - c
    let rho = U / (U + D)
    let s = z <= rho ? z / rho : (z - 1) / (rho - 1)
    return b + (M - b) * s * h(c, t)
  }

  /// e + (a - e) (1 + cos(pi p)) / 2, or e + (a - e) (1 - p), or e + (a - e) (1 - sqrt(p)).
  public static func anneal(_ a: Double, _ e: Double, _ shape: String, _ p: Double) -> Double {
    switch shape {
    case "cosine": e + (a - e) * (1 + cos(Double.pi * p)) / 2
    case "linear": e + (a - e) * (1 - p)
    default: e + (a - e) * (1 - p.squareRoot())
    }
  }

  /// Levels and the steps at which they are reached, the first at step 0 (Smith and Topin 2017 for two or three ways).
  public static func levels(_ levels: [(at: Double, Double)], _ shape: String, _ t: Double) -> Double {
    for (from, to) in zip(levels, levels.dropFirst()) where t >= from.at && t < to.at {
      return anneal(from.1, to.1, shape, (t - from.at) / (to.at - from.at))
    }
    return levels[levels.count - 1].1
  }

  /// a0 min(1, (t + 1) / W) (Goyal et al. 2017).
  public static func warmup(_ a0: Double, _ W: Double, _ t: Double) -> Double {
    a0 * min(1, (t + 1) / W)
  }

  /// a0 (s + (1 - s) min(t, W) / W).
  public static func warmup(_ a0: Double, _ W: Double, startFactor s: Double, _ t: Double) -> Double {
    a0 * (s + (1 - s) * min(t, W) / W)
  }

  /// a0 (1 - exp(-(t + 1) / tau)) (Ma and Yarats 2019).
  public static func exponentialWarmup(_ a0: Double, _ tau: Double, _ t: Double) -> Double {
    a0 * (1 - exp(-(t + 1) / tau))
  }

  /// a0 min(1, (1 - beta2) (t + 1) / 2) (Ma and Yarats 2019).
  public static func untunedAdamWarmup(_ a0: Double, _ beta2: Double, _ t: Double) -> Double {
    a0 * min(1, (1 - beta2) / 2 * (t + 1))
  }

  /// a0 (t + 1) / W before W, then a0 sqrt(W / (t + 1)).
  public static func inverseSquareRoot(_ a0: Double, _ W: Double, _ t: Double) -> Double {
    t + 1 <= W ? a0 * (t + 1) / W : a0 * (max(W, 1) / (t + 1)).squareRoot()
  }

  /// c d^(-1/2) min(k^(-1/2), k W^(-3/2)), k = t + 1 (Vaswani et al. 2017, equation 3).
  public static func noam(_ c: Double, _ d: Double, _ W: Double, _ t: Double) -> Double {
    c * pow(d, -0.5) * min(pow(t + 1, -0.5), (t + 1) * pow(W, -1.5))
  }

  /// Warm-up for W steps, a0 for S, then the way to a1 in D (Hu et al. 2024).
  public static func warmupStableDecay(
    _ a0: Double, _ W: Double, _ S: Double, _ D: Double, _ a1: Double, _ shape: String, _ t: Double
  ) -> Double {
    if t < W { return warmup(a0, W, t) }
    if t < W + S { return a0 }
    return anneal(a0, a1, shape, min(t - W - S, D) / D)
  }

  /// The value of the last change that has come.
  public static func piecewise(_ a0: Double, _ changes: [(at: Int, to: Double)], _ t: Int) -> Double {
    var rate = a0
    for change in changes where t >= change.at { rate = change.to }
    return rate
  }
}
