public import Schedules
public import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Momentum, orthogonalised: every direction of a matrix moves as far as every other.
///
/// For a matrix of A rows and B columns with gradient G,
///
///     M ← μ M + (1 - μ) G          U = M, or (1 - μ) G + μ M with Nesterov's momentum
///     X = U / max(‖U‖_F, ε)        transposed where A > B
///     X ← a X + (b S + c S²) X     S = X Xᵀ, `iterations` times
///     θ ← θ - η s X                s = √max(1, A/B)
///
/// The iteration drives all singular values towards 1 (Newton-Schulz, with (a, b, c) for speed rather than precision). What
/// is no matrix is moved by ``fallback`` with the same learning rate. Jordan et al., "Muon: an optimizer for hidden layers in
/// neural networks", 2024. Here the iteration has the precision of the parameters; PyTorch's is in bfloat16, two digits.
/// ``Convention`` says where PyTorch and Optax differ.
///
/// State per parameter: one number, and that of the fallback for what is no matrix. Products are taken in fixed blocks on
/// the worker pool.
public struct Muon: UpdateRule {
  /// What peers do differently.
  public enum Convention: String, Sendable, Codable, BitwiseCopyable {
    /// A matrix has outputs first: s = √max(1, A/B).
    case pyTorch
    /// As `pyTorch`, with s = 0.2 √max(A, B), which makes steps as long as Adam's.
    case matchingAdam
    /// Outputs come last: s = √max(1, B/A). M's bias is corrected as in Adam, with Nesterov's momentum as in NAdam, and
    /// ‖U‖ + ε divides.
    case optax
  }

  /// μ, how much of the mean is kept.
  public var momentum: Schedule
  /// Whether to step from where the momentum will have led.
  public var nesterov: Bool
  /// The number of iterations.
  public var iterations: Int
  /// a, b and c.
  public var coefficients: [Double]
  /// ε, which keeps the quotient finite.
  public var epsilon: Double
  /// What peers do differently.
  public var convention: Convention
  /// Moves what is no matrix.
  public var fallback: Adam

  /// Muon with the settings of its authors.
  public init(
    momentum: Schedule = 0.95, nesterov: Bool = true, iterations: Int = 5,
    coefficients: [Double] = [3.4445, -4.7750, 2.0315], epsilon: Double = 1e-7, convention: Convention = .pyTorch,
    fallback: Adam = Adam()
  ) {
    (self.momentum, self.nesterov, self.iterations) = (momentum, nesterov, iterations)
    (self.coefficients, self.epsilon, self.convention, self.fallback) = (coefficients, epsilon, convention, fallback)
  }

  /// `muon`.
  public static var name: String { "muon" }
  /// M, which is the fallback's mean; and the fallback's mean square.
  public var slots: [String] { fallback.slots }
  /// Those of the momentum and of the fallback.
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter("momentum", momentum, in: .fraction)]
      + fallback.hyperparameters.map { Hyperparameter("fallback.\($0.name)", $0.schedule, in: $0.range) }
  }

  /// - Throws: `SettingError` naming what is out of range.
  public func validate() throws(SettingError) {
    try fallback.validate()
    try SettingError.check(0...100 ~= iterations, "Muon.iterations", Double(iterations), "0 <= iterations <= 100")
    try SettingError.check(
      coefficients.count == 3, "Muon.coefficients", Double(coefficients.count), "three numbers")
    for value in coefficients {
      try SettingError.check(value.isFinite, "Muon.coefficients", value, "finite numbers")
    }
    try SettingError.check(epsilon > 0 && epsilon.isFinite, "Muon.epsilon", epsilon, "0 < epsilon < infinity")
  }

  /// Half of what can be squared.
  public func largestGradient<Scalar: TensorScalar>(for type: Scalar.Type) -> Double {
    fallback.largestGradient(for: type)
  }

  /// What is equal for all elements.
  public struct Coefficients: BitwiseCopyable, Sendable {
    /// M ← momentum M + gain G, and U = gradientShare G + meanShare M.
    var momentum, gain, gradientShare, meanShare: Double
    var epsilon, a, b, c: Double
    var iterations: Int
    var convention: Convention
    var fallback: Adam.Coefficients
  }

  /// The shares of gradient and mean are those of the convention.
  public func coefficients(for step: Step) -> Coefficients {
    let mu = step(momentum)
    var shares = nesterov ? (1 - mu, mu) : (0, 1)
    if convention == .optax {
      let (now, next) = (1 - pow(mu, Double(step.number)), 1 - pow(mu, Double(step.number + 1)))
      shares = nesterov ? ((1 - mu) / now, mu / next) : (0, 1 / now)
    }
    return Coefficients(
      momentum: mu, gain: 1 - mu, gradientShare: shares.0, meanShare: shares.1, epsilon: epsilon, a: coefficients[0],
      b: coefficients[1], c: coefficients[2], iterations: iterations, convention: convention,
      fallback: fallback.coefficients(for: step))
  }

  /// The fallback.
  @inline(__always)
  public static func move<L: Lanes>(_ x: inout L, along g: L, rate: L, state: inout Slots<L>, _ c: Coefficients) {
    Adam.move(&x, along: g, rate: rate, state: &state, c.fallback)
  }
}

