internal import Descent

/// The points through which a picture draws a schedule.
struct ScheduleCurve {
  /// "step value" lines for gnuplot.
  let points: String
  let lowest: Double
  let highest: Double

  /// In a run of many steps each of `resolution` stretches gives its lowest and highest value, so that no peak is lost;
  /// around a turning point every step is drawn.
  init(_ view: ScheduleView, resolution: Int = 800) {
    var steps: Set<Int> = [0, view.last]
    for turn in view.turningPoints { steps.formUnion([turn - 1, turn]) }
    if view.steps <= 2 * resolution {
      steps.formUnion(0..<view.steps)
    } else {
      for stretch in 0..<resolution {
        let start = ScheduleView.start(stretch, of: resolution, in: 0..<view.steps)
        let end = ScheduleView.start(stretch + 1, of: resolution, in: 0..<view.steps)
        let samples = view.samples(50, in: start..<end)
        steps.insert(samples.min { view.schedule($0) < view.schedule($1) }!)
        steps.insert(samples.max { view.schedule($0) < view.schedule($1) }!)
      }
    }
    let values = steps.sorted().map { (step: $0, value: view.schedule($0)) }
    lowest = values.map(\.value).min() ?? 0
    highest = values.map(\.value).max() ?? 0
    var lines = ""
    for (index, point) in values.enumerated() {
      if index > 0, isJump(values, at: index) { lines += "\(point.step) \(values[index - 1].value)\n" }
      lines += "\(point.step) \(point.value)\n"
    }
    points = lines
  }

  /// The range of the values with some room above; from 0 unless the values are far from it, as a momentum's are.
  var range: (Double, Double) {
    guard highest > 0 else { return (min(0, lowest), max(1, -lowest)) }
    guard lowest > highest / 2, lowest < highest else { return (0, min(highest * 1.08, .greatestFiniteMagnitude)) }
    let room = (highest - lowest) * 0.15
    return (lowest - room, highest + room)
  }
}

/// Whether the value changes much more from one step to the next than it does before and after: that is drawn upright,
/// not as a slope of one step.
private func isJump(_ values: [(step: Int, value: Double)], at index: Int) -> Bool {
  func change(_ index: Int) -> Double {
    values.indices.contains(index - 1) && values.indices.contains(index)
      ? abs(values[index].value - values[index - 1].value) : 0
  }
  guard values[index].step == values[index - 1].step + 1 else { return false }
  return change(index) > 4 * max(change(index - 1), change(index + 1))
}
