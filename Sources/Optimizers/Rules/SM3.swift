public import Schedules
public import Tensors

/// Adagrad with one sum for each row and each column, so that its state is hardly larger than nothing.
///
/// For a matrix of R rows and C columns (the first axis of a tensor against all others), with momentum μ,
///
///     v = min(r of the row, c of the column) + g²        r ← max of v over the row, c ← max of v over the column
///     m ← μ m + (1 - μ) g / √(v + ε)                     a quotient of a zero v is 0
///     θ ← θ - η m
///
/// Of a vector v ← v + g², element by element. Anil, Gupta, Koren and Singer, "Memory-efficient adaptive optimization", 2019
/// (SM3-II, covers by row and column). ε is Optax's 1e-8, under the root; the paper has none. Optax covers every axis of a
/// tensor of three or more by itself.
///
/// State: one number a parameter for the momentum, and one a row and one a column. One thread moves a tensor.
public struct SM3: UpdateRule {
  /// μ, how much of the mean is kept.
  public var momentum: Schedule
  /// ε, added under the root.
  public var epsilon: Double

  /// SM3 with the paper's momentum.
  public init(momentum: Schedule = 0.9, epsilon: Double = 1e-8) { (self.momentum, self.epsilon) = (momentum, epsilon) }

  /// `sm3`.
  public static var name: String { "sm3" }
  /// m, r and c.
  public var slots: [String] { ["mean", "rowMaximum", "columnMaximum"] }
  /// Momentum in 0 ..< 1.
  public var hyperparameters: [Hyperparameter] { [Hyperparameter("momentum", momentum, in: .fraction)] }
  /// - Throws: `SettingError` where ε is negative or not finite.
  public func validate() throws(SettingError) {
    try SettingError.check(epsilon >= 0 && epsilon.isFinite, "SM3.epsilon", epsilon, "0 <= epsilon < infinity")
  }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double { Scalar.largestSquarable / 2 }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var momentum, gain, epsilon: Double
  }

  /// μ, 1 - μ and ε.
  public func coefficients(for step: Step) -> Coefficients {
    Coefficients(momentum: step(momentum), gain: 1 - step(momentum), epsilon: epsilon)
  }

  /// Nothing: every tensor is moved as a whole.
  public static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Coefficients) {}
}

extension SM3: ShapedRule {
  func isShaped(_ shape: [Int]) -> Bool { true }

  func slotShape(_ slot: String, of shape: [Int]) -> [Int]? {
    switch slot {
    case "mean": shape
    case "rowMaximum": shape.count > 1 ? [shape[0]] : shape
    default: shape.count > 1 ? Array(shape.dropFirst()) : nil
    }
  }

  /// A maximum a column.
  func scratchCount(for shape: [Int]) -> Int { shape.count > 1 ? shape.dropFirst().reduce(1, *) : 0 }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func moveWhole<Scalar: TensorScalar>(_ t: WholeTensor<Scalar>, _ c: Coefficients) -> Double {
    // The first axis against all others; of a vector every element is a row.
    let rows = t.rank > 1 ? t.firstExtent : t.count
    let columns = t.count / rows
    let isMatrix = t.rank > 1
    let (momentum, gain, epsilon) = (Scalar(c.momentum), Scalar(c.gain), Scalar(c.epsilon))
    let columnMaxima = t.scratch
    if isMatrix { columnMaxima.update(repeating: 0, count: columns) }
    var moved = 0.0
    for row in 0..<rows {
      var largest = 0 as Scalar
      for column in 0..<columns {
        let i = row * columns + column
        let g = t.gradient(i)
        let v = (isMatrix ? min(t.slot1[row], t.slot2[column]) : t.slot1[row]) + g * g
        largest = max(largest, v)
        if isMatrix { columnMaxima[column] = max(columnMaxima[column], v) }
        let quotient = v > 0 ? g / (v + epsilon).squareRoot() : 0
        t.slot0[i] = flushed(momentum * t.slot0[i] + gain * quotient)
        let before = t.x[i]
        t.x[i] = before * t.keep - t.rate * t.slot0[i]
        moved += Double(t.x[i] - before) * Double(t.x[i] - before)
      }
      t.slot1[row] = flushed(largest)
    }
    if isMatrix { for column in 0..<columns { t.slot2[column] = flushed(columnMaxima[column]) } }
    return moved
  }
}
