internal import Tensors

/// A second set of weights beside the caller's own, and the passes that read or write both.
///
/// What is refused is found by a pass that only reads; a second one, backwards, writes. All tables are made at the start.
final class KeptWeights<Scalar: TensorScalar>: ChunkedWork, @unchecked Sendable {
  // Unchecked: a value owns it and copies it before the first write to a shared one; chunks write tiles of their own.
  /// What is done to the elements x of the caller and the kept ones.
  enum Pass {
    /// The norm of x.
    case readParameters
    /// The norm of the gradient g.
    case readGradients
    /// kept ← x.
    case keep
    /// kept ← kept + share (x - kept).
    case average(share: Double)
    /// As `average`, and x ← kept.
    case synchronize(share: Double)
    /// kept ← x, and x ← x + g · prescale · scale.
    case leave(prescale: Double, scale: Double)
    /// x ← kept.
    case goBack
  }

  let layout: Layout
  let threads: Int?
  /// The kept weights, in one slab.
  let slab: TensorStorage<Scalar>
  /// How often the kept weights have changed.
  var updates = 0
  /// The step of the optimizer after which they did so last.
  var completedSteps = 0

  private let statistic: NormStatistic<Scalar>
  private let plan: TilePlan
  private let norms: TileNorms<Scalar>
  private let parameters: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>
  private let gradients: UnsafeMutablePointer<UnsafePointer<Scalar>>
  private var pass = Pass.readParameters

  /// - Parameter statistic: What `readParameters` and `readGradients` take.
  init(_ statistic: NormStatistic<Scalar>, layout: Layout, threads: Int?) throws(StepError) {
    if let threads {
      do { try SettingError.check(threads >= 1, "threads", Double(threads), "threads >= 1") } catch {
        throw .invalidSetting(error)
      }
    }
    (self.statistic, self.layout, self.threads) = (statistic, layout, threads)
    slab = TensorStorage(AlignedBuffer(zeros: layout.slabCount))
    plan = TilePlan(counts: layout.entries.map(\.count))
    norms = TileNorms(plan, statistic)
    let tensors = max(1, layout.entries.count)
    (parameters, gradients) = (.allocate(capacity: tensors), .allocate(capacity: tensors))
  }

  deinit {
    parameters.deallocate()
    gradients.deallocate()
  }

  /// Kept weights of their own, with the same elements.
  func copy() -> KeptWeights {
    guard let copy = try? KeptWeights(statistic, layout: layout, threads: threads) else {
      preconditionFailure("settings that made one make another")
    }
    copy.slab.buffer.base.update(from: slab.buffer.base, count: layout.slabCount)
    (copy.updates, copy.completedSteps) = (updates, completedSteps)
    return copy
  }

  // MARK: - The memory of the current call

  func use(_ set: inout ParameterSet<Scalar>) throws(StepError) {
    try layout.check(set.layout)
    use(slab: set.mutableBase())
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func use(_ tensors: inout [Tensor<Scalar>]) throws(StepError) {
    try layout.check(tensors)
    for index in tensors.indices { parameters[index] = tensors[index].mutableBase() }
  }

  /// The elements of a layout of one tensor.
  func use(_ elements: UnsafeMutableBufferPointer<Scalar>) throws(StepError) {
    try layout.check(count: 1)
    try layout.check(elements: elements.count, of: 0)
    parameters[0] = elements.baseAddress ?? slab.buffer.base
  }

  /// Parameters that no pass of the call writes to.
  func use(reading set: ParameterSet<Scalar>) throws(StepError) {
    try layout.check(set.layout)
    use(slab: set.storage.buffer.base)
  }

  /// Parameters that no pass of the call writes to.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func use(reading tensors: [Tensor<Scalar>]) throws(StepError) {
    try layout.check(tensors)
    for index in tensors.indices { parameters[index] = tensors[index].storage.buffer.base }
  }

  /// Parameters that no pass of the call writes to.
  func use(reading elements: UnsafeBufferPointer<Scalar>) throws(StepError) {
    try use(UnsafeMutableBufferPointer(mutating: elements))
  }

  private func use(slab: UnsafeMutablePointer<Scalar>) {
    for (index, entry) in layout.entries.enumerated() { parameters[index] = slab + entry.offset }
  }

