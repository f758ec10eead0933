/// A kind as lists and pictures show it.
package struct ScheduleExample: Sendable {
  /// A schedule of the kind that shows its course within 100 steps, as ``Schedule/notation`` writes it.
  package let notation: String

  /// The value as a formula of the parameters and of the completed steps t; what ends stays there.
  package let formula: String

  init(_ notation: String, formula: String) {
    (self.notation, self.formula) = (notation, formula)
  }
}

extension Schedule {
  /// Every kind that can be saved, in a fixed order: first curves, then operations on schedules. `form` is its notation
  /// with the names and defaults of the parameters.
  package static var examples: [(kind: String, form: String, isCurve: Bool, example: ScheduleExample)] {
    ScheduleKinds.all.map { ($0.name, $0.notationForm, $0 is any Curve.Type, $0.example) }
  }

  /// The schedules that an operation changes or combines, on their own clocks; none for a curve, and none for a join,
  /// whose parts take turns.
  package var operands: [Schedule] {
    switch kind {
    case let modifier as any Modifier: [modifier.base]
    case let combination as any Combination: [combination.first, combination.second]
    default: []
    }
  }
}
