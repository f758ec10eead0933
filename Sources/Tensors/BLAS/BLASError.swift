/// An argument that BLAS would have answered with a line on standard error and a return, nothing done.
///
/// Every argument is checked before the call, so none of these leaves anything written.
public enum BLASError: Error, Sendable, Equatable {
  /// A dimension is below zero.
  case negativeDimension(routine: String, argument: String, value: Int)

  /// A dimension does not fit the 32-bit integers that the C interface counts with.
  case dimensionTooLarge(routine: String, argument: String, value: Int, limit: Int)

  /// The distance between the starts of two rows is shorter than a row.
  case leadingDimension(routine: String, argument: String, value: Int, least: Int)

  /// A vector has not the length that the matrix asks for.
  case vectorLength(routine: String, argument: String, expected: Int, found: Int)

  /// The memory of a matrix ends before its last element.
  case matrixTooShort(routine: String, argument: String, rows: Int, columns: Int, needed: Int, found: Int)

  /// The result would be written over memory that the routine still reads.
  case overlap(routine: String, result: String, operand: String)
}

extension BLASError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .negativeDimension(let routine, let argument, let value):
      "\(routine): \(argument) is \(value); a dimension is 0 or more"
    case .dimensionTooLarge(let routine, let argument, let value, let limit):
      "\(routine): \(argument) is \(value), but BLAS counts only to \(limit); split the matrix"
    case .leadingDimension(let routine, let argument, let value, let least):
      "\(routine): \(argument) is \(value), but a row has \(least) elements; pass at least that"
    case .vectorLength(let routine, let argument, let expected, let found):
      "\(routine): \(argument) has \(found) elements, expected \(expected)"
    case .matrixTooShort(let routine, let argument, let rows, let columns, let needed, let found):
      "\(routine): \(argument) as a \(rows) x \(columns) matrix needs \(needed) elements, found \(found)"
    case .overlap(let routine, let result, let operand):
      "\(routine): \(result) shares memory with \(operand); the result needs memory of its own"
    }
  }
}
