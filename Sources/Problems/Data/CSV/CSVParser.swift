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
  private let columns: CSVColumns

  private var place = Place.fieldStart
  private var field: [UInt8] = []
  private var isQuoted = false
  private var line = 1
  private var fieldLine = 1
  private var fieldCount = 0
  private var blankLine: Int?

  private var names: [String] = []
  private var columnOfName: [String: Int] = [:]
  /// Where the numbers of each column go; nil above the end of the first line.
  private var layout: CSVLayout?
  private var features: [Double] = []
  private var rowStart = 0
  private var targets: [Double] = []

  init(path: String, columns: CSVColumns) {
    (self.path, self.columns) = (path, columns)
  }

  /// Makes room for so many rows of so many fields, so that nothing is copied while they come.
  mutating func reserve(rows: Int, fields: Int) {
    features.reserveCapacity(rows * max(0, fields - 1))
    targets.reserveCapacity(rows)
  }

  /// Whether the file has the column of the target, which only a table for a fitted model may lack.
  var hasTarget: Bool { layout?.hasTarget ?? false }

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(CSVError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(CSVError) in
      var next = 0
      while next < bytes.count {
        let end = hasOtherMeanings ? next : CSVParser.endOfPlainBytes(in: bytes, from: next)
        if end > next {
          try append(UnsafeBufferPointer(rebasing: bytes[next..<end]))
          (place, next) = (.plainField, end)
        } else {
          try consume(bytes[next])
          next += 1
        }
      }
    }
  }

  /// Whether bytes mean something else than themselves here, as they do in quotes, after them, and after a carriage return.
  private var hasOtherMeanings: Bool {
    switch place {
    case .fieldStart, .plainField: false
    case .quotedField, .quoteInField, .carriageReturn: true
    }
  }

  /// The bytes up to the next that ends a field or begins a quote: nearly all of a file, taken in at once.
  private static func endOfPlainBytes(in bytes: UnsafeBufferPointer<UInt8>, from first: Int) -> Int {
    var end = first
    while end < bytes.count {
      switch bytes[end] {
      case UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\""): return end
      default: end += 1
      }
    }
    return end
  }

  /// The table, when the bytes are at their end.
  mutating func finish() throws(CSVError) -> Dataset {
    switch place {
    case .quotedField: throw error(.unterminatedQuote)
    case .fieldStart where fieldCount == 0: break
    default: try endRow()
    }
    guard let layout else { throw CSVError(.empty, path: path) }
    if targets.isEmpty { throw CSVError(.headerOnly, path: path) }
    return Dataset(
      verified: features, targets: targets, featureNames: layout.featureNames, targetName: layout.targetName)
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

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(CSVError) {
    if field.count + bytes.count > CSVParser.fieldLimit { throw error(.fieldTooLong(limit: CSVParser.fieldLimit)) }
    field.append(contentsOf: bytes)
  }

  private mutating func append(_ byte: UInt8) throws(CSVError) {
    if field.count == CSVParser.fieldLimit { throw error(.fieldTooLong(limit: CSVParser.fieldLimit)) }
    field.append(byte)
  }

  // MARK: - Fields and rows

  private mutating func endField() throws(CSVError) {
    if fieldCount == 0, let blankLine { throw CSVError(.blankLine, path: path, line: blankLine) }
    if let layout {
      if fieldCount < names.count { try endNumber(layout) }
    } else {
      try endName()
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
      if layout == nil {
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
    if case .all = columns, names.count == 1 {
      let separator = names[0].contains(";") ? "a semicolon" : names[0].contains("\t") ? "a tab" : nil
      throw CSVError(.singleColumn(separator: separator), path: path, line: line)
    }
    if names.allSatisfy({ if case .number = NumberField(Array($0.utf8)) { true } else { false } }) {
      throw CSVError(.headerOfNumbers, path: path, line: line)
    }
    do throws(CSVError.Reason) {
      layout = try CSVLayout(columns, names)
    } catch {
      throw CSVError(error, path: path, line: line)
    }
  }

  private mutating func endNumber(_ layout: borrowing CSVLayout) throws(CSVError) {
    // A row begins with zeros, because its numbers may come in another order than they are kept in.
    if fieldCount == 0 {
      rowStart = features.count
      features.append(contentsOf: repeatElement(0, count: layout.featureCount))
      targets.append(0)
    }
    let place = layout.places[fieldCount]
    if place == .nowhere { return }
    switch NumberField(field) {
    case .number(let value):
      if case .feature(let index) = place {
        features[rowStart + index] = value
      } else {
        targets[targets.count - 1] = value
      }
    case .empty: throw error(.missingValue)
    case .notANumber:
      let text = String(decoding: field, as: UTF8.self)
      throw error(place == .target ? .targetNotANumber(text) : .notANumber(text))
    case .notFinite: throw error(.notFinite(String(decoding: field, as: UTF8.self)))
    case .outOfRange: throw error(.outOfRange(String(decoding: field, as: UTF8.self)))
    }
  }

  /// An error at the field that is being read.
  private func error(_ reason: CSVError.Reason) -> CSVError {
    let name = layout != nil && fieldCount < names.count ? names[fieldCount] : nil
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
