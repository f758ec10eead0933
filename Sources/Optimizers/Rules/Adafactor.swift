public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Adam without a mean, and with the means of squares of rows and columns in the place of those of every element.
///
/// For a matrix (the last two axes of a tensor of more), at step k with β = 1 - k^(-`decay`) and the gradient G,
///
///     R ← β R + (1 - β) mean of G² over each row         C ← β C + (1 - β) mean of G² over each column
///     V = R Cᵀ / max(mean of R, ε₁)                      of a vector V ← β V + (1 - β) G², element by element
///     U = G / √max(V, ε₁²)
///     θ ← θ - α U / max(1, RMS(U) / `clipThreshold`)     α = min(η, 1/√k) · max(ε₂, RMS(θ))
///
/// Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018; the form, ε₁ = the spacing of
/// numbers at 1 and all defaults are PyTorch's. Optax takes the absolute rate as it is, adds its ε to G² and factors only
/// axes of 128 and more: ``RateForm`` and `leastFactoredExtent` are the first and the last of these.
///
/// State per matrix: a number a row and a number a column; per vector: a number an element. One thread moves a tensor.
public struct Adafactor: UpdateRule {
  /// What the learning rate means.
  public enum RateForm: String, Sendable, Codable {
    /// α = min(η, 1/√k) · max(ε₂, RMS(θ)), the paper's.
    case relative
    /// α = η · max(ε₂, RMS(θ)).
    case scaled
    /// α = η.
    case absolute
  }

  /// The exponent of β = 1 - k^(-decay).
  public var decay: Double
  /// ε₁; nil for the spacing of numbers at 1.
  public var epsilon: Double?
  /// ε₂, the least size that parameters are taken to have.
  public var leastParameterScale: Double
  /// d, the largest root of the mean square of an update.
  public var clipThreshold: Double
  /// What the learning rate means.
  public var rateForm: RateForm
  /// A matrix is factored if both of its extents are at least this.
  public var leastFactoredExtent: Int

  /// Adafactor with PyTorch's defaults.
  public init(
    decay: Double = 0.8, epsilon: Double? = nil, leastParameterScale: Double = 1e-3, clipThreshold: Double = 1,
    rateForm: RateForm = .relative, leastFactoredExtent: Int = 0
  ) {
    (self.decay, self.epsilon, self.leastParameterScale) = (decay, epsilon, leastParameterScale)
    (self.clipThreshold, self.rateForm, self.leastFactoredExtent) = (clipThreshold, rateForm, leastFactoredExtent)
  }

  /// `adafactor`.
  public static var name: String { "adafactor" }
  /// R, C, and V of what is no matrix.
  public var slots: [String] { ["rowMeanSquare", "columnMeanSquare", "meanSquare"] }

  /// - Throws: `SettingError` naming what is out of range.
  public func validate() throws(SettingError) {
    try SettingError.check(decay > 0 && decay.isFinite, "Adafactor.decay", decay, "0 < decay < infinity")
    if let epsilon {
      try SettingError.check(epsilon > 0 && epsilon.isFinite, "Adafactor.epsilon", epsilon, "0 < epsilon < infinity")
    }
    try SettingError.check(
      leastParameterScale > 0 && leastParameterScale.isFinite, "Adafactor.leastParameterScale", leastParameterScale,
      "0 < scale < infinity")
    try SettingError.check(
      clipThreshold > 0 && clipThreshold.isFinite, "Adafactor.clipThreshold", clipThreshold, "0 < threshold < infinity")
  }

  /// What can be squared and then summed over up to 2³² elements of a row or a column.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    Scalar.largestSquarable * 0x1p-16
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    var kept, rate: Double
    var epsilon: Double
    var leastParameterScale, clipThreshold: Double
    var isScaled: Bool
    var leastFactoredExtent: Int
  }

  /// β and the absolute part of the rate.
  public func coefficients(for step: Step) -> Coefficients {
    let k = Double(step.number)
    return Coefficients(
      kept: 1 - pow(k, -decay),
      rate: rateForm == .relative ? min(step.learningRate, 1 / k.squareRoot()) : step.learningRate,
      epsilon: epsilon ?? 0, leastParameterScale: leastParameterScale, clipThreshold: clipThreshold,
      isScaled: rateForm != .absolute, leastFactoredExtent: leastFactoredExtent)
  }

  /// Nothing: every tensor is moved as a whole.
  public static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Coefficients) {}
}

