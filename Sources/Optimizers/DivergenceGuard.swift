public import Tensors

/// Watches the loss, and goes back to a good point when it jumps.
///
/// With the last `window` losses that were accepted, a loss is a jump if it is not finite, or if
///
///     loss > median + deviations · max(1.4826 · MAD, floor · |median|)
///
/// where MAD is the median of the distances to the median; 1.4826 · MAD estimates a standard deviation (Hampel 1974).
/// Then parameters and optimizer become what they were at the last snapshot, clock included, and the learning rate is
/// multiplied by `factor`. Nobody watches unless a guard is made; what it costs is a copy of the parameters and of the
/// optimizer's state every `interval` steps.
///
/// ```swift
/// var guardian = try DivergenceGuard<Double, [Double]>()
/// while optimizer.completedSteps < 1_000 {
///   let (loss, gradient) = evaluate(x)
///   guard case .kept = try guardian.inspect(loss: loss, parameters: &x, optimizer: &optimizer) else { continue }
///   try optimizer.step(&x, gradient: gradient)
/// }
/// ```
///
/// The losses are Codable as ``state``; the snapshot is not part of it. A guard of a resumed run takes the first accepted
/// point as its snapshot.
public struct DivergenceGuard<Scalar: TensorScalar, Parameters: Sendable>: Sendable {
  /// What is a jump, and what becomes of it.
  public struct Settings: Sendable, Codable, Hashable {
    /// How many accepted losses a new one is compared with; before there are so many, only a loss that is not finite is a
    /// jump. At least 2.
    public var window: Int
    /// How far above the median is too far.
    public var deviations: Double
    /// The least deviation, relative to the median: losses that hardly differ would make any other a jump.
    public var floor: Double
    /// What a jump multiplies the learning rate by.
    public var factor: Double
    /// How many steps lie between snapshots.
    public var interval: Int
    /// How many jumps in a row, without a loss that is accepted in between by a snapshot, are too many.
    public var limit: Int

    /// Settings, each with its default.
    public init(
      window: Int = 20, deviations: Double = 6, floor: Double = 0.01, factor: Double = 0.5, interval: Int = 10,
      limit: Int = 10
    ) {
      (self.window, self.deviations, self.floor) = (window, deviations, floor)
      (self.factor, self.interval, self.limit) = (factor, interval, limit)
    }

    func validate() throws(SettingError) {
      try SettingError.check(
        2...1_000_000 ~= window, "DivergenceGuard.window", Double(window), "2 <= window <= 1000000")
      try SettingError.check(
        deviations > 0 && deviations.isFinite, "DivergenceGuard.deviations", deviations, "0 < deviations < infinity")
      try SettingError.check(floor >= 0 && floor.isFinite, "DivergenceGuard.floor", floor, "0 <= floor < infinity")
      try SettingError.check(factor > 0 && factor < 1, "DivergenceGuard.factor", factor, "0 < factor < 1")
      try SettingError.check(interval >= 1, "DivergenceGuard.interval", Double(interval), "interval >= 1")
      try SettingError.check(limit >= 1, "DivergenceGuard.limit", Double(limit), "limit >= 1")
    }
  }

  /// What came of a loss.
  public enum Verdict: Sendable, Hashable {
    /// It is no jump: go on.
    case kept
    /// It was a jump. Parameters and optimizer are those of the snapshot, from before this step.
    case rolledBack(toStep: Int, loss: Double, limit: Double)
  }

  /// What the guard has seen.
  public struct State: Sendable, Codable, Hashable {
    /// The last accepted losses, oldest first.
    public internal(set) var losses: [Double] = []
    /// Jumps since the last snapshot.
    public internal(set) var jumps = 0

    /// Nothing.
    public init() {}
  }

  /// What is a jump, and what becomes of it.
  public let settings: Settings
  /// What the guard has seen.
  public private(set) var state: State
  private var snapshot: (parameters: Parameters, optimizer: Optimizer<Scalar>, losses: [Double])?

  /// A guard, or one that goes on from what another has seen.
  /// - Throws: `SettingError` where a setting is out of range.
  public init(_ settings: Settings = Settings(), state: State = State()) throws(SettingError) {
    try settings.validate()
    (self.settings, self.state) = (settings, state)
    // The state may be that of a guard with a longer memory.
    self.state.losses = state.losses.suffix(settings.window)
  }

  /// The loss above which the next one is a jump; infinite until there are enough to compare with.
  public var limit: Double {
    guard state.losses.count == settings.window else { return .infinity }
    let center = median(state.losses)
    let spread = 1.4826 * median(state.losses.map { abs($0 - center) })
    return center + settings.deviations * max(spread, settings.floor * abs(center))
  }

  /// Looks at the loss at the parameters as they are, before the step that its gradient makes.
  ///
  /// - Returns: `.kept`; or `.rolledBack`, and then the gradient belongs to parameters that are no longer there.
  /// - Throws: `DivergenceError` where there is nothing to go back to, or it was done too often.
  public mutating func inspect(
    loss: Double, parameters: inout Parameters, optimizer: inout Optimizer<Scalar>
  ) throws(DivergenceError) -> Verdict {
    let limit = limit
    guard loss.isFinite, loss <= limit else {
      guard let snapshot else { throw .noSnapshot(loss: loss, step: optimizer.completedSteps + 1) }
      state.jumps += 1
      guard state.jumps <= settings.limit else {
        throw .tooManyJumps(settings.limit, loss: loss, limit: limit, step: optimizer.completedSteps + 1)
      }
      let (multiplier, observer) = (optimizer.learningRate.multiplier, optimizer.observer)
      (parameters, optimizer, state.losses) = snapshot
      optimizer.setMultiplier(multiplier * settings.factor)
      optimizer.observer = observer
      return .rolledBack(toStep: optimizer.completedSteps, loss: loss, limit: limit)
    }
    if state.losses.count == settings.window { state.losses.removeFirst() }
    state.losses.append(loss)
    let age = snapshot.map { optimizer.completedSteps - $0.optimizer.completedSteps } ?? settings.interval
    if age >= settings.interval {
      snapshot = (parameters, optimizer, Array(state.losses.dropLast()))
      state.jumps = 0
    }
    return .kept
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
  }
}

/// A run that cannot be saved by going back.
public enum DivergenceError: Error, Equatable, CustomStringConvertible {
  /// The first loss is not finite.
  case noSnapshot(loss: Double, step: Int)
  /// The loss jumped too often in a row.
  case tooManyJumps(Int, loss: Double, limit: Double, step: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .noSnapshot(let loss, let step):
      "the loss before step \(step) is \(loss), and there is no earlier point to go back to; check the start"
    case .tooManyJumps(let count, let loss, let limit, let step):
      """
      the loss jumped more than \(count) times in a row, the last time to \(loss) before step \(step), where \(limit) is the \
      limit; lower the learning rate, clip the gradient, or allow larger deviations
      """
    }
  }
}
