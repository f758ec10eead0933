internal import Foundation
internal import Schedules
internal import Tensors

/// What one step did. Fixed scalars, so that it costs nothing; details per tensor stay in the optimizer.
///
/// As JSON it is an object with the names of the properties as keys, and so a line of a log that `descent plot` reads;
/// numbers that are not finite are the strings "inf", "-inf" and "nan".
public struct StepReport: Sendable, Hashable {
  /// Whether the parameters moved.
  public enum Outcome: Sendable, Codable, Hashable {
    /// The step was taken, and the clock is one further.
    case applied
    /// The gradient was not finite: nothing changed but the count of such steps in a row.
    case skipped(consecutive: Int)
    /// The gradient was added to those that will make a step together; parameters and clock are as they were.
    case accumulated(Int, of: Int)
    /// A dry run: nothing changed.
    case dryRun
  }

  /// How the elements were moved.
  public enum Path: String, Sendable, Codable, Comparable {
    /// One `cblas_daxpy` or `cblas_saxpy` per tile.
    case axpy
    /// A vector kernel in C.
    case kernel
    /// The rule's own body in Swift.
    case body

    /// The faster way first.
    public static func < (a: Path, b: Path) -> Bool {
      let order = [axpy, kernel, body]
      return order.firstIndex(of: a)! < order.firstIndex(of: b)!
    }
  }

  /// A parameter that the step made NaN or infinite.
  public struct Overflow: Sendable, Hashable {
    /// The tensor's name.
    public let tensor: String
    /// The index into its row-major order.
    public let flatIndex: Int
    /// What the parameter is now.
    public let value: Double
  }

  /// The number of the step: 1 for the first. After a skip, a dry run or a gradient that completed no step, of the step that
  /// comes next.
  public let step: Int
  /// The loss that `step` was told, or nil.
  public let loss: Double?
  /// The learning rate. Where it differs between tensors, the largest; where it is drawn per element, the ε of the draws.
  public let learningRate: Double
  /// ‖g‖₂ of all gradients together, before clipping; infinite where that is beyond the range of `Double`, NaN where a
  /// trusted gradient was not read.
  public let gradientNorm: Double
  /// What clipping by norm multiplied the gradient by; 1 if it did nothing. Where it differs, the smallest.
  public let clipFactor: Double
  /// ‖θ after - θ before‖₂. For plain SGD without decay and value clipping, η · clip factor · ‖g‖₂, which differs by
  /// rounding alone; otherwise measured by squares, so that less than 1e-154 may show as 0 and more than 1e154 as infinity.
  /// The squares of a few `Float` differences at a time are summed as `Float`: some six digits are right.
  /// NaN, as ``gradientNorm``, where such a step trusted its gradient and did not read it.
  public let updateNorm: Double
  /// Whether the parameters moved.
  public let outcome: Outcome
  /// How they were moved; where rules of groups differ, the slowest way.
  public let path: Path
  /// The first parameter that is not finite after the step. The next step refuses. It is looked for where the update is
  /// huge or not finite: a parameter that was NaN before shows itself where the update is measured, and not in a step of
  /// plain SGD without decay, whose ``updateNorm`` follows from the gradient.
  public let overflow: Overflow?
  /// Whether a rule keeps weights of its own and made the parameters from these, as the schedule-free ones do.
  public internal(set) var keepsOwnWeights = false
}

extension StepReport: CustomStringConvertible {
  /// One line, e.g. `step 3: rate 0.0006, ‖g‖ 88.6 × 0.0113, ‖Δθ‖ 0.00163 (kernel)`.
  public var description: String {
    let what =
      switch outcome {
      case .applied: "step \(step)"
      case .skipped(let count): "step \(step) skipped, \(count) in a row"
      case .accumulated(let count, let total): "step \(step), gradient \(count) of \(total)"
      case .dryRun: "step \(step), dry run"
      }
    let clip = clipFactor < 1 ? " × \(Self.short(clipFactor))" : ""
    let end = overflow.map { "; \($0.tensor)[\($0.flatIndex)] is now \($0.value.shown)" } ?? ""
    return "\(what): rate \(Self.short(learningRate)), ‖g‖ \(Self.short(gradientNorm))\(clip), "
      + "‖Δθ‖ \(Self.short(updateNorm)) (\(path.rawValue))\(end)"
  }

  private static func short(_ value: Double) -> String {
    value.isNaN ? value.shown : String(format: "%.3g", value)
  }
}

extension StepReport: Codable {
  private enum CodingKeys: String, CodingKey {
    case step, loss, learningRate, gradientNorm, clipFactor, updateNorm, outcome, path, overflow, keepsOwnWeights
  }

  /// Reads a report; numbers that are not finite are the strings "inf", "-inf" and "nan".
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys) throws -> Double {
      Double(coded: try container.decode(Double.Coded.self, forKey: key))
    }
    step = try container.decode(Int.self, forKey: .step)
    loss = try container.decodeIfPresent(Double.Coded.self, forKey: .loss).map(Double.init(coded:))
    learningRate = try number(.learningRate)
    gradientNorm = try number(.gradientNorm)
    clipFactor = try number(.clipFactor)
    updateNorm = try number(.updateNorm)
    outcome = try container.decode(Outcome.self, forKey: .outcome)
    path = try container.decode(Path.self, forKey: .path)
    overflow = try container.decodeIfPresent(Overflow.self, forKey: .overflow)
    keepsOwnWeights = try container.decodeIfPresent(Bool.self, forKey: .keepsOwnWeights) ?? false
  }

  /// Writes a report; numbers that are not finite become strings, because JSON has no other form for them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(step, forKey: .step)
    try container.encodeIfPresent(loss?.coded, forKey: .loss)
    try container.encode(learningRate.coded, forKey: .learningRate)
    try container.encode(gradientNorm.coded, forKey: .gradientNorm)
    try container.encode(clipFactor.coded, forKey: .clipFactor)
    try container.encode(updateNorm.coded, forKey: .updateNorm)
    try container.encode(outcome, forKey: .outcome)
    try container.encode(path, forKey: .path)
    try container.encodeIfPresent(overflow, forKey: .overflow)
    if keepsOwnWeights { try container.encode(true, forKey: .keepsOwnWeights) }
  }
}

extension StepReport.Overflow: Codable {
  private enum CodingKeys: String, CodingKey { case tensor, flatIndex, value }

  /// Reads an overflow; its value is a string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    tensor = try container.decode(String.self, forKey: .tensor)
    flatIndex = try container.decode(Int.self, forKey: .flatIndex)
    value = Double(coded: try container.decode(Double.Coded.self, forKey: .value))
  }

  /// Writes an overflow; its value becomes a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tensor, forKey: .tensor)
    try container.encode(flatIndex, forKey: .flatIndex)
    try container.encode(value.coded, forKey: .value)
  }
}
