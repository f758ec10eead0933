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
///   static func move<L: Lanes>(
///     _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ momentum: Double
///   ) {
///     state[0] = L(momentum) * state[0] + L(1 - momentum) * g
///     x -= rate * L.sign(state[0])
///   }
/// }
/// ```
///
/// Requirements that every rule must satisfy: a zero gradient with zero state leaves a zero parameter zero (tails of
/// tiles are padded with zeros); `move` uses nothing but its arguments; equal rules give equal coefficients.
public protocol UpdateRule: Sendable, Codable, Equatable {
  /// What is equal for all elements of a step.
  associatedtype Coefficients: BitwiseCopyable & Sendable

  /// The rule's name in checkpoints and reports.
  static var name: String { get }

  /// The names of the arrays that the rule keeps between steps, each as large as the parameters; at most four. They
  /// begin as zeros. A value below the least normal number becomes zero when it is stored.
  var slots: [String] { get }

  /// Whether the rule follows the gradient up instead of down.
  var ascends: Bool { get }

  /// Checks the rule's settings.
  /// - Throws: `SettingError` with the name, the value and the range.
  func validate() throws(SettingError)

  /// The largest magnitude of a (clipped) gradient entry that the rule can use without overflow.
  func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double

  /// Computes what is equal for all elements.
  func coefficients(for step: Step) -> Coefficients

  /// Moves one register of parameters `x` along the gradient `g` with the learning rate, and updates the state.
  static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients)

  /// Moves one tile, and returns Σ (x after - x before)². Implemented by `move`; a rule with a kernel calls that.
  static func sweep(_ tile: Tile<Float>, _ coefficients: Coefficients) -> Double
  /// Moves one tile, and returns Σ (x after - x before)². Implemented by `move`; a rule with a kernel calls that.
  static func sweep(_ tile: Tile<Double>, _ coefficients: Coefficients) -> Double
  /// Whether `sweep` calls a kernel.
  static var hasKernel: Bool { get }

  // What the engine calls without knowing the rule. Requirements only so that their bodies are compiled for each rule;
  // there is nothing to implement.

  /// The distance between coefficients in a table.
  static var coefficientStride: Int { get }
  /// Writes the coefficients of a step into a table.
  func store(coefficientsFor step: Step, at pointer: UnsafeMutableRawPointer)
  /// Moves one tile with coefficients from a table.
  static func sweep(_ tile: Tile<Float>, coefficientsAt pointer: UnsafeRawPointer) -> Double
  /// Moves one tile with coefficients from a table.
  static func sweep(_ tile: Tile<Double>, coefficientsAt pointer: UnsafeRawPointer) -> Double
}

/// One step as a rule sees it.
public struct Step: Sendable, Hashable {
  /// The number of the step: 1 for the first.
  public let number: Int
  /// The learning rate; `move` gets it as a register too, because it may differ between elements.
  public let learningRate: Double
}

extension UpdateRule {
  /// No: rules descend.
  public var ascends: Bool { false }
  /// Any settings are right.
  public func validate() throws(SettingError) {}
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
  /// Moves one tile.
  @inlinable public static func sweep(_ tile: Tile<Float>, coefficientsAt pointer: UnsafeRawPointer) -> Double {
    sweep(tile, pointer.loadUnaligned(as: Coefficients.self))
  }
  /// Moves one tile.
  @inlinable public static func sweep(_ tile: Tile<Double>, coefficientsAt pointer: UnsafeRawPointer) -> Double {
    sweep(tile, pointer.loadUnaligned(as: Coefficients.self))
  }
}