  func use(gradients set: ParameterSet<Scalar>) throws(StepError) {
    try layout.check(set.layout)
    for (index, entry) in layout.entries.enumerated() {
      gradients[index] = UnsafePointer(set.storage.buffer.base + entry.offset)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func use(gradients tensors: [Tensor<Scalar>]) throws(StepError) {
    try layout.check(tensors)
    for index in tensors.indices { gradients[index] = UnsafePointer(tensors[index].storage.buffer.base) }
  }

  func use(gradients elements: UnsafeBufferPointer<Scalar>) throws(StepError) {
    try layout.check(count: 1)
    try layout.check(elements: elements.count, of: 0)
    gradients[0] = elements.baseAddress ?? UnsafePointer(slab.buffer.base)
  }

  // MARK: - Passes

  /// Throws where a parameter is not finite.
  func refuseNonFiniteParameters() throws(StepError) {
    run(.readParameters)
    norms.combine()
    guard !norms.total.isFinite, let bad = layout.firstNonFinite({ UnsafePointer(parameters[$0]) }) else { return }
    throw .nonFiniteParameter(
      tensor: bad.tensor, flatIndex: bad.flatIndex, index: bad.index, value: bad.value, count: bad.count)
  }

  /// The norm of the gradients.
  /// - Throws: `StepError.nonFiniteGradient`, as step number `step`.
  func gradientNorm(step: Int) throws(StepError) -> ScaledNorm {
    run(.readGradients)
    norms.combine()
    guard !norms.total.isFinite, let bad = layout.firstNonFinite({ gradients[$0] }) else { return norms.total }
    throw .nonFiniteGradient(
      tensor: bad.tensor, flatIndex: bad.flatIndex, index: bad.index, value: bad.value, count: bad.count, step: step)
  }

  /// Goes over all elements. The result does not depend on the number of threads.
  func run(_ pass: Pass) {
    self.pass = pass
    let writes: Bool
    switch pass {
    case .readParameters, .readGradients: writes = false
    default: writes = true
    }
    Workers.run(self, chunks: plan.chunks.count, elements: plan.count, threads: threads, backwards: writes)
  }

  func perform(chunk: Int) { goOver(chunk) }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func goOver(_ chunk: Int) {
    for index in plan.chunks[chunk] {
      let tile = plan.tiles[index]
      let (tensor, count) = (Int(tile.tensor), Int(tile.count))
      let x = parameters[tensor] + tile.start
      let kept = slab.buffer.base + layout.entries[tensor].offset + tile.start
      switch pass {
      case .readParameters: norms.read(index, of: UnsafePointer(parameters[tensor]))
      case .readGradients: norms.read(index, of: gradients[tensor])
      case .keep: kept.update(from: x, count: count)
      case .average(let share): move(kept, towards: x, by: share, count: count)
      case .synchronize(let share):
        move(kept, towards: x, by: share, count: count)
        x.update(from: kept, count: count)
      case .leave(let prescale, let scale):
        kept.update(from: x, count: count)
        let g = gradients[tensor] + tile.start
        let (prescale, scale) = (Scalar(prescale), Scalar(scale))
        for i in 0..<count { x[i] += g[i] * prescale * scale }
      case .goBack: x.update(from: kept, count: count)
      }
    }
  }

  /// a ← a + share (x - a), such that equal numbers stay as they are and finite ones finite: the difference itself can
  /// overflow, so each part is taken of the smaller share first.
  @inline(__always)
  private func move(
    _ a: UnsafeMutablePointer<Scalar>, towards x: UnsafeMutablePointer<Scalar>, by share: Double, count: Int
  ) {
    if share <= 0.5 {
      let share = Scalar(share)
      for i in 0..<count { a[i] += share * x[i] - share * a[i] }
    } else {
      let rest = Scalar(1 - share)
      for i in 0..<count { a[i] = x[i] + (rest * a[i] - rest * x[i]) }
    }
  }
}

extension NormStatistic {
  /// What tells whether all elements are finite: the largest magnitude.
  static var finite: NormStatistic { NormStatistic(order: .infinity, backend: .kernels) }
}
