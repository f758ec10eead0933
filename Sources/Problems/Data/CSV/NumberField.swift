/// What the bytes of one field say.
enum NumberField: Equatable {
  case number(Double)
  case empty
  case notANumber
  case notFinite
  case outOfRange

  /// Reads a decimal number, with spaces and tabs around it allowed.
  ///
  /// An optional sign, digits with an optional point among, before or after them, an optional exponent. The result is
  /// the `Double` next to the decimal number; below the smallest one it is 0. Hexadecimal notation, separators of
  /// thousands and a decimal comma are no numbers here.
  init(_ field: some BidirectionalCollection<UInt8>) {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    var rest = field.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
    let text = rest
    if text.isEmpty {
      self = .empty
      return
    }

    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    if NumberField.isWordForNotFinite(rest) {
      self = .notFinite
      return
    }
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals = 0
    var hasPoint = false
    var isExact = true
    while let byte = rest.first {
      if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else if byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
        // Nineteen digits always fit 64 bits; zeros in front need no room.
        if mantissa < 1_000_000_000_000_000_000 {
          mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
        } else {
          isExact = false
        }
        digits += 1
        if hasPoint { decimals += 1 }
      } else {
        break
      }
      rest = rest.dropFirst()
    }
    var exponent = 0
    if digits > 0, let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      let isBelowOne = rest.first == UInt8(ascii: "-")
      if isBelowOne || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      digits = 0
      while let byte = rest.first, byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
        exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000)
        digits += 1
        rest = rest.dropFirst()
      }
      if isBelowOne { exponent = -exponent }
    }
    if digits == 0 || !rest.isEmpty {
      self = .notANumber
      return
    }

    // Both factors exact, one rounding: Clinger, "How to read floating point numbers accurately" (1990). All else goes
    // to the standard library, which reads what has been found to be a number above without regard to the locale.
    let scale = exponent - decimals
    let value: Double
    if isExact, mantissa <= 1 << 53, abs(scale) < NumberField.powersOfTen.count {
      let magnitude = Double(mantissa)
      let scaled =
        scale < 0 ? magnitude / NumberField.powersOfTen[-scale] : magnitude * NumberField.powersOfTen[scale]
      value = isNegative ? -scaled : scaled
    } else {
      value = Double(String(decoding: text, as: UTF8.self)) ?? .nan
    }
    self = value.isFinite ? .number(value) : value.isNaN ? .notANumber : .outOfRange
  }

  /// The powers of ten that are exact in `Double`.
  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  private static func isWordForNotFinite(_ text: some Collection<UInt8>) -> Bool {
    if text.first.map({ $0 | 0x20 }) != UInt8(ascii: "n") && text.first.map({ $0 | 0x20 }) != UInt8(ascii: "i") {
      return false
    }
    return ["nan", "inf", "infinity"].contains { text.map { $0 | 0x20 }.elementsEqual($0.utf8) }
  }
}
