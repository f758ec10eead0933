internal import Descent
internal import NaiveReference

/// A NaN or an infinity in a gradient, at every edge of tiles and rows: refused by name and index, and nothing changes.
package struct RefusalCheck {
  private let scale: CheckScale

  package init(scale: CheckScale) { self.scale = scale }

  /// A row for each number that is not finite.
  package func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("numbers that are not finite")
    return try [("NaN", Double.nan), ("infinity", .infinity), ("-infinity", -.infinity)].map { name, value in
      var row = CheckRow("Gradients that are refused", name)
      try compare(Double.self, value, &row)
      try compare(Float.self, value, &row)
      return row
    }
  }

  private static var tensors: [(name: String, shape: [Int])] {
    [("bias", [17]), ("weights", [3, 2731]), ("empty", [0]), ("scale", []), ("kernel", [2, 5, 1700])]
  }

  private static var clips: [GradientClipping] {
    [.none, .value(0.5), .norm(1), .norm(1, order: .infinity, scope: .tensor), .value(0.5).thenNorm(1, order: .one)]
  }

  private func compare<Scalar: TensorScalar>(_ type: Scalar.Type, _ value: Double, _ row: inout CheckRow) throws {
    let layout = try Layout(Self.tensors)
    let draws = Draws(seed: scale.seed &+ 3)
    let arrays: [[Scalar]] = layout.entries.enumerated().map { draws.ordinary(count: $1.count, stream: $0) }
    let gradients = try layout.set(arrays)

    // The optimizers have a state to lose, and threads in turn, so that each number of them meets every clip.
    var runs: [Run<Scalar>] = []
    for backend in Backend.allCases {
      for clip in Self.clips {
        for instructionSet in scale.instructionSets {
          let threads = scale.threads[runs.count % scale.threads.count]
          var optimizer = try Optimizer<Scalar>(
            SGD(momentum: 0.9), learningRate: 0.1, clipping: clip,
            options: ExecutionOptions(backend: backend, threads: threads, instructionSet: instructionSet), for: layout)
          var x = gradients
          try optimizer.step(&x, gradients: gradients)
          runs.append(
            Run(
              optimizer: optimizer, x: x, parameters: x.arrays, state: try optimizer.state(),
              place: "\(Scalar.typeCode), \(backend.rawValue), \(threads) threads, \(instructionSet.rawValue), \(clip)")
          )
        }
      }
    }

    var spots = layout.entries.enumerated().flatMap { tensor, entry in
      edges(of: entry).map { [(tensor: tensor, index: $0)] }
    }
    // Several at once: the first is named, all are counted.
    spots.append([(4, 16_999), (1, 8191), (1, 8192), (3, 0)])
    for spot in spots {
      var bad = arrays
      for (tensor, index) in spot { bad[tensor][index] = Scalar(value) }
      let naive = NaiveNonFinite.first(in: zip(layout.entries, bad).map { ($0.shape, $1) })!
      let gradients = try layout.set(bad)
      for run in runs.indices { try refuse(&runs[run], gradients, naive, &row) }
    }
  }

  private struct Run<Scalar: TensorScalar> {
    var optimizer: Optimizer<Scalar>
    var x: ParameterSet<Scalar>
    // What they were before anything was refused.
    let parameters: [[Scalar]]
    let state: OptimizerState<Scalar>
    let place: String
  }

  /// Positions on both sides of every row of 16, block of 512 and tile that is near an end, and all tile edges.
  private func edges(of entry: Layout.Entry) -> [Int] {
    let tiles = TilePlan(counts: [entry.count]).tiles.flatMap { [$0.start, $0.start + Int($0.count)] }
    if scale.isQuick { return Set([0, entry.count - 1, TilePlan.capacity]).filter { 0..<entry.count ~= $0 }.sorted() }
    let near = [0, 16, 512, TilePlan.capacity, entry.count / 16 * 16, entry.count] + tiles
    return Set(near.flatMap { [$0 - 1, $0] }).filter { $0 >= 0 && $0 < entry.count }.sorted()
  }

  private func refuse<Scalar: TensorScalar>(
    _ run: inout Run<Scalar>, _ gradients: ParameterSet<Scalar>, _ naive: NaiveNonFinite, _ row: inout CheckRow
  ) throws {
    let entry = gradients.layout.entries[naive.tensor]
    let text = run.place
    let place = { "\(text), \(naive.value) in \"\(entry.name)\" at \(naive.flatIndex)" }
    do {
      let report = try run.optimizer.step(&run.x, gradients: gradients)
      row.expect(false) { "\(place()): the step was taken: \(report)" }
    } catch .nonFiniteGradient(let name, let flatIndex, let index, let value, let count, let step) {
      let isRight =
        name == entry.name && flatIndex == naive.flatIndex && index == naive.index && count == naive.count
        && ulps(between: value, naive.value) == 0 && step == run.state.head.completedSteps + 1
      row.expect(isRight) {
        "\(place()): refused for \(value) in \"\(name)\" at \(index) (flat \(flatIndex)), \(count) in all"
      }
    } catch {
      row.expect(false) { "\(place()): refused with another error: \(error)" }
    }

    let state = try run.optimizer.state()
    row.same(run.x.arrays, run.parameters) { "\(place()): the parameters" }
    for (name, slot) in run.state.slots {
      row.same(state.slots[name]?.arrays ?? [], slot.arrays) { "\(place()): \"\(name)\"" }
    }
    row.expect(state.head == run.state.head) { "\(place()): the clock or the rate has changed" }
  }
}