extension Adafactor: ShapedRule {
  func isShaped(_ shape: [Int]) -> Bool { true }

  func slotShape(_ slot: String, of shape: [Int]) -> [Int]? {
    guard Self.isFactored(shape, least: leastFactoredExtent) else { return slot == "meanSquare" ? shape : nil }
    switch slot {
    case "rowMeanSquare": return Array(shape.dropLast())
    case "columnMeanSquare": return Array(shape.dropLast(2)) + [shape[shape.count - 1]]
    default: return nil
    }
  }

  private static func isFactored(_ shape: [Int], least: Int) -> Bool {
    shape.count > 1 && shape[shape.count - 1] >= least && shape[shape.count - 2] >= least
  }

  /// The gradient, and a sum a column.
  func scratchCount(for shape: [Int]) -> Int { shape.reduce(1, *) + (shape.last ?? 1) }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func moveWhole<Scalar: TensorScalar>(_ t: WholeTensor<Scalar>, _ c: Coefficients) -> Double {
    let (g, n) = (t.scratch, Double(t.count))
    var parameterSquares = 0.0
    for i in 0..<t.count {
      g[i] = t.gradient(i)
      parameterSquares += Double(t.x[i]) * Double(t.x[i])
    }
    let epsilon = c.epsilon > 0 ? Scalar(c.epsilon) : Scalar.ulpOfOne
    let isFactored = t.rank > 1 && t.rows >= c.leastFactoredExtent && t.columns >= c.leastFactoredExtent
    if isFactored { divideByFactors(t, c, epsilon) } else { divide(t, c, epsilon) }

    var updateSquares = 0.0
    for i in 0..<t.count { updateSquares += Double(g[i]) * Double(g[i]) }
    let scale = c.isScaled ? max(c.leastParameterScale, (parameterSquares / n).squareRoot()) : 1
    let clip = max(1, (updateSquares / n).squareRoot() / c.clipThreshold)
    let rate = Scalar(c.rate * scale / clip)
    var moved = 0.0
    for i in 0..<t.count {
      let before = t.x[i]
      t.x[i] = before * t.keep - rate * g[i]
      moved += Double(t.x[i] - before) * Double(t.x[i] - before)
    }
    return moved
  }

  /// U of a matrix takes the place of G.
  private static func divideByFactors<Scalar: TensorScalar>(
    _ t: WholeTensor<Scalar>, _ c: Coefficients, _ epsilon: Scalar
  ) {
    let (kept, gain) = (Scalar(c.kept), Scalar(1 - c.kept))
    let sums = t.scratch + t.count
    for matrix in 0..<t.matrices {
      let g = t.scratch + matrix * t.rows * t.columns
      let (rows, columns) = (t.slot0 + matrix * t.rows, t.slot1 + matrix * t.columns)
      sums.update(repeating: 0, count: t.columns)
      var meanOfRows = 0 as Scalar
      for row in 0..<t.rows {
        let line = g + row * t.columns
        var sum = 0 as Scalar
        for column in 0..<t.columns {
          let square = line[column] * line[column]
          sum += square
          sums[column] += square
        }
        rows[row] = flushed(kept * rows[row] + gain * (sum / Scalar(t.columns)))
        meanOfRows += rows[row]
      }
      meanOfRows /= Scalar(t.rows)
      for column in 0..<t.columns {
        columns[column] = flushed(kept * columns[column] + gain * (sums[column] / Scalar(t.rows)))
      }
      let divisor = max(meanOfRows, epsilon)
      for row in 0..<t.rows {
        let line = g + row * t.columns
        for column in 0..<t.columns {
          // The quotient first: it is at most the number of rows, and the product of two squares may be out of range.
          line[column] /= max(rows[row] / divisor * columns[column], epsilon * epsilon).squareRoot()
        }
      }
    }
  }

  /// U of a vector takes the place of G.
  private static func divide<Scalar: TensorScalar>(_ t: WholeTensor<Scalar>, _ c: Coefficients, _ epsilon: Scalar) {
    let (kept, gain) = (Scalar(c.kept), Scalar(1 - c.kept))
    for i in 0..<t.count {
      t.slot2[i] = flushed(kept * t.slot2[i] + gain * (t.scratch[i] * t.scratch[i]))
      t.scratch[i] /= max(t.slot2[i], epsilon * epsilon).squareRoot()
    }
  }
}
