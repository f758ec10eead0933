/// A shape that does not fit.
public enum ShapeError: Error, Equatable, CustomStringConvertible {
  /// The number of elements given is not the number that the shape has.
  case elementCount(given: Int, shape: [Int])
  /// An extent is negative, or the product of the extents is too large to address.
  case invalid(shape: [Int])
  /// Two shapes that must be equal are not.
  case mismatch(expected: [Int], found: [Int])

  /// What is wrong, with both shapes, and what to do.
  public var description: String {
    switch self {
    case .elementCount(let given, let shape):
      "\(given) elements cannot fill the shape \(shape); give as many elements as the product of the extents"
    case .invalid(let shape):
      "the shape \(shape) is not one: extents must not be negative, and their product must fit in memory"
    case .mismatch(let expected, let found):
      "the shape \(found) was found where \(expected) is needed"
    }
  }
}

/// The product of the extents, or nil where an extent is negative or the bytes would not fit an `Int`.
package func elementCount(of shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    guard extent >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    guard !overflow, product <= Int.max / 64 else { return nil }
    count = product
  }
  return count
}
