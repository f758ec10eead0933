internal import Foundation
public import Tensors

/// All that an optimizer has seen: with it a run goes on with the same bits as if it had not been broken off.
///
/// A head that is `Codable`, and raw arrays by name. It does not hold the parameters.
public struct OptimizerState<Scalar: TensorScalar>: Sendable {
  /// Everything but the arrays.
  public struct Head: Sendable, Codable, Equatable {
    /// The version of this form.
    public var version: Int
    /// `f4` or `f8`.
    public var scalar: String
    /// The rule's name.
    public var rule: String
    /// The rule's settings, as JSON with sorted keys.
    public var ruleSettings: String
    /// The rate, with what its controllers have seen.
    public var learningRate: LearningRate
    /// Bounds on the gradient.
    public var clipping: GradientClipping
    /// The weight decay.
    public var weightDecay: WeightDecay
    /// Tensors with settings of their own.
    public var groups: [Group]
    /// Names and shapes.
    public var layout: Layout
    /// What the rule remembers beside its arrays, by tensor or group and by name; empty for most rules.
    public var memory: [String: [String: Double]]
    /// How many gradients make one step.
    public var accumulation: Int
    /// How many of them there are.
    public var gatheredGradients: Int
    /// Which tensors they are of.
    public var gatheredTensors: [String]
    /// The number of updates applied.
    public var completedSteps: Int
    /// How many steps in a row were skipped.
    public var consecutiveSkips: Int
  }

  /// A group of tensors, as a state describes it.
  public struct Group: Sendable, Codable, Equatable {
    /// The group's name.
    public var name: String
    /// The tensors, in alphabetical order.
    public var tensors: [String]
    /// What multiplies the learning rate.
    public var learningRateScale: Double
    /// The weight decay, or nil for the optimizer's.
    public var weightDecay: WeightDecay?
    /// The rule's name, or nil for the optimizer's rule.
    public var rule: String?
    /// The rule's settings as JSON.
    public var ruleSettings: String?
    /// The limit on a norm, or nil for the optimizer's.
    public var normLimit: GradientClipping.NormLimit?
    /// Whether the tensors stay as they are.
    public var isFrozen: Bool
  }

  /// Everything but the arrays.
  public var head: Head
  /// The rule's arrays by slot and those of the learning rate, each with an array per tensor by name.
  public var slots: [String: ParameterSet<Scalar>]

  /// A state from its parts, as read from a file.
  public init(head: Head, slots: [String: ParameterSet<Scalar>]) { (self.head, self.slots) = (head, slots) }
}

/// A state that does not belong to the optimizer. Nothing has been loaded.
public struct StateError: Error, Equatable, CustomStringConvertible {
  /// Every difference, one sentence each.
  public let mismatches: [String]

  /// All differences.
  public var description: String {
    "the state was not loaded, because it is another optimizer's: " + mismatches.joined(separator: "; ")
  }
}

extension Optimizer {
  /// All that the optimizer has seen.
  /// - Throws: What the rule's own coding throws.
  public func state() throws -> OptimizerState<Scalar> {
    let settings = engine.settings
    let accumulator = engine.accumulator
    let gathered = engine.layout.entries.indices.filter { accumulator?.hasGradient[$0] == true }
    return OptimizerState(
      head: OptimizerState.Head(
        version: 1, scalar: Scalar.typeCode, rule: type(of: settings.rule).name,
        ruleSettings: try Self.json(settings.rule), learningRate: engine.learningRate, clipping: settings.clipping,
        weightDecay: settings.weightDecay, groups: try settings.groups.map(Self.described), layout: engine.layout,
        memory: engine.namedMemory, accumulation: settings.accumulation, gatheredGradients: accumulator?.gathered ?? 0,
        gatheredTensors: gathered.map { engine.layout.entries[$0].name }, completedSteps: engine.completedSteps,
        consecutiveSkips: engine.consecutiveSkips),
      slots: engine.exportedArrays())
  }

