internal import Foundation

/// The values that a parameter of a search may have.
public enum ParameterDomain: Sendable, Codable, Hashable {
  /// A number whose logarithm is uniform; for rates, whose right order of magnitude is what is not known. Both ends are
  /// included.
  case logUniform(from: Double, to: Double)
  /// A number that is uniform. Both ends are included.
  case uniform(from: Double, to: Double)
  /// A whole number, each equally likely. Both ends are included.
  case integer(from: Int, to: Int)
  /// One of several values, each equally likely.
  case choice(of: [Configuration.Value])

  /// The value that has the part `u` of the domain below it, 0 <= u < 1.
  func value(at u: Double) -> Configuration.Value {
    switch self {
    case .logUniform(let low, let high): .number(geometric(low, high, u))
    case .uniform(let low, let high): .number(linear(low, high, u))
    case .integer(let low, let high):
      .number(Double(min(high, low + Int(u * (Double(high) - Double(low) + 1)))))
    case .choice(let values): values[min(values.count - 1, Int(u * Double(values.count)))]
    }
  }

  /// So many values from end to end in equal steps, of the logarithm if that is what is uniform. Whole numbers are rounded,
  /// and each is there once; a choice gives all its values.
  func grid(points: Int) -> [Configuration.Value] {
    let count = gridCount(points: points)
    let places = count == 1 ? [0.5] : (0..<count).map { Double($0) / Double(count - 1) }
    return switch self {
    case .logUniform(let low, let high): places.map { .number(geometric(low, high, $0)) }
    case .uniform(let low, let high): places.map { .number(linear(low, high, $0)) }
    case .integer(let low, let high): places.map { .number(linear(Double(low), Double(high), $0).rounded()) }
    case .choice(let values): values
    }
  }

  /// The number of values of a grid: no more than there are.
  func gridCount(points: Int) -> Int {
    switch self {
    case .logUniform(let low, let high), .uniform(let low, let high): low == high ? 1 : points
    case .integer(let low, let high): min(points, high - low + 1)
    case .choice(let values): values.count
    }
  }

  func validate(_ name: String) throws(TuningError) {
    switch self {
    case .logUniform(let low, let high):
      try TuningError.check(low > 0 && low.isFinite, "\(name).from", low, "0 < from < infinity")
      try TuningError.check(
        high >= low && high.isFinite, "\(name).to", high, "from <= to < infinity, with from = \(low)")
    case .uniform(let low, let high):
      try TuningError.check(low.isFinite, "\(name).from", low, "a finite from")
      try TuningError.check(
        high >= low && (high - low).isFinite, "\(name).to", high,
        "from <= to and a finite difference, with from = \(low)")
    case .integer(let low, let high):
      try TuningError.check(abs(Double(low)) <= 0x1p52, "\(name).from", Double(low), "|from| <= 2^52")
      try TuningError.check(
        high >= low && abs(Double(high)) <= 0x1p52, "\(name).to", Double(high),
        "from <= to <= 2^52, with from = \(low)")
    case .choice(let values):
      if values.isEmpty { throw .noChoices(parameter: name) }
      var seen: Set<Configuration.Value> = []
      for value in values {
        if case .number(let number) = value {
          try TuningError.check(number.isFinite, name, number, "finite numbers to choose from")
        }
        if !seen.insert(value).inserted { throw .repeatedChoice(parameter: name, value: "\(value)") }
      }
    }
  }
}

private func linear(_ low: Double, _ high: Double, _ u: Double) -> Double {
  u == 1 ? high : min(high, low + u * (high - low))
}

/// Through decimal logarithms, so that a grid over whole decades has 0.001 and not 0.0010000000000000002.
private func geometric(_ low: Double, _ high: Double, _ u: Double) -> Double {
  if u == 0 { return low }
  if u == 1 { return high }
  let (first, last) = (log10(low), log10(high))
  return min(high, max(low, pow(10, first + u * (last - first))))
}
