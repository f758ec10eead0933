internal import Foundation

/// Results for programs: keys in alphabetical order, so that equal results are equal texts. What is not finite is "inf",
/// "-inf" or "nan", unless it has to be read again as a number.
enum JSONText {
  static func of(_ value: some Encodable, onOneLine: Bool = false, isFinite: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if !onOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
    if !isFinite {
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
