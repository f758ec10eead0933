public import Tensors

/// How a gradient moves a parameter.
///
/// A rule is a value with two small functions: `coefficients(for:)` computes in `Double`, once a step, what is equal
/// for all elements; `move` is the arithmetic of one register of elements. Clipping, weight decay and the schedule are
/// done for every rule by the engine: `move` sees the clipped gradient and the rate.
///
/// ```swift
/// struct SignDescent: UpdateRule {
///   var momentum = 0.9
///   static var name: String { "sign-descent" }
///   var slots: [String] { ["momentum"] }
///   func coefficients(for step: Step) -> Double { momentum }
///   @inline(__always)
///   static func move<L: Lanes>(
///     _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ momentum: Double
///   ) {
///     state[0] = L(momentum) * state[0] + L(1 - momentum) * g
///     x -= rate * L.sign(state[0])
///   }
/// }
/// ```
///
/// Without `@inline(__always)` every register is a call, and a step takes twice as long.
///
/// Requirements that every rule must satisfy: a zero gradient with zero state leaves a zero parameter zero (tails of
/// tiles are padded with zeros); `move` uses nothing but its arguments; equal rules give equal coefficients.
public protocol UpdateRule: Sendable, Codable, Equatable {
  /// What is equal for all elements of a step.
  associatedtype Coefficients: BitwiseCopyable & Sendable

  /// The rule's name in checkpoints and reports.
  static var name: String { get }

  /// The names of the arrays that the rule keeps between steps, each as large as the parameters; at most four, all
  /// different, and neither "accumulation" nor with "rate/" in front. They begin as zeros. A value below the least normal
  /// number becomes zero when it is stored.
  var slots: [String] { get }

  /// What every element of a slot is before the first step.
  func initialValue(ofSlot slot: String) -> Double

  /// Numbers that the rule carries from step to step beside its slots: names and first values, at most four.
  var memory: KeyValuePairs<String, Double> { get }

  /// The settings that may change over the run, each with its range. The engine checks them, when the optimizer is made
  /// and at every step.
  var hyperparameters: [Hyperparameter] { get }

  /// What `measure` takes its sums over before the rule can move; nil for a rule that needs none.
  var measuredScope: Scope? { get }

  /// Whether the rule does `WeightDecay.decoupled` itself, with `Step.decoupledDecay`, instead of the engine.
  var takesDecoupledDecay: Bool { get }

  /// The slot with the weights to evaluate with, where these are not the parameters; nil where they are.
  var evaluationSlot: String? { get }

  /// Whether the parameters are made of arrays that the rule keeps, so that what others write to them between steps is lost:
  /// ``Lookahead`` then refuses to follow.
  var keepsOwnWeights: Bool { get }

  /// Whether the rule follows the gradient up instead of down: the engine turns the gradient before anything else sees it
  /// but clipping. A rule without such a setting climbs along the negative of the gradient, to the same bits.
  var ascends: Bool { get }

  /// Checks the rule's settings.
  /// - Throws: `SettingError` with the name, the value and the range.
  func validate() throws(SettingError)

  /// Checks a weight decay that the rule is to be used with.
  /// - Throws: `SettingError` where the rule cannot carry it out.
  func validate(_ weightDecay: WeightDecay) throws(SettingError)

  /// The largest magnitude of a (clipped) gradient entry that the rule can use without overflow.
  func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double

  /// Computes what is equal for all elements. A rule with `measuredScope` is asked twice: for the coefficients of
  /// `measure`, and then with `Step.sums`.
  func coefficients(for step: Step) -> Coefficients

  /// What the rule remembers after a step, of `Step.memory` and the rest; kept if the step is taken.
  func memory(after step: Step) -> RuleMemory

