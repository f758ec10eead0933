/// Why a linear system has no answer.
public enum LAPACKError: Error, Sendable, Equatable {
  /// The number of elements does not agree with the shape that was stated.
  case elementCount(argument: String, shape: [Int], found: Int)

  /// Two shapes do not belong together: the routine, both shapes and what would fit.
  case shapes(routine: String, matrix: [Int], rightHandSide: [Int], expected: String)

  /// A dimension is below zero or above what LAPACK's 32-bit integers count.
  case dimension(routine: String, argument: String, value: Int, limit: Int)

  /// An entry is NaN or infinite.
  case notFinite(argument: String, row: Int, column: Int, value: Double)

  /// Column number `column` (from 0) is a combination of the columns before it, as far as rounding can tell.
  case rankDeficient(column: Int)

  /// The leading minor of this order (from 1) is not positive.
  case notPositiveDefinite(order: Int)

  /// LAPACK could not get its work memory.
  case outOfMemory(routine: String)

  /// LAPACK refused argument number `argument`: a mistake in Descent, since all are checked before.
  case refused(routine: String, argument: Int)
}

extension LAPACKError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .elementCount(let argument, let shape, let found):
      "\(argument) is said to have the shape \(shape), but holds \(found) elements"
    case .shapes(let routine, let matrix, let rightHandSide, let expected):
      "\(routine): a matrix of shape \(matrix) and right-hand sides of shape \(rightHandSide) do not fit; \(expected)"
    case .dimension(let routine, let argument, let value, let limit):
      "\(routine): \(argument) is \(value); LAPACK takes 0 through \(limit)"
    case .notFinite(let argument, let row, let column, let value):
      "\(argument) holds \(value.shown) in row \(row), column \(column) (counted from 0); remove or replace it"
    case .rankDeficient(let column):
      "column \(column) (counted from 0) is a combination of the columns before it; leave one of them out"
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite: its leading minor of order \(order) is not positive"
    case .outOfMemory(let routine):
      "\(routine): no memory for LAPACK's work space"
    case .refused(let routine, let argument):
      "\(routine): LAPACK refused argument \(argument)"
    }
  }
}
