/// A number as it was typed: its decimal digits, exact however many there are.
struct NotationNumber: Equatable {
  let text: String
  private let value: Value

  private enum Value: Equatable {
    /// The digits as a whole number, times a power of ten.
    case decimal(isNegative: Bool, digits: String, exponent: Int)
    case nonFinite(Double)
  }

  /// A word that is a number.
  init?(word: String) {
    guard word == "inf" || word == "nan", let value = Double(word) else { return nil }
    (text, self.value) = (word, .nonFinite(value))
  }

  /// Digits with a sign, a fraction, an exponent and a suffix, or -inf.
  init?(_ text: String) {
    self.text = text
    guard text != "-inf" else {
      value = .nonFinite(-.infinity)
      return
    }
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative { rest.removeFirst() }
    guard let whole = Self.digits(&rest, mayBeMissing: true) else { return nil }
    var fraction = ""
    if rest.first == "." {
      rest.removeFirst()
      guard let digits = Self.digits(&rest) else { return nil }
      fraction = digits
    }
    var exponent = -fraction.count
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      let isSmall = rest.first == "-"
      if isSmall || rest.first == "+" { rest.removeFirst() }
      guard let digits = Self.digits(&rest) else { return nil }
      // One that no Int holds leaves the range of Double however many digits there are.
      let power = min(Int(digits) ?? .max, Self.largestExponent)
      exponent += isSmall ? -power : power
    }
    switch rest {
    case "": break
    case "k": exponent += 3
    case "M": exponent += 6
    default: return nil
    }
    guard !(whole + fraction).isEmpty else { return nil }
    let digits = (whole + fraction).drop { $0 == "0" }
    value = .decimal(isNegative: isNegative, digits: String(digits), exponent: exponent)
  }

  /// More than any text has digits.
  private static let largestExponent = 1 << 60

  /// Takes digits, with underscores only between them, off the front.
  private static func digits(_ rest: inout Substring, mayBeMissing: Bool = false) -> String? {
    let taken = rest.prefix { $0.isDigit || $0 == "_" }
    guard mayBeMissing || !taken.isEmpty else { return nil }
    guard taken.first != "_", taken.last != "_", !taken.contains("__") else { return nil }
    rest = rest.dropFirst(taken.count)
    return taken.filter { $0 != "_" }
  }

  /// The nearest Double; `nil` if that is infinite, or is 0 for a number that is not.
  var double: Double? {
    switch value {
    case .nonFinite(let value):
      return value
    case .decimal(let isNegative, let digits, let exponent):
      let sign = isNegative ? "-" : ""
      guard !digits.isEmpty else { return isNegative ? -0.0 : 0 }
      // The first digit's place decides on the range, so that the conversion sees exponents it can hold.
      let place = digits.count + exponent
      guard place > -400, place < 400, let value = Double("\(sign)\(digits)e\(exponent)") else { return nil }
      return value.isFinite && value != 0 ? value : nil
    }
  }

  /// What a number is that shall be whole.
  enum Whole: Equatable {
    case whole(Int)
    case outOfRange
    case notWhole
  }

  var whole: Whole {
    guard case .decimal(let isNegative, let digits, let exponent) = value else { return .notWhole }
    let zeros = digits.reversed().prefix { $0 == "0" }.count
    let significant = digits.dropLast(zeros)
    guard !significant.isEmpty else { return .whole(0) }
    let power = exponent + zeros
    guard power >= 0 else { return .notWhole }
    // Int.max has 19 digits.
    guard significant.count + power <= 19 else { return .outOfRange }
    let text = (isNegative ? "-" : "") + significant + String(repeating: "0", count: power)
    return Int(text).map { .whole($0) } ?? .outOfRange
  }
}
