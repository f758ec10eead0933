public import Tensors

/// All that `Lookahead` or a `WeightAverage` has seen: a head that is `Codable`, and an array per tensor by name.
public struct KeptWeightsState<Scalar: TensorScalar, Settings: Codable & Equatable & Sendable>: Sendable {
  /// Everything but the arrays.
  public struct Head: Sendable, Codable, Equatable {
    /// The version of this form.
    public var version: Int
    /// `f4` or `f8`.
    public var scalar: String
    /// What it was told to do.
    public var settings: Settings
    /// Names and shapes.
    public var layout: Layout
    /// How often the kept weights have changed.
    public var updates: Int
    /// The step of the optimizer after which they did so last.
    public var completedSteps: Int
  }

  /// Everything but the arrays.
  public var head: Head
  /// The kept weights.
  public var weights: ParameterSet<Scalar>

  /// A state from its parts, as read from a file.
  public init(head: Head, weights: ParameterSet<Scalar>) { (self.head, self.weights) = (head, weights) }
}

extension KeptWeights {
  func state<Settings>(_ settings: Settings) -> KeptWeightsState<Scalar, Settings> {
    KeptWeightsState(
      head: KeptWeightsState.Head(
        version: 1, scalar: Scalar.typeCode, settings: settings, layout: layout, updates: updates,
        completedSteps: completedSteps),
      weights: ParameterSet(copying: slab, layout: layout))
  }

  /// Takes over a state of the same settings and tensors, which are matched by name.
  func load<Settings>(_ state: KeptWeightsState<Scalar, Settings>, settings: Settings) throws(StateError) {
    var mismatches: [String] = []
    func compare<T: Equatable>(_ what: String, _ mine: T, _ its: T) {
      if mine != its { mismatches.append("\(what) is \(its) in the state and \(mine) here") }
    }
    compare("the version", 1, state.head.version)
    compare("the scalar type", Scalar.typeCode, state.head.scalar)
    compare("what to do", settings, state.head.settings)
    for entry in layout.entries where state.weights.layout[entry.name]?.shape != entry.shape {
      mismatches.append("the state has no tensor \"\(entry.name)\" of shape \(entry.shape)")
    }
    for entry in state.weights.layout.entries where layout[entry.name] == nil {
      mismatches.append("the tensor \"\(entry.name)\" is not in the layout here")
    }
    for (what, count) in [("updates", state.head.updates), ("steps", state.head.completedSteps)] where count < 0 {
      mismatches.append("\(count) \(what) cannot have been taken")
    }
    guard mismatches.isEmpty else { throw StateError(mismatches: mismatches) }
    (updates, completedSteps) = (state.head.updates, state.head.completedSteps)
    for entry in layout.entries {
      let source = state.weights.storage.buffer.base + state.weights.layout[entry.name]!.offset
      (slab.buffer.base + entry.offset).update(from: source, count: entry.count)
    }
  }
}
