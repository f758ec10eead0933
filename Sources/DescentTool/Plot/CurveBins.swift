/// A curve with no more points than a picture can show: neighbours share a place.
struct CurveBins {
  /// How many places there are.
  static let count = 200

  /// Steps, means, least and largest values, a line each, as gnuplot reads them. What is not finite is left out.
  private(set) var points = ""
  /// The first step whose value is not finite.
  private(set) var firstNonFinite: Int?

  init(_ steps: [Int], _ values: [Double?], upTo lastStep: Int) {
    let width = max(1, (lastStep + Self.count - 1) / Self.count)
    var (place, bin) = (-1, Bin())
    for (step, value) in zip(steps, values) {
      guard let value else { continue }
      guard value.isFinite else {
        if firstNonFinite == nil { firstNonFinite = step }
        continue
      }
      // The first has a place of its own, so that a curve begins where the run does.
      if !bin.values.isEmpty, (step - 1) / width != place {
        points += bin.line
        (place, bin) = ((step - 1) / width, Bin())
      }
      bin.values.append(value)
      bin.steps.append(step)
    }
    points += bin.line
  }

  /// What shares a place.
  private struct Bin {
    var steps: [Int] = []
    var values: [Double] = []

    var line: String {
      guard let least = values.min(), let largest = values.max() else { return "" }
      let count = Double(values.count)
      let (step, mean) = (steps.reduce(0) { $0 + Double($1) / count }, values.reduce(0) { $0 + $1 / count })
      return "\(step) \(mean) \(least) \(largest)\n"
    }
  }
}
