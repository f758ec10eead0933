extension Constant {
  static var notationForm: String { "value" }

  func notation(before following: Double?) -> WrittenNotation {
    WrittenNotation(text: value.notation)
  }
}

extension Scaled {
  static var notationForm: String { "by * base" }

  func notation(before following: Double?) -> WrittenNotation {
    WrittenNotation(text: "\(by.notation) * \(base.notation(atLeast: .operand))", binding: .product)
  }
}

extension Product {
  static var notationForm: String { "first * second" }

  func notation(before following: Double?) -> WrittenNotation {
    WrittenNotation(
      text: "\(factor(first, atLeast: .product)) * \(factor(second, atLeast: .operand))", binding: .product)
  }

  /// A constant is written as a call here: a number would scale the other factor.
  private func factor(_ schedule: Schedule, atLeast least: WrittenNotation.Binding) -> String {
    (schedule.kind as? Constant)?.call(before: nil).text ?? schedule.notation(atLeast: least)
  }
}

extension PerEpoch {
  static var notationForm: String { "per epoch of: base" }

  /// It reaches as far as it can, so it is put in parentheses wherever anything may follow.
  func notation(before following: Double?) -> WrittenNotation {
    WrittenNotation(text: "per epoch \(of.notation): \(base.notation(atLeast: .chain))", binding: .chain)
  }
}

extension Then {
  static var notationForm: String { "first for after then second" }

  func notation(before following: Double?) -> WrittenNotation {
    let next = second.notation(before: following, atLeast: .product)
    return WrittenNotation(text: "\(firstPart) then \(next)", binding: .chain)
  }

  /// What is before the last "then".
  private var firstPart: String {
    let following = second.value(after: 0)
    if let row = first.kind as? Then, let start = row.after, start >= 0 {
      // Already joined from the first on, so without parentheses, if the last part's own length leads to the boundary.
      let text = row.notation(before: following).text
      if after == Then.boundary(start, plus: Then.length(of: row.second)) { return text }
      if let after, after >= start { return "\(text) for \((after - start).notation)" }
    }
    let text = first.notation(before: following, atLeast: .product)
    return after == Then.length(of: first) ? text : "\(text) for \(after.notation)"
  }
}
