internal import RealModule

/// How high the cycles of ``Schedule/cyclic(from:to:rising:falling:amplitude:)`` go.
public enum CyclicAmplitude: Sendable, Equatable {
  /// Every cycle reaches the peak ("triangular").
  case constant

  /// Each cycle is half as high as the one before ("triangular2").
  case halving

  /// The height is multiplied by the factor, above 0 and at most 1, with every step ("exp_range").
  case exponential(factor: Double)
}

extension CyclicAmplitude: ParameterValue {
  enum Coded: Codable {
    case constant
    case halving
    case exponential(factor: Double.Coded)
  }

  var coded: Coded {
    switch self {
    case .constant: .constant
    case .halving: .halving
    case .exponential(let factor): .exponential(factor: factor.coded)
    }
  }

  init(coded: Coded) {
    switch coded {
    case .constant: self = .constant
    case .halving: self = .halving
    case .exponential(let factor): self = .exponential(factor: Double(coded: factor))
    }
  }

  func height(cycle: Int, step: Int) -> Double {
    switch self {
    case .constant: 1
    case .halving: Double.pow(0.5, Double(cycle))
    case .exponential(let factor): Double.pow(factor, Double(step))
    }
  }
}

struct Cyclic: Curve {
  static let name = "cyclic"
  static let example = ScheduleExample(
    "cyclic(0.01 -> 0.1, rising 12, amplitude exponential(0.985))",
    formula: "from + (to - from) · triangle · amplitude")
  var from = 0.0
  var to = 0.0
  var rising = 0
  var falling = 0
  var amplitude = CyclicAmplitude.constant

  func formula(_ t: Int) -> Double {
    let (up, down) = (max(rising, 1), max(falling, 0))
    let length = up.plus(down)
    let step = t % length
    let triangle = step < up ? Double(step) / Double(up) : Double(length - step) / Double(down)
    let height = triangle * amplitude.height(cycle: t / length, step: t)
    return from * (1 - height) + to * height
  }

  var duration: Int? { nil }

  mutating func visitParameters<V: ParameterVisitor>(_ visit: inout V) throws(V.Failure) {
    try visit("from", &from, .rate)
    try visit("to", &to, .rate)
    try visit("rising", &rising, .atLeast(1), default: 2_000)
    try visit("falling", &falling, .atLeast(0), default: rising)
    try visit(
      "amplitude", &amplitude,
      Requirement("constant, halving or exponential with a factor above 0 and at most 1") {
        if case .exponential(let factor) = $0 { factor > 0 && factor <= 1 } else { true }
      }, default: .constant)
  }
}

extension Schedule {
  /// Straight up from the base to the peak in `rising` steps and down again in `falling` (as many if not given), over
  /// and over: b + (M - b) s h, where s is the triangle's height between 0 and 1 and h the amplitude: 1, or 2^-c in
  /// cycle c = 0, 1, ..., or factor^t.
  ///
  /// The base is met at the start of each cycle, the peak exactly `rising` steps later. A momentum that goes the other
  /// way is the same with its ends exchanged.
  ///
  /// - Source: Smith 2015, policies triangular, triangular2 and exp_range.
  /// - Peers: PyTorch's CyclicLR, same values.
  public static func cyclic(
    from: Double, to: Double, rising: Int = 2_000, falling: Int? = nil, amplitude: CyclicAmplitude = .constant
  ) -> Schedule {
    Schedule(Cyclic(from: from, to: to, rising: rising, falling: falling ?? rising, amplitude: amplitude))
  }
}
