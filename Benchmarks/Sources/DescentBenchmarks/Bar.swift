import Descent

/// A number that the engine was built to reach, beside what was measured.
struct Bar: Codable {
  let name: String
  let unit: String
  let limit: Double
  let measured: Double
  /// Whether more is better.
  var isAtLeast = false
  var isMet: Bool { isAtLeast ? measured >= limit : measured <= limit }

  /// "met", or by how much it was missed.
  var verdict: String { isMet ? "met" : "missed by \(significant(100 * abs(measured / limit - 1), 2)) %" }

  /// The bars on what this run has measured.
  static func all(
    _ measurements: [Measurement], _ manyTensors: [ManyTensorsResult], _ rules: [RuleMeasurement]
  ) -> [Bar] {
    // Clipped SGD in Double with two threads: the time over the floor, or microseconds for a step.
    let ratios: [(Engine, count: Int, limit: Double)] = [
      (.descentKernels, 10_000_000, 1.05), (.descentKernels, 100_000, 1.1), (.descentBLAS, 10_000_000, 1.1),
    ]
    let microseconds: [(Engine, count: Int, limit: Double)] = [
      (.descentKernels, 1000, 0.4), (.descentKernels, 10_000, 3.5),
    ]
    func measurement(_ engine: Engine, _ count: Int) -> Measurement? {
      measurements.first {
        $0.operation == .clippedSGD && $0.scalar == "Double" && $0.engine == engine && $0.count == count
      }
    }
    func name(_ found: Measurement) -> String {
      "\(found.operation.rawValue), \(found.scalar), \(found.engine.rawValue), n = \(grouped(found.count))"
    }
    var bars: [Bar] = []
    for bar in ratios {
      guard let found = measurement(bar.0, bar.count) else { continue }
      bars.append(
        Bar(name: name(found), unit: "of the floor", limit: bar.limit, measured: found.ratioToFloor.median))
    }
    for bar in microseconds {
      guard let found = measurement(bar.0, bar.count) else { continue }
      bars.append(Bar(name: name(found), unit: "µs a step", limit: bar.limit, measured: found.seconds.median * 1e6))
    }
    for result in manyTensors where result.backend == .kernels {
      bars.append(
        Bar(
          name: "\(grouped(result.tensors)) tensors, \(result.scalar), Descent .kernels", unit: "of one tensor",
          limit: 1.15,
          measured: result.manyOverOne.median))
    }
    for result in rules where result.shape == Shape(tensors: 1, elementsPerTensor: 10_000_000) {
      let limit = result.rule == "AdamW" ? (result.scalar == "Float" ? 1.05 : 1.1) : 1.3
      bars.append(
        Bar(
          name: "\(result.rule), \(result.scalar), n = \(grouped(result.shape.count))", unit: "of the floor",
          limit: limit, measured: result.ratioToFloor.median))
    }
    return bars
  }
}
