internal import Descent

/// Parameters and the gradients of a few steps, in every form of memory that a step takes.
struct Sample<Scalar: TensorScalar> {
  let layout: Layout
  let groups: [ParameterGroup]
  let parameters: [[Scalar]]
  /// By step and tensor.
  let gradients: [[[Scalar]]]
  private let slab: ParameterSet<Scalar>
  private let gradientSlabs: [ParameterSet<Scalar>]
  private let list: [Tensor<Scalar>]
  private let gradientLists: [[Tensor<Scalar>]]

  var steps: Int { gradients.count }

  /// Forms of memory that a step takes.
  enum Form: String, CaseIterable {
    case slab = "one slab"
    case list = "a list of tensors"
    case memory = "the caller's memory"
    case array = "an array"
    case span = "a span"
  }

  /// The forms that can hold these tensors.
  var forms: [Form] { parameters.count == 1 ? Form.allCases : [.slab, .list, .memory] }

  /// One vector of `size` elements, or that and three more tensors in two groups: 17 elements, none, and a scalar.
  init(size: Int, isVector: Bool, seed: UInt64) throws {
    let layout =
      isVector
      ? try Layout.vector(size)
      : try Layout([("first", [size]), ("second", [17]), ("empty", [0, 3]), ("last", [])])
    let groups = isVector ? [] : [ParameterGroup("slow", tensors: ["second", "last"], learningRateScale: 0.5)]
    let draws = Draws(seed: seed &+ UInt64(size))
    func arrays(_ stream: Int, scale: Scalar) -> [[Scalar]] {
      layout.entries.indices.map { tensor in
        draws.ordinary(count: layout.entries[tensor].count, stream: 8 * stream + tensor).map { $0 * scale }
      }
    }
    let parameters = arrays(0, scale: 1)
    // Clipped, far below every limit, clipped again.
    let gradients = [(1, 1), (2, Scalar(0x1p-30)), (3, 3)].map { arrays($0, scale: $1) }
    try self.init(layout: layout, groups: groups, parameters: parameters, gradients: gradients)
  }

  init(layout: Layout, groups: [ParameterGroup] = [], parameters: [[Scalar]], gradients: [[[Scalar]]]) throws {
    (self.layout, self.groups, self.parameters, self.gradients) = (layout, groups, parameters, gradients)
    list = try layout.tensors(parameters)
    gradientLists = try gradients.map { try layout.tensors($0) }
    slab = try layout.set(parameters)
    gradientSlabs = try gradients.map { try layout.set($0) }
  }

  /// Takes a step for each gradient; `visit` sees the number of the step from 0, its report and the parameters.
  func walk(
    _ optimizer: inout Optimizer<Scalar>, in form: Form, from first: Int = 0,
    _ visit: (Int, StepReport, () -> [[Scalar]]) throws -> Void
  ) throws {
    switch form {
    case .slab:
      var x = slab
      for step in first..<steps {
        let report = try optimizer.step(&x, gradients: gradientSlabs[step])
        try visit(step, report) { x.arrays }
      }
    case .list:
      var x = list
      for step in first..<steps {
        let report = try optimizer.step(&x, gradients: gradientLists[step])
        try visit(step, report) { x.map(\.elements) }
      }
    case .memory:
      let x = parameters.map { Unaligned($0) }
      for step in first..<steps {
        let g = gradients[step].map { Unaligned($0) }
        let report = try optimizer.step(
          x.map(\.elements), gradients: g.map { UnsafeBufferPointer($0.elements) })
        try visit(step, report) { x.map { Array($0.elements) } }
        withExtendedLifetime(g) {}
      }
      withExtendedLifetime(x) {}
    case .array:
      var x = parameters[0]
      for step in first..<steps {
        let report = try optimizer.step(&x, gradient: gradients[step][0])
        try visit(step, report) { [x] }
      }
    case .span:
      var x = parameters[0]
      for step in first..<steps {
        let report = try stepOnSpan(&optimizer, &x, gradients[step][0])
        try visit(step, report) { [x] }
      }
    }
  }

  private func stepOnSpan(
    _ optimizer: inout Optimizer<Scalar>, _ x: inout [Scalar], _ gradient: [Scalar]
  ) throws(StepError) -> StepReport {
    var span = x.mutableSpan
    return try optimizer.step(&span, gradient: gradient.span)
  }

  /// What a step on some of the tensors would report, from the given step's gradients.
  func dryRun(_ optimizer: Optimizer<Scalar>, tensors: [Int], step: Int) throws(StepError) -> StepReport {
    try optimizer.dryRun(tensors.map { list[$0] }, gradients: tensors.map { gradientLists[step][$0] })
  }

}

extension Layout {
  /// Tensors of these shapes with these elements.
  func tensors<Scalar: TensorScalar>(_ arrays: [[Scalar]]) throws -> [Tensor<Scalar>] {
    try zip(entries, arrays).map { try Tensor($1, shape: $0.shape) }
  }

  /// A slab with these elements.
  func set<Scalar: TensorScalar>(_ arrays: [[Scalar]]) throws -> ParameterSet<Scalar> {
    try ParameterSet(zip(entries, tensors(arrays)).map { ($0.name, $1) })
  }
}

extension ParameterSet {
  /// The elements of each tensor.
  var arrays: [[Scalar]] {
    layout.entries.map { entry in withUnsafeBufferPointer(of: entry.name) { Array($0) } ?? [] }
  }
}

/// Memory that begins one element after a 64-byte boundary, as a caller's may.
private final class Unaligned<Scalar: TensorScalar> {
  let elements: UnsafeMutableBufferPointer<Scalar>
  private let base: UnsafeMutableRawPointer

  init(_ array: [Scalar]) {
    let stride = MemoryLayout<Scalar>.stride
    base = .allocate(byteCount: (array.count + 1) * stride, alignment: 64)
    let first = (base + stride).bindMemory(to: Scalar.self, capacity: array.count)
    elements = UnsafeMutableBufferPointer(start: first, count: array.count)
    _ = elements.initialize(from: array)
  }

  deinit { base.deallocate() }
}
