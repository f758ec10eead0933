/// The tensors of a layout in one slab of memory: parameters, gradients, or the state of an optimizer.
///
/// A value with copy-on-write storage. Each tensor begins on a 64-byte boundary; padding is zero.
public struct ParameterSet<Scalar: TensorScalar>: Sendable {
  /// Names, shapes and places.
  public let layout: Layout
  package var storage: TensorStorage<Scalar>

  /// Zeros.
  public init(zeros layout: Layout) {
    self.layout = layout
    storage = TensorStorage(AlignedBuffer(zeros: layout.slabCount))
  }

  /// A copy of a slab of this layout.
  package init(copying slab: TensorStorage<Scalar>, layout: Layout) {
    self.layout = layout
    storage = TensorStorage(AlignedBuffer(copying: slab.buffer.base, count: layout.slabCount))
  }

  /// Copies of these tensors, in this order.
  /// - Throws: `LayoutError` for repeated or empty names.
  public init(_ tensors: [(name: String, tensor: Tensor<Scalar>)]) throws(LayoutError) {
    let layout = try Layout(tensors.map { ($0.name, $0.tensor.shape) })
    self.init(zeros: layout)
    for (entry, named) in zip(layout.entries, tensors) {
      (storage.buffer.base + entry.offset).update(from: named.tensor.storage.buffer.base, count: entry.count)
    }
  }

  /// A copy of the tensor of this name, or nil where there is none.
  public subscript(name: String) -> Tensor<Scalar>? {
    guard let entry = layout[name] else { return nil }
    let elements = Array(UnsafeBufferPointer(start: storage.buffer.base + entry.offset, count: entry.count))
    return try? Tensor(elements, shape: entry.shape)
  }

  /// Writes a tensor.
  /// - Throws: `LayoutError.unknownName`, `LayoutError.shapeMismatch`.
  public mutating func set(_ name: String, to tensor: Tensor<Scalar>) throws(LayoutError) {
    guard let entry = layout[name] else { throw .unknownName(name) }
    guard entry.shape == tensor.shape else {
      throw .shapeMismatch(name: name, expected: entry.shape, found: tensor.shape)
    }
    (mutableBase() + entry.offset).update(from: tensor.storage.buffer.base, count: entry.count)
  }

  /// The elements of a tensor in row-major order, e.g. for ``BLAS``.
  /// - Throws: `LayoutError.unknownName`.
  @_lifetime(borrow self)
  public borrowing func span(of name: String) throws(LayoutError) -> Span<Scalar> {
    guard let entry = layout[name] else { throw .unknownName(name) }
    let span = Span(_unsafeStart: UnsafePointer(storage.buffer.base + entry.offset), count: entry.count)
    return _overrideLifetime(span, borrowing: self)
  }

  /// The elements of a tensor in row-major order, to write to.
  /// - Throws: `LayoutError.unknownName`.
  @_lifetime(&self)
  public mutating func mutableSpan(of name: String) throws(LayoutError) -> MutableSpan<Scalar> {
    guard let entry = layout[name] else { throw .unknownName(name) }
    let span = MutableSpan(_unsafeStart: mutableBase() + entry.offset, count: entry.count)
    return _overrideLifetime(span, mutating: &self)
  }

  /// Calls `body` with the elements of a tensor in row-major order, or returns nil where no tensor has this name.
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    of name: String, _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let entry = layout[name] else { return nil }
    return try body(UnsafeBufferPointer(start: storage.buffer.base + entry.offset, count: entry.count))
  }

  /// Calls `body` with the elements of a tensor to write to, or returns nil where no tensor has this name.
  public mutating func withUnsafeMutableBufferPointer<Result, Failure: Error>(
    of name: String, _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let entry = layout[name] else { return nil }
    return try body(UnsafeMutableBufferPointer(start: mutableBase() + entry.offset, count: entry.count))
  }

  /// The only way to write: after it nobody else shares the slab.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func mutableBase() -> UnsafeMutablePointer<Scalar> {
    if !isKnownUniquelyReferenced(&storage) {
      storage = TensorStorage(AlignedBuffer(copying: storage.buffer.base, count: layout.slabCount))
    }
    return storage.buffer.base
  }
}

extension ParameterSet: Equatable {
  /// Same layout and equal elements.
  public static func == (a: ParameterSet, b: ParameterSet) -> Bool {
    a.layout == b.layout
      && UnsafeBufferPointer(start: a.storage.buffer.base, count: a.layout.slabCount)
        .elementsEqual(UnsafeBufferPointer(start: b.storage.buffer.base, count: b.layout.slabCount))
  }
}
