internal import Descent

/// All kinds of schedule, a line each: the notation with parameters and defaults, and the formula.
struct ScheduleList {
  var text: String {
    let examples = Schedule.examples
    // A few kinds have many parameters; their formulas stand further to the right.
    let width = 62
    func lines(_ isCurve: Bool) -> [String] {
      examples.filter { $0.isCurve == isCurve }.map { kind in
        "  \(kind.form)\(String(repeating: " ", count: max(2, width - kind.form.count)))\(kind.example.formula)"
      }
    }
    return """
      t is the number of completed steps; what ends holds its last value. A parameter with a default, which is shown \
      behind its name, is given by its name.

      CURVES
      \(lines(true).joined(separator: "\n"))

      OPERATIONS
      \(lines(false).joined(separator: "\n"))
      """
  }
}