  /// Adds one register's part to the sums of a rule with `measuredScope`, from values as they are before the step.
  static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>)

  /// Moves one register of parameters `x` along the gradient `g` with the learning rate, and updates the state.
  static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients)

  /// Moves one tile, and returns Σ (x after - x before)². Implemented by `move`; a rule with a kernel calls that.
  static func sweep(_ tile: Tile<Float>, _ coefficients: Coefficients) -> Double
  /// Moves one tile, and returns Σ (x after - x before)². Implemented by `move`; a rule with a kernel calls that.
  static func sweep(_ tile: Tile<Double>, _ coefficients: Coefficients) -> Double
  /// Whether `sweep`, and `measure` on a tile, call a kernel.
  static var hasKernel: Bool { get }

  // What the engine calls without knowing the rule. Requirements only so that their bodies are compiled for each rule;
  // there is nothing to implement.

  /// The distance between coefficients in a table.
  static var coefficientStride: Int { get }
  /// Writes the coefficients of a step into a table.
  func store(coefficientsFor step: Step, at pointer: UnsafeMutableRawPointer)
  /// The sums of one tile with coefficients from a table.
  static func measure(_ tile: Tile<Float>, coefficientsAt pointer: UnsafeRawPointer) -> MeasuredSums
  /// The sums of one tile with coefficients from a table.
  static func measure(_ tile: Tile<Double>, coefficientsAt pointer: UnsafeRawPointer) -> MeasuredSums
  /// Moves one tile with coefficients from a table.
  static func sweep(_ tile: Tile<Float>, coefficientsAt pointer: UnsafeRawPointer) -> Double
  /// Moves one tile with coefficients from a table.
  static func sweep(_ tile: Tile<Double>, coefficientsAt pointer: UnsafeRawPointer) -> Double
}

extension UpdateRule {
  /// Zero.
  public func initialValue(ofSlot slot: String) -> Double { 0 }
  /// Nothing.
  public var memory: KeyValuePairs<String, Double> { [:] }
  /// None.
  public var hyperparameters: [Hyperparameter] { [] }
  /// None.
  public var measuredScope: Scope? { nil }
  /// No: the engine does it.
  public var takesDecoupledDecay: Bool { false }
  /// The same as before.
  public func memory(after step: Step) -> RuleMemory { step.memory }
  /// Nothing is measured.
  @inlinable @inline(__always)
  public static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ coefficients: Coefficients, into sums: inout MeasuredLanes<L>
  ) {}
  /// None: the parameters are evaluated.
  public var evaluationSlot: String? { nil }
  /// No: the rule moves the parameters from where they are.
  public var keepsOwnWeights: Bool { false }
  /// No: rules descend.
  public var ascends: Bool { false }
  /// Any settings are right.
  public func validate() throws(SettingError) {}
  /// Any weight decay is right.
  public func validate(_ weightDecay: WeightDecay) throws(SettingError) {}
  /// The largest number of the type.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Double(Scalar.greatestFiniteMagnitude)
  }
  /// No: `move` does the work.
  public static var hasKernel: Bool { false }
  /// Moves one tile by `move`.
  @inlinable public static func sweep(_ tile: Tile<Float>, _ coefficients: Coefficients) -> Double {
    sweepBody(tile, coefficients, FloatLanes.self)
  }
  /// Moves one tile by `move`.
  @inlinable public static func sweep(_ tile: Tile<Double>, _ coefficients: Coefficients) -> Double {
    sweepBody(tile, coefficients, DoubleLanes.self)
  }

  /// The stride of the coefficients' type.
  @inlinable public static var coefficientStride: Int { MemoryLayout<Coefficients>.stride }
  /// Computes the coefficients and writes them.
  @inlinable public func store(coefficientsFor step: Step, at pointer: UnsafeMutableRawPointer) {
    pointer.storeBytes(of: coefficients(for: step), as: Coefficients.self)
  }
  /// The sums of one tile.
  @inlinable public static func measure(_ tile: Tile<Float>, coefficientsAt pointer: UnsafeRawPointer) -> MeasuredSums {
    measureBody(tile, pointer.loadUnaligned(as: Coefficients.self), FloatLanes.self)
  }
  /// The sums of one tile.
  @inlinable public static func measure(
    _ tile: Tile<Double>, coefficientsAt pointer: UnsafeRawPointer
  ) -> MeasuredSums {
    measureBody(tile, pointer.loadUnaligned(as: Coefficients.self), DoubleLanes.self)
  }
  /// Moves one tile.
  @inlinable public static func sweep(_ tile: Tile<Float>, coefficientsAt pointer: UnsafeRawPointer) -> Double {
    sweep(tile, pointer.loadUnaligned(as: Coefficients.self))
  }
  /// Moves one tile.
  @inlinable public static func sweep(_ tile: Tile<Double>, coefficientsAt pointer: UnsafeRawPointer) -> Double {
    sweep(tile, pointer.loadUnaligned(as: Coefficients.self))
  }
}
