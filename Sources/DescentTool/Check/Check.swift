internal import Descent

/// Everything that `descent check` compares, in the order of its table.
package struct Check {
  /// How much is checked.
  package let scale: CheckScale

  package init(scale: CheckScale) { self.scale = scale }

  /// Runs all checks. `report` gets the rows of each as they are known, `progress` what is done next.
  package func run(report: ([CheckRow]) -> Void, progress: (String) -> Void = { _ in }) throws {
    var steps = StepCheck(scale: scale)
    report(try steps.run(progress))
    report(try ModelCheck(scale: scale).run(progress))
    report(try WeightsCheck(scale: scale).run(progress))
    report(try ExtremeClipCheck(scale: scale).run(progress))
    var norms = NormCheck(scale: scale)
    report(try norms.run(progress))
    report(try RefusalCheck(scale: scale).run(progress))
    report(try RateCheck(scale: scale).run(progress))
    report(try StateCheck(scale: scale).run(progress))
    report(try CountCheck(scale: scale).run(progress))
  }
}
