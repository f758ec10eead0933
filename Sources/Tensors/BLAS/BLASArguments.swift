internal import CBLAS

extension BLAS.Transpose {
  var cblas: CBLAS_TRANSPOSE { self == .yes ? CblasTrans : CblasNoTrans }
}

/// Checks that a matrix argument holds the elements it is said to hold, and returns the distance between its rows.
///
/// The memory may end with the last element of the last row, as in a view of some columns of a wider matrix. `rows` and
/// `columns` have passed ``BLASCountLimit/dimension(_:_:of:)``, so the product below stays in range.
@inline(__always)
func checkedLeadingDimension<Scalar>(
  _ leadingDimension: Int?, rows: Int, columns: Int, of matrix: UnsafeBufferPointer<Scalar>,
  _ argument: StaticString, in routine: StaticString, limit: BLASCountLimit
) throws(BLASError) -> blasint {
  let least = max(1, columns)
  let leading = leadingDimension ?? least
  if leading < least {
    throw .leadingDimension(
      routine: "\(routine)", argument: "the leading dimension of \(argument)", value: leading, least: least)
  }
  let counted = try limit.dimension(leading, argument, of: routine)
  let needed = rows == 0 || columns == 0 ? 0 : (rows - 1) * leading + columns
  if matrix.count < needed {
    throw .matrixTooShort(
      routine: "\(routine)", argument: "\(argument)", rows: rows, columns: columns, needed: needed,
      found: matrix.count)
  }
  return counted
}

/// Refuses a result that shares memory with an operand.
@inline(__always)
func checkSeparate<Scalar>(
  _ result: UnsafeMutableBufferPointer<Scalar>, _ resultName: StaticString,
  from operand: UnsafeBufferPointer<Scalar>, _ operandName: StaticString, in routine: StaticString
) throws(BLASError) {
  guard let written = UnsafePointer(result.baseAddress), let read = operand.baseAddress else { return }
  if written < read + operand.count && read < written + result.count {
    throw .overlap(routine: "\(routine)", result: "\(resultName)", operand: "\(operandName)")
  }
}
