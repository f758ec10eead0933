// The norms of a vector or of many, over the whole range of exponents, as the judge of faster ones.

internal import Foundation

/// A norm as `mantissa * 2^exponent`: the pair cannot overflow or vanish where its value would.
///
/// Every function accepts elements of any type that converts exactly to `Double` (`Float`, `Double`), in any number,
/// and sums in `Double`. The norm of several tensors taken together is the norm of their elements written one after
/// the other: `NaiveNorm.two(tensors.joined())`. A norm per tensor is `tensors.map(NaiveNorm.two)`.
///
/// - Edge cases: no elements or only zeros give 0; a NaN anywhere gives NaN; otherwise an infinity gives infinity.
public struct NaiveNorm: Sendable, Equatable {
  /// In [1, 2), or 0, infinity or NaN (with exponent 0).
  public let mantissa: Double
  /// The power of two.
  public let exponent: Int

  /// `mantissa * 2^exponent`, which may be infinite or subnormal although the pair is neither.
  public var value: Double { Double(sign: .plus, exponent: exponent, significand: mantissa) }

  /// `magnitude * 2^exponent` for a magnitude that need not be in [1, 2).
  public init(_ magnitude: Double, exponent: Int = 0) {
    if magnitude == 0 || !magnitude.isFinite {
      self.mantissa = magnitude
      self.exponent = 0
    } else {
      self.mantissa = magnitude.significand
      self.exponent = exponent + Int(magnitude.exponent)
    }
  }

  /// The Euclidean norm, sqrt(sum of x^2).
  ///
  /// The elements are divided by the power of two of the largest, so that no square overflows and none that matters
  /// vanishes. Each square is kept with its rounding error, the sum with the errors of its additions (Ogita, Rump,
  /// Oishi, "Accurate sum and dot product", 2005, algorithm Dot2), and the root is corrected by one Newton step.
  ///
  /// - Error: at most (1/2 + n^2 * 2^-52) ulp: below 0.6 ulp up to n = 10^7, and correctly rounded nearly always.
  public static func two<Elements: Sequence>(_ elements: Elements) -> NaiveNorm
  where Elements.Element: BinaryFloatingPoint {
    let x = doubles(elements)
    let largest = infinity(x)
    if largest.mantissa == 0 || !largest.mantissa.isFinite { return largest }
    let (half, otherHalf) = inverse(largest.exponent)
    var sum = 0.0
    var error = 0.0
    for element in x {
      let y = element * half * otherHalf
      let square = y * y
      let squareError = (-square).addingProduct(y, y)
      let (newSum, sumError) = exactSum(sum, square)
      sum = newSum
      error += sumError + squareError
    }
    let root = (sum + error).squareRoot()
    let residual = sum.addingProduct(-root, root) + error
    return NaiveNorm(root + residual / (2 * root), exponent: largest.exponent)
  }

  /// The sum of magnitudes.
  ///
  /// - Error: at most (1/2 + n^2 * 2^-53) ulp, by the same compensation.
  public static func one<Elements: Sequence>(_ elements: Elements) -> NaiveNorm
  where Elements.Element: BinaryFloatingPoint {
    let x = doubles(elements)
    let largest = infinity(x)
    if largest.mantissa == 0 || !largest.mantissa.isFinite { return largest }
    let (half, otherHalf) = inverse(largest.exponent)
    var sum = 0.0
    var error = 0.0
    for element in x {
      let y = abs(element) * half * otherHalf
      let (newSum, sumError) = exactSum(sum, y)
      sum = newSum
      error += sumError
    }
    return NaiveNorm(sum + error, exponent: largest.exponent)
  }

  /// (sum of |x|^p)^(1/p) for a finite p > 0; below 1 it is not a norm, but is computed alike.
  ///
  /// The elements are divided by the largest itself, so that the largest term is exactly 1 for every p. The last power
  /// is corrected for the rounding of its exponent: 1/p = r + d, so s^(1/p) = s^r * (1 + d * log(s)) but for d^2.
  ///
  /// - Error: about 1 + 1/p ulp, from the library's `pow`. The pair overflows where n^(1/p) does: for n = 10^7 below
  ///   p = 0.023.
  public static func p<Elements: Sequence>(_ elements: Elements, _ p: Double) -> NaiveNorm
  where Elements.Element: BinaryFloatingPoint {
    let x = doubles(elements)
    let largest = infinity(x)
    if largest.mantissa == 0 || !largest.mantissa.isFinite { return largest }
    let (half, otherHalf) = inverse(largest.exponent)
    var sum = 0.0
    var error = 0.0
    for element in x {
      let y = abs(element) * half * otherHalf
      let (newSum, sumError) = exactSum(sum, pow(y / largest.mantissa, p))
      sum = newSum
      error += sumError
    }
    sum += error
    let r = 1 / p
    let d = (1 as Double).addingProduct(-r, p) / p
    return NaiveNorm(pow(sum, r) * (1 + d * log(sum)) * largest.mantissa, exponent: largest.exponent)
  }

  /// The largest magnitude. Exact.
  public static func infinity<Elements: Sequence>(_ elements: Elements) -> NaiveNorm
  where Elements.Element: BinaryFloatingPoint {
    var largest = 0.0
    for element in doubles(elements) {
      let magnitude = abs(element)
      if magnitude.isNaN { return NaiveNorm(.nan) }
      if magnitude > largest { largest = magnitude }
    }
    return NaiveNorm(largest)
  }

  /// The norm of the given order: 1, 2, infinity or any other p > 0.
  public static func of<Elements: Sequence>(_ elements: Elements, order: Double) -> NaiveNorm
  where Elements.Element: BinaryFloatingPoint {
    if order == 1 { return one(elements) }
    if order == 2 { return two(elements) }
    if order == .infinity { return infinity(elements) }
    return p(elements, order)
  }

  /// The elements, each converted exactly. Specialised, because a generic conversion takes a hundred times as long.
  @specialized(where Elements == [Double])
  @specialized(where Elements == [Float])
  @specialized(where Elements == FlattenSequence<[[Double]]>)
  @specialized(where Elements == FlattenSequence<[[Float]]>)
  private static func doubles<Elements: Sequence>(_ elements: Elements) -> [Double]
  where Elements.Element: BinaryFloatingPoint {
    elements.map { Double($0) }
  }

  /// 2^-exponent as two factors, because 2^1074 is not a `Double`. What underflows in between is so far below the largest
  /// element that it does not count.
  private static func inverse(_ exponent: Int) -> (Double, Double) {
    let half = -exponent / 2
    return (
      Double(sign: .plus, exponent: half, significand: 1),
      Double(sign: .plus, exponent: -exponent - half, significand: 1)
    )
  }

  /// The rounded sum of two numbers and its error, whose sum is exactly a + b (Knuth 1969, TwoSum).
  private static func exactSum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
    let sum = a + b
    let partOfB = sum - a
    let partOfA = sum - partOfB
    return (sum, (a - partOfA) + (b - partOfB))
  }
}
