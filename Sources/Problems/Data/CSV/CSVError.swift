public import Tensors

/// Why a CSV file is not a table of numbers: where, what was found, and what to do.
public struct CSVError: Error, Sendable, Equatable {
  /// A column by its number, from 1, and its name, where there is one.
  public struct Column: Sendable, Equatable {
    /// The number, from 1.
    public let number: Int

    /// The name in the header; `nil` beyond its end and in the header itself.
    public let name: String?
  }

  /// The file.
  public let path: String

  /// The line, from 1, as an editor counts; `nil` where the whole file is meant.
  public let line: Int?

  /// The column; `nil` where the whole line is meant.
  public let column: Column?

  /// What was found.
  public let reason: Reason

  /// What can be wrong with a CSV file.
  public enum Reason: Error, Sendable, Equatable {
    /// The file could not be opened or read.
    case file(FileError)

    /// There is nothing in the file.
    case empty

    /// There is a header, and no row below it.
    case headerOnly

    /// The file is in UTF-16.
    case utf16

    /// A name in the header is not UTF-8.
    case notUTF8

    /// A column has no name.
    case emptyName

    /// Two columns have the same name; `first` is the number of the first of them.
    case repeatedName(String, first: Int)

    /// Every name in the header is a number, so it is a row of data.
    case headerOfNumbers

    /// The header has one column; `separator` is the other separator that was found in it, if one was.
    case singleColumn(separator: String?)

    /// No column has the name of the target.
    case unknownTarget(String, available: [String])

    /// A model was fitted to a column that the file does not have.
    case missingColumn(String, available: [String])

    /// A model was not fitted to a column that the file has.
    case unknownColumn(String)

    /// The row has more or fewer fields than the header.
    case ragged(expected: Int, found: Int)

    /// A line is empty, and others follow it.
    case blankLine

    /// A field is empty.
    case missingValue

    /// A field is not a number.
    case notANumber(String)

    /// A field of the target is not a number.
    case targetNotANumber(String)

    /// A field is NaN or infinity in words.
    case notFinite(String)

    /// A number is beyond the range of `Double`.
    case outOfRange(String)

    /// Text follows the quote that ends a field.
    case textAfterQuote

    /// A quote is not ended.
    case unterminatedQuote

    /// A carriage return is not followed by a line feed.
    case loneCarriageReturn

    /// A field is longer than any number or name.
    case fieldTooLong(limit: Int)
  }

  init(_ reason: Reason, path: String, line: Int? = nil, column: Column? = nil) {
    (self.reason, self.path, self.line, self.column) = (reason, path, line, column)
  }
}

extension CSVError: CustomStringConvertible {
  /// The place, what was found, and what to do.
  public var description: String {
    if case .file(let error) = reason { return error.description }
    let place = [path, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
    let field = column.map { "column \($0.number)" + ($0.name.map { " (\(quoted($0)))" } ?? "") + ": " } ?? ""
    return "\(place): \(field)\(reason)"
  }
}

extension CSVError.Reason: CustomStringConvertible {
  /// What was found and what to do.
  public var description: String {
    switch self {
    case .file(let error):
      error.description
    case .empty:
      "the file is empty; it needs a line of column names and at least one row of numbers"
    case .headerOnly:
      "there are no rows below the column names; add at least one"
    case .utf16:
      "the file is in UTF-16; save it as UTF-8"
    case .notUTF8:
      "a column name that is not UTF-8; save the file as UTF-8"
    case .emptyName:
      "a column without a name; name it in the first line, or remove it if it only counts the rows"
    case .repeatedName(let name, let first):
      "the name \(quoted(name)) is that of column \(first) already; column names must differ"
    case .headerOfNumbers:
      "the first line holds numbers only; add a line of column names above it"
    case .singleColumn(let separator?):
      "one column only, with \(separator) in its name; separate columns by commas"
    case .singleColumn(nil):
      "one column only; at least one feature and the target are needed, separated by commas"
    case .unknownTarget(let name, let available):
      "no column is called \(quoted(name)); the columns are \(listed(available))"
    case .missingColumn(let name, let available):
      "there is no column \(quoted(name)), to which the model was fitted; add it to the columns \(listed(available))"
    case .unknownColumn(let name):
      "the model was not fitted to the column \(quoted(name)); remove it, or let other columns be ignored"
    case .ragged(let expected, let found):
      "\(found) fields where the first line has \(expected) names; complete or remove the line"
    case .blankLine:
      "an empty line above a row; remove it"
    case .missingValue:
      "the field is empty; fill it in, or remove the row"
    case .notANumber(let text):
      "\(quoted(text)) is not a number; replace it by one with a decimal point, or remove the row or column"
    case .targetNotANumber(let text):
      "the target \(quoted(text)) is not a number; number classes 0, 1, 2, or name another target column"
    case .notFinite(let text):
      "\(quoted(text)) is not finite; replace it, or remove the row"
    case .outOfRange(let text):
      "\(quoted(text)) is beyond the range of a double (1.8e308); scale the column"
    case .textAfterQuote:
      "text after the closing quote; write a quote inside of a field twice"
    case .unterminatedQuote:
      "a quote that is never closed; close it, or remove it"
    case .loneCarriageReturn:
      "a carriage return without a line feed; end lines by LF or CRLF"
    case .fieldTooLong(let limit):
      "a field of more than \(limit) bytes; is a quote or a line end missing?"
    }
  }
}

/// The first of some names.
private func listed(_ names: [String]) -> String {
  names.prefix(12).map(quoted).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
}

/// A text in quotes, cut to a length that fits a line, with everything a terminal would act upon written out.
private func quoted(_ text: String) -> String {
  let cut = text.unicodeScalars.prefix(40)
  return String(String.UnicodeScalarView(cut)).debugDescription + (cut.count < text.unicodeScalars.count ? "..." : "")
}
