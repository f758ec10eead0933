internal import CKernels
public import Tensors

/// Steps of every tensor in proportion to the tensor itself, drawn in so that it does not grow.
///
///     θ ← (θ - η max(‖θ‖, ε) / max(‖g‖, ε) · g) / √(1 + η²)
///
/// Bernstein, Vahdat, Yue and Liu, "On the distance between two neural networks and the stability of learning", 2020; as in
/// Optax, ε being its `min_norm`. Norms are those of a tensor. The learning rate is usually 1e-2. State: none.
public struct Fromage: UpdateRule {
  /// ε, the least norm.
  public var leastNorm: Double

  /// Fromage with the settings of Optax unless told otherwise.
  public init(leastNorm: Double = 1e-6) { self.leastNorm = leastNorm }

  /// `fromage`.
  public static var name: String { "fromage" }
  /// None.
  public var slots: [String] { [] }
  /// ‖θ‖² and ‖g‖² of every tensor.
  public var measuredScope: Scope? { .tensor }

  /// - Throws: `SettingError` where the least norm is zero.
  public func validate() throws(SettingError) { try SettingError.check(divisor: leastNorm, "Fromage.leastNorm") }

  /// The sum has room for 2³² squares of the largest.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Scalar.largestSquarable * 0x1p-16
  }

  /// What is equal for all elements of a tensor.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var shared: descent_fromage
  }

  /// Once the sums are known, the ratio of the norms is taken here.
  public func coefficients(for step: Step) -> Coefficients {
    let (size, length) = ((step.sums?[0] ?? 0).squareRoot(), (step.sums?[1] ?? 0).squareRoot())
    return Coefficients(shared: descent_fromage(ratio: max(size, leastNorm) / max(length, leastNorm)))
  }

  /// ‖θ‖² and ‖g‖².
  @inline(__always)
  public static func measure<L: Lanes>(
    _ x: L, along g: L, rate: L, state: Slots<L>, _ c: Coefficients, into sums: inout MeasuredLanes<L>
  ) {
    sums.add(x, times: x, to: 0)
    sums.add(g, times: g, to: 1)
  }

  /// The equation above.
  @inline(__always)
  public static func move<L: Lanes>(
    _ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ coefficients: Coefficients
  ) {
    let c = coefficients.shared
    x = (x - rate * L(c.ratio) * g) / L.squareRoot(L(1) + rate * rate)
  }
}

extension Fromage: KernelRule {
  static var kernel: descent_rule { descent_rule_fromage }
}
