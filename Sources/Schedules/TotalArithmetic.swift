extension Double {
  /// The number itself if it is finite, otherwise the finite number next to it; 0 for NaN.
  var madeFinite: Double {
    if isFinite { return self }
    return isNaN ? 0 : Double(signOf: self, magnitudeOf: .greatestFiniteMagnitude)
  }
}

extension Int {
  /// The whole number that `value` is, or the nearest one that there is; 0 for NaN.
  init(nearest value: Double) {
    self = Int(exactly: value.rounded()) ?? (value > 0 ? .max : value < 0 ? .min : 0)
  }

  /// How many periods of `length` steps this many steps are; only whole ones count if `whole`. A length below 1 counts
  /// as 1.
  func periods(of length: Int, whole: Bool) -> Double {
    whole ? Double(self / Swift.max(length, 1)) : Double(self) / Double(Swift.max(length, 1))
  }

  /// The sum, or the end of the range that it would pass.
  func plus(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  /// The difference, or the end of the range that it would pass.
  func minus(_ other: Int) -> Int {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? .min : .max) : difference
  }

  /// The product, or the end of the range that it would pass.
  func times(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self > 0) == (other > 0) ? .max : .min) : product
  }
}
