import CFloor

/// A pass of the floor over parameters, gradient and what a rule keeps between steps.
enum Pass: Hashable {
  /// Reads the gradient.
  case read
  /// Reads gradient, parameters and slots, as a rule does that needs sums of its own.
  case measure(slots: Int)
  /// Reads gradient, parameters and slots; writes parameters and slots.
  case move(slots: Int)

  var code: floor_pass {
    switch self {
    case .read: floor_pass(action: floor_read, slots: 0)
    case .measure(let slots): floor_pass(action: floor_measure, slots: Int32(slots))
    case .move(let slots): floor_pass(action: floor_move, slots: Int32(slots))
    }
  }

  /// The number of arrays that a rule keeps which it goes over.
  var slots: Int {
    switch self {
    case .read: 0
    case .measure(let slots), .move(let slots): slots
    }
  }

  /// Scalars read and written per element.
  var words: Int {
    switch self {
    case .read: 1
    case .measure(let slots): 2 + slots
    case .move(let slots): 3 + 2 * slots
    }
  }

  /// Plain loops that make this pass.
  ///
  /// Below some 4000 elements handing work to a second thread costs more than it saves.
  func contestant<Scalar: BenchmarkScalar>(over workspace: Workspace<Scalar>, threads: Int) -> Contestant {
    let (code, threads) = (code, workspace.count < 4000 ? 1 : threads)
    return Contestant(run: { repetitions in
      Scalar.floorSeconds(code, workspace.count, workspace.vectors, repetitions: repetitions, threads: threads)
    })
  }
}