  /// Goes on from a state of an optimizer with the same rule, settings and tensors.
  ///
  /// Tensors are matched by name, so their order may differ. Options of execution are not part of a state.
  /// - Throws: `StateError` with every difference; nothing has been loaded then.
  public mutating func load(_ state: OptimizerState<Scalar>) throws {
    let settings = engine.settings
    var mismatches: [String] = []
    func compare<T: Equatable>(_ what: String, _ mine: T, _ its: T) {
      if mine != its { mismatches.append("\(what) is \(its) in the state and \(mine) here") }
    }
    compare("the version", 1, state.head.version)
    compare("the scalar type", Scalar.typeCode, state.head.scalar)
    compare("the rule", type(of: settings.rule).name, state.head.rule)
    compare("the rule's settings", try Self.json(settings.rule), state.head.ruleSettings)
    compare("the learning rate", engine.learningRate.withoutState, state.head.learningRate.withoutState)
    compare("the clipping", settings.clipping, state.head.clipping)
    compare("the weight decay", settings.weightDecay, state.head.weightDecay)
    compare("the groups", try settings.groups.map(Self.described), state.head.groups)
    compare("the number of gradients that make a step", settings.accumulation, state.head.accumulation)
    for (slot, layout, _) in engine.arrays {
      guard let set = state.slots[slot] else {
        mismatches.append("the slot \"\(slot)\" is missing")
        continue
      }
      for entry in layout.entries {
        guard let other = set.layout[entry.name] else {
          mismatches.append("\"\(slot)\" has no tensor \"\(entry.name)\"")
          continue
        }
        compare("the shape of \"\(entry.name)\" in \"\(slot)\"", entry.shape, other.shape)
      }
    }
    for (unit, numbers) in engine.namedMemory {
      compare(
        "what the rule remembers of \"\(unit)\"", numbers.keys.sorted(), state.head.memory[unit]?.keys.sorted() ?? [])
    }
    for entry in engine.layout.entries where state.head.layout[entry.name]?.shape != entry.shape {
      mismatches.append("the state's layout has no tensor \"\(entry.name)\" of shape \(entry.shape)")
    }
    for entry in state.head.layout.entries where engine.layout[entry.name] == nil {
      mismatches.append("the tensor \"\(entry.name)\" is not in the layout here")
    }
    if !(0..<settings.accumulation ~= state.head.gatheredGradients) {
      mismatches.append("\(state.head.gatheredGradients) gradients cannot have been gathered")
    }
    // No run takes more, and counts go on from here without overflow.
    if !(0...1 << 53 ~= state.head.completedSteps) {
      mismatches.append("\(state.head.completedSteps) steps cannot have been taken")
    }
    do { try state.head.learningRate.validate() } catch { mismatches.append("\(error)") }
    guard mismatches.isEmpty else { throw StateError(mismatches: mismatches) }

    makeUnique()
    engine.learningRate = state.head.learningRate
    engine.completedSteps = state.head.completedSteps
    engine.consecutiveSkips = state.head.consecutiveSkips
    engine.namedMemory = state.head.memory
    engine.overflow = nil
    if let accumulator = engine.accumulator {
      accumulator.gathered = state.head.gatheredGradients
      let names = Set(state.head.gatheredTensors)
      accumulator.hasGradient = engine.layout.entries.map { names.contains($0.name) }
    }
    for (name, set) in state.slots { engine.import(set, named: name) }
  }

  private static func described(_ group: ParameterGroup) throws -> OptimizerState<Scalar>.Group {
    OptimizerState.Group(
      name: group.name, tensors: group.tensors.sorted(), learningRateScale: group.learningRateScale,
      weightDecay: group.weightDecay, rule: group.rule.map { type(of: $0).name },
      ruleSettings: try group.rule.map { try json($0) }, normLimit: group.normLimit, isFrozen: group.isFrozen)
  }

  private static func json(_ rule: some UpdateRule) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(rule), as: UTF8.self)
  }
}
