/// Turns the bytes of a CSV file into a table, a byte at a time, so that chunks may end anywhere.
struct CSVParser {
  private enum Place {
    case fieldStart
    case plainField
    case quotedField
    /// After a quote inside of a quoted field: its end, or the first half of a quote.
    case quoteInField
    case carriageReturn
  }

  /// Longer than any number or name; a quote that is never closed stops here instead of taking in the whole file.
  private static let fieldLimit = 1 << 16

  private let path: String
  private let target: String?

  private var place = Place.fieldStart
  private var field: [UInt8] = []
  private var isQuoted = false
  private var line = 1
  private var fieldLine = 1
  private var fieldCount = 0
  private var blankLine: Int?

  private var names: [String] = []
  private var columnOfName: [String: Int] = [:]
  private var targetColumn: Int?
  private var features: [Double] = []
  private var targets: [Double] = []

  init(path: String, target: String?) {
    (self.path, self.target) = (path, target)
  }

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(CSVError) {
    for byte in bytes { try consume(byte) }
  }

  /// The table, when the bytes are at their end.
  mutating func finish() throws(CSVError) -> Dataset {
    switch place {
    case .quotedField: throw error(.unterminatedQuote)
    case .fieldStart where fieldCount == 0: break
    default: try endRow()
    }
    guard let targetColumn else { throw CSVError(.empty, path: path) }
    if targets.isEmpty { throw CSVError(.headerOnly, path: path) }
    let targetName = names.remove(at: targetColumn)
    return Dataset(verified: features, targets: targets, featureNames: names, targetName: targetName)
  }

  // MARK: - Bytes

  private mutating func consume(_ byte: UInt8) throws(CSVError) {
    switch (place, byte) {
    case (.quotedField, UInt8(ascii: "\"")):
      place = .quoteInField
    case (.quotedField, _):
      if byte == UInt8(ascii: "\n") { line += 1 }
      try append(byte)
    case (.carriageReturn, UInt8(ascii: "\n")):
      try endRow()
    case (.carriageReturn, _):
      throw error(.loneCarriageReturn)
    case (_, UInt8(ascii: ",")):
      try endField()
    case (_, UInt8(ascii: "\n")):
      try endRow()
    case (_, UInt8(ascii: "\r")):
      place = .carriageReturn
    case (.fieldStart, UInt8(ascii: "\"")):
      (place, isQuoted) = (.quotedField, true)
    case (.quoteInField, UInt8(ascii: "\"")):
      place = .quotedField
      try append(byte)
    case (.quoteInField, _):
      throw error(.textAfterQuote)
    default:
      place = .plainField
      try append(byte)
    }
  }

  private mutating func append(_ byte: UInt8) throws(CSVError) {
    if field.count == CSVParser.fieldLimit { throw error(.fieldTooLong(limit: CSVParser.fieldLimit)) }
    field.append(byte)
  }

  // MARK: - Fields and rows

  private mutating func endField() throws(CSVError) {
    if fieldCount == 0, let blankLine { throw CSVError(.blankLine, path: path, line: blankLine) }
    if targetColumn == nil {
      try endName()
    } else if fieldCount < names.count {
      try endNumber()
    }
    field.removeAll(keepingCapacity: true)
    (place, isQuoted, fieldLine) = (.fieldStart, false, line)
    fieldCount += 1
  }

  private mutating func endRow() throws(CSVError) {
    if fieldCount == 0 && field.isEmpty && !isQuoted {
      blankLine = blankLine ?? line
    } else {
      let rowLine = line
      try endField()
      if targetColumn == nil {
        try endHeader()
      } else if fieldCount != names.count {
        throw CSVError(.ragged(expected: names.count, found: fieldCount), path: path, line: rowLine)
      }
    }
    line += 1
    (place, fieldCount, fieldLine) = (.fieldStart, 0, line)
  }

  private mutating func endName() throws(CSVError) {
    guard let text = String(validating: field, as: UTF8.self) else { throw error(.notUTF8) }
    let name = isQuoted ? text : String(text.trimming { $0 == " " || $0 == "\t" })
    if name.isEmpty { throw error(.emptyName) }
    if let first = columnOfName[name] { throw error(.repeatedName(name, first: first + 1)) }
    columnOfName[name] = names.count
    names.append(name)
  }

  private mutating func endHeader() throws(CSVError) {
    if names.count == 1 {
      let separator = names[0].contains(";") ? "a semicolon" : names[0].contains("\t") ? "a tab" : nil
      throw CSVError(.singleColumn(separator: separator), path: path, line: line)
    }
    if names.allSatisfy({ if case .number = NumberField(Array($0.utf8)) { true } else { false } }) {
      throw CSVError(.headerOfNumbers, path: path, line: line)
    }
    guard let target else {
      targetColumn = names.count - 1
      return
    }
    guard let column = columnOfName[target] else {
      throw CSVError(.unknownTarget(target, available: names), path: path, line: line)
    }
    targetColumn = column
  }

  private mutating func endNumber() throws(CSVError) {
    switch NumberField(field) {
    case .number(let value):
      if fieldCount == targetColumn { targets.append(value) } else { features.append(value) }
    case .empty: throw error(.missingValue)
    case .notANumber: throw error(.notANumber(String(decoding: field, as: UTF8.self)))
    case .notFinite: throw error(.notFinite(String(decoding: field, as: UTF8.self)))
    case .outOfRange: throw error(.outOfRange(String(decoding: field, as: UTF8.self)))
    }
  }

  /// An error at the field that is being read.
  private func error(_ reason: CSVError.Reason) -> CSVError {
    let name = targetColumn != nil && fieldCount < names.count ? names[fieldCount] : nil
    return CSVError(reason, path: path, line: fieldLine, column: .init(number: fieldCount + 1, name: name))
  }
}

extension StringProtocol {
  /// The text without the characters at both ends that `isSpace` is true for.
  fileprivate func trimming(_ isSpace: (Character) -> Bool) -> SubSequence {
    var rest = self.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
    return rest
  }
}