extension Muon: ShapedRule {
  func isShaped(_ shape: [Int]) -> Bool { shape.count == 2 }

  func slotShape(_ slot: String, of shape: [Int]) -> [Int]? { isShaped(shape) && slot != slots[0] ? nil : shape }

  /// X and the next X, S and b S + c S².
  func scratchCount(for shape: [Int]) -> Int {
    let side = min(shape[0], shape[1])
    return 2 * shape[0] * shape[1] + 2 * side * side
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func moveWhole<Scalar: TensorScalar>(_ t: WholeTensor<Scalar>, _ c: Coefficients) -> Double {
    let isTall = t.rows > t.columns
    let (m, n) = isTall ? (t.columns, t.rows) : (t.rows, t.columns)
    var x = t.scratch
    var next = x + t.count
    let (gram, polynomial) = (next + t.count, next + t.count + m * m)

    var largest = 0 as Scalar
    for i in 0..<t.count {
      let g = t.gradient(i)
      t.slot0[i] = flushed(Scalar(c.momentum) * t.slot0[i] + Scalar(c.gain) * g)
      next[i] = Scalar(c.gradientShare) * g + Scalar(c.meanShare) * t.slot0[i]
      largest = max(largest, next[i].magnitude)
    }
    // ‖U‖, with the largest element scaled to about one so that no square leaves the range.
    let scale = largest > 0 && largest.isFinite ? scalbn(1, min(1023, -Int32(largest.exponent))) : 1
    var squares = 0.0
    for i in 0..<t.count { squares += (Double(next[i]) * scale) * (Double(next[i]) * scale) }
    let norm = squares.squareRoot() / scale
    let divisor = c.convention == .optax ? norm + c.epsilon : max(norm, c.epsilon)
    for row in 0..<t.rows {
      for column in 0..<t.columns {
        x[isTall ? column * n + row : row * n + column] = Scalar(Double(next[row * t.columns + column]) / divisor)
      }
    }

    for _ in 0..<c.iterations {
      t.product.multiply(m: m, n: m, k: n, x, x, transposed: true, into: gram)
      t.product.multiply(m: m, n: m, k: m, gram, gram, into: polynomial)
      for i in 0..<m * m { polynomial[i] = Scalar(c.b) * gram[i] + Scalar(c.c) * polynomial[i] }
      t.product.multiply(m: m, n: n, k: m, polynomial, x, into: next)
      for i in 0..<t.count { next[i] += Scalar(c.a) * x[i] }
      swap(&x, &next)
    }

    let (rows, columns) = (Double(t.rows), Double(t.columns))
    let length =
      switch c.convention {
      case .pyTorch: max(1, rows / columns).squareRoot()
      case .matchingAdam: 0.2 * max(rows, columns).squareRoot()
      case .optax: max(1, columns / rows).squareRoot()
      }
    let rate = t.rate * Scalar(length)
    var moved = 0.0
    for row in 0..<t.rows {
      for column in 0..<t.columns {
        let i = row * t.columns + column
        let before = t.x[i]
        t.x[i] = before * t.keep - rate * x[isTall ? column * n + row : i]
        moved += Double(t.x[i] - before) * Double(t.x[i] - before)
      }
    }
    return moved
  }
}
