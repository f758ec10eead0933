internal import ArgumentParser
internal import Descent
internal import Foundation
internal import Problems

/// The learning rates among which a search chooses: all of a range, or a list.
enum RateCandidates: Sendable, Equatable {
  case range(from: Double, to: Double)
  case list([Double])

  /// Reads "1e-4..10" or "0.01,0.1,1".
  init(_ text: String) throws(ValidationError) {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false)
    if ends.count == 2 {
      let (from, to) = (try Self.rate(ends[0]), try Self.rate(ends[1]))
      guard from < to else { throw ValidationError("the range \(text) ends at or before its beginning") }
      self = .range(from: from, to: to)
    } else {
      var rates: [Double] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let rate = try Self.rate(part)
        guard !rates.contains(rate) else { throw ValidationError("the list has \(part) twice") }
        rates.append(rate)
      }
      self = .list(rates.sorted())
    }
  }

  private static func rate(_ text: Substring) throws(ValidationError) -> Double {
    guard let rate = Double(text), rate > 0, rate.isFinite else {
      throw ValidationError(
        "\"\(text)\" is not a positive number; write a range as 1e-4..10 and a list as 0.01,0.1,1")
    }
    return rate
  }

  /// Whole decades around 1/L, the rate at which full-batch descent is safe: so many below it, so many above.
  static func around(_ problem: FitProblem, below: Int, above: Int) throws -> RateCandidates {
    let safe = try 1 / problem.regression.smoothness()
    let decade = log10(safe).rounded(.down)
    let (from, to) = (pow(10, decade - Double(below)), pow(10, decade + Double(above)))
    guard from > 0, to.isFinite else { throw NoScale(smoothness: 1 / safe) }
    return .range(from: from, to: to)
  }

  /// How a search sees them.
  var domain: ParameterDomain {
    switch self {
    case .range(let from, let to): .logUniform(from: from, to: to)
    case .list(let rates): .choice(of: rates.map { .number($0) })
    }
  }

  /// The data tell nothing about the size of a rate.
  struct NoScale: Error, CustomStringConvertible {
    let smoothness: Double

    var description: String {
      "the curvature of the objective is \(smoothness), which says nothing about the size of a rate; --standardize the "
        + "features, or give the rates: --learning-rate 1e-4..10"
    }
  }
}

extension RateCandidates: CustomStringConvertible {
  var description: String {
    switch self {
    case .range(let from, let to): "\(from)..\(to)"
    case .list(let rates): rates.map { "\($0)" }.joined(separator: ",")
    }
  }

  /// The same in words, with few digits.
  var span: String {
    func short(_ rate: Double) -> String { String(format: "%.4g", rate) }
    return switch self {
    case .range(let from, let to): "from \(short(from)) to \(short(to))"
    case .list(let rates): "(" + rates.map(short).joined(separator: ", ") + ")"
    }
  }
}
