internal import Optimizers

/// Where the configurations of a search come from.
///
/// The configuration of a trial is a function of the space, the study's seed and the trial's number alone: not of what
/// was drawn before, so a study can go on at any trial. Draws belong to the name of a parameter, so another parameter
/// beside it changes nothing.
public enum Sampling: Sendable, Codable, Hashable {
  /// Every combination of so many values per parameter, from end to end in equal steps (of the logarithm, for
  /// `logUniform`); a choice gives all its values. Of one point, the middle.
  case grid(points: Int)

  /// Independent draws. Better than a grid where only some of the parameters matter, because no two trials have the same
  /// value of those: Bergstra and Bengio, "Random search for hyper-parameter optimization", 2012.
  case random

  /// The Halton sequence (Halton 1960), with the first primes as bases in the order of the parameters, and shifted by
  /// random amounts modulo 1 (Cranley and Patterson 1976). It covers the space more evenly than independent draws:
  /// Bousquet et al., "Critical hyper-parameters: no random, no cry", 2017. Beyond about eight parameters neighbouring
  /// bases are correlated for the first hundred points; draw at random there.
  case quasiRandom
}

/// The configurations of a search, by trial number.
struct Sampler {
  let sampling: Sampling
  let space: SearchSpace
  let seed: UInt64
  private let axes: [[Configuration.Value]]

  init(_ sampling: Sampling, in space: SearchSpace, seed: UInt64) {
    (self.sampling, self.space, self.seed) = (sampling, space, seed)
    axes = if case .grid(let points) = sampling { space.parameters.map { $0.domain.grid(points: points) } } else { [] }
  }

  func configuration(of trial: Int) -> Configuration {
    var values: [String: Configuration.Value] = [:]
    var quotient = trial
    for (place, parameter) in space.parameters.enumerated().reversed() {
      switch sampling {
      case .grid:
        let axis = axes[place]
        values[parameter.name] = axis[quotient % axis.count]
        quotient /= axis.count
      case .random:
        let u = Philox(seed: seed, tensor: parameter.name).uniform(step: trial)
        values[parameter.name] = parameter.domain.value(at: u)
      case .quasiRandom:
        let shift = Philox(seed: seed, tensor: parameter.name).uniform(step: 0, index: 1)
        let u = shift + Halton.radicalInverse(of: trial, base: Halton.prime(place))
        values[parameter.name] = parameter.domain.value(at: u < 1 ? u : u - 1)
      }
    }
    return Configuration(values)
  }
}

extension SearchSpace {
  /// The number of combinations of a grid, or nil where it exceeds the limit.
  func gridCount(points: Int, limit: Int) -> Int? {
    var count = 1
    for parameter in parameters {
      let values = parameter.domain.gridCount(points: points)
      guard values <= limit / count else { return nil }
      count *= values
    }
    return count
  }
}
