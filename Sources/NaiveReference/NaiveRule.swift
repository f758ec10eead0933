// What all update rules have in common.

internal import Foundation

/// An update rule on one tensor, as the plainest loop.
///
/// Every operation rounds once to `Scalar`. Numbers that hold for all elements, such as 1 - beta, are computed in
/// `Double` and rounded to `Scalar` once. What a rule keeps is flushed: below the least normal number it becomes zero.
public protocol NaiveRule<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: BinaryFloatingPoint & Sendable

  /// The arrays that the rule keeps between steps, in the order of the engine's slots; each empty before the first step.
  var state: [[Scalar]] { get }

  /// Whether the rule climbs: its gradient is turned before it gets it.
  var isMaximizing: Bool { get }

  /// Whether the rule decays the parameters itself, where the decay is decoupled.
  var takesDecoupledDecay: Bool { get }

  /// Moves x along the gradient g, which is clipped, turned and has the coupled decay in it.
  mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>)
}

extension NaiveRule {
  /// No: rules descend.
  public var isMaximizing: Bool { false }
  /// No: it is done before the rule moves.
  public var takesDecoupledDecay: Bool { false }
}

/// The moment at which a rule moves.
public struct NaiveStep<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// The number of the step, from 1.
  public let number: Int
  /// The learning rate, where all elements have the same.
  public let rate: Double
  /// The learning rate of every element.
  public var rates: [Scalar]
  /// lambda of the decoupled decay for a rule that takes it, else 0.
  public let decoupledDecay: Double
  /// The parameters before their decay.
  public let start: [Scalar]
  /// Adds up numbers.
  let sum: @Sendable ([Double]) -> Double

  /// The value that a setting has in this step.
  public func callAsFunction(_ setting: NaiveSetting) -> Double { setting(number - 1) }

  /// The sum of squares, in double precision.
  public func sumOfSquares(_ a: [Scalar]) -> Double { sum(a.map { Double($0) * Double($0) }) }

  /// The root of that.
  public func norm(_ a: [Scalar]) -> Double { sumOfSquares(a).squareRoot() }

  /// 1 - beta^k at step k, without cancellation where beta is near 1.
  public func biasCorrection(_ beta: Double) -> Double { -expm1(Double(number) * log1p(beta - 1)) }
}

/// Zero where a number is below the least normal one.
@inline(__always)
func flushed<Scalar: BinaryFloatingPoint>(_ a: Scalar) -> Scalar { abs(a) < Scalar.leastNormalMagnitude ? 0 : a }

/// So many equal numbers.
func filled<Scalar: BinaryFloatingPoint>(_ value: Double = 0, count: Int) -> [Scalar] {
  Array(repeating: Scalar(value), count: count)
}
