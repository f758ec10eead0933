import Descent
import TestSupport

/// Parameters in one of the forms that a step accepts, and what can be done with them in every form.
struct HeldParameters<Scalar: TensorScalar> {
  enum Form: CaseIterable { case set, list, array, span }

  let model: Model
  let form: Form
  private var set: ParameterSet<Scalar>
  private var list: [Tensor<Scalar>]
  private var array: [Scalar]

  /// - Parameter form: An array or a span only for a model of one vector called "parameters".
  init(_ elements: [[Scalar]], _ model: Model, _ form: Form) throws {
    (self.model, self.form) = (model, form)
    (set, list, array) = (try model.set(elements), try model.list(elements), elements[0])
  }

  var elements: [[Scalar]] {
    switch form {
    case .set: model.arrays(set)
    case .list: list.map(\.elements)
    case .array, .span: [array]
    }
  }

  private func held(_ gradients: [[Scalar]]) throws -> HeldParameters { try HeldParameters(gradients, model, form) }

  mutating func step(_ optimizer: inout Optimizer<Scalar>, _ gradients: [[Scalar]]) throws -> StepReport {
    let gradients = try held(gradients)
    switch form {
    case .set: return try optimizer.step(&set, gradients: gradients.set)
    case .list: return try optimizer.step(&list, gradients: gradients.list)
    case .array: return try optimizer.step(&array, gradient: gradients.array)
    case .span:
      var span = array.mutableSpan
      return try optimizer.step(&span, gradient: gradients.array.span)
    }
  }

  // MARK: - Weights beside them

  func lookahead(_ settings: Lookahead<Scalar>.Settings, threads: Int? = nil) throws -> Lookahead<Scalar> {
    switch form {
    case .set: try Lookahead(from: set, settings, threads: threads)
    case .list: try Lookahead(from: list, for: model.layout, settings, threads: threads)
    case .array: try Lookahead(from: array, settings, threads: threads)
    case .span: try Lookahead(from: array.span, settings, threads: threads)
    }
  }

  mutating func follow(with lookahead: inout Lookahead<Scalar>, after report: StepReport) throws -> Bool {
    switch form {
    case .set: return try lookahead.follow(&set, after: report)
    case .list: return try lookahead.follow(&list, after: report)
    case .array: return try lookahead.follow(&array, after: report)
    case .span:
      var span = array.mutableSpan
      return try lookahead.follow(&span, after: report)
    }
  }

  func update(_ average: inout WeightAverage<Scalar>, after report: StepReport) throws -> Bool {
    switch form {
    case .set: try average.update(with: set, after: report)
    case .list: try average.update(with: list, after: report)
    case .array: try average.update(with: array, after: report)
    case .span: try average.update(with: array.span, after: report)
    }
  }

  // MARK: - Sharpness-aware minimization

  mutating func ascend(_ sam: inout SAM<Scalar>, _ gradients: [[Scalar]]) throws {
    try ascend(&sam, held(gradients))
  }

  mutating func ascend(_ sam: inout SAM<Scalar>, _ gradients: HeldParameters) throws {
    switch form {
    case .set: try sam.ascend(&set, gradients: gradients.set)
    case .list: try sam.ascend(&list, gradients: gradients.list)
    case .array: try sam.ascend(&array, gradient: gradients.array)
    case .span:
      var span = array.mutableSpan
      try sam.ascend(&span, gradient: gradients.array.span)
    }
  }

  mutating func descend(
    _ sam: inout SAM<Scalar>, _ gradients: [[Scalar]], _ optimizer: inout Optimizer<Scalar>
  ) throws -> StepReport {
    try descend(&sam, held(gradients), &optimizer)
  }

  mutating func descend(
    _ sam: inout SAM<Scalar>, _ gradients: HeldParameters, _ optimizer: inout Optimizer<Scalar>
  ) throws -> StepReport {
    switch form {
    case .set: return try sam.descend(&set, gradients: gradients.set, optimizer: &optimizer)
    case .list: return try sam.descend(&list, gradients: gradients.list, optimizer: &optimizer)
    case .array: return try sam.descend(&array, gradient: gradients.array, optimizer: &optimizer)
    case .span:
      var span = array.mutableSpan
      return try sam.descend(&span, gradient: gradients.array.span, optimizer: &optimizer)
    }
  }

  mutating func retreat(_ sam: inout SAM<Scalar>) throws {
    switch form {
    case .set: try sam.retreat(&set)
    case .list: try sam.retreat(&list)
    case .array: try sam.retreat(&array)
    case .span:
      var span = array.mutableSpan
      try sam.retreat(&span)
    }
  }
}

/// Where what depends on no form, number of threads or pause is tried: a model of many tensors, and vectors at the edges of
/// tiles.
enum HeldModels {
  static let counts = [0, 1, 15, 16, 17, 8191, 8192, 8193, 65_537]

  static func vector(_ count: Int) throws -> Model { try Model([("parameters", [count])]) }
}
