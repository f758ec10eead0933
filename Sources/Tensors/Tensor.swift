/// A multi-dimensional array of `Float` or `Double` in row-major order.
///
/// A value: copies are independent. Storage is 64-byte aligned and shared until one of the copies is written to.
/// The shape `[]` is a scalar, `[n]` a vector; an extent of 0 makes an empty tensor.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The extents, outermost first.
  public let shape: [Int]
  package var storage: TensorStorage<Scalar>

  /// Zeros.
  /// - Throws: `ShapeError.invalid` for a negative extent or a shape that does not fit in memory.
  public init(zeros shape: [Int]) throws(ShapeError) {
    guard let count = elementCount(of: shape) else { throw .invalid(shape: shape) }
    self.shape = shape
    storage = TensorStorage(AlignedBuffer(zeros: count))
  }

  /// The same value everywhere.
  /// - Throws: `ShapeError.invalid`.
  public init(repeating value: Scalar, shape: [Int]) throws(ShapeError) {
    try self.init(zeros: shape)
    storage.buffer.base.update(repeating: value, count: storage.buffer.count)
  }

  /// A vector.
  public init(_ elements: [Scalar]) {
    shape = [elements.count]
    storage = elements.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return TensorStorage(AlignedBuffer(zeros: 0)) }
      return TensorStorage(AlignedBuffer(copying: base, count: source.count))
    }
  }

  /// Elements in row-major order.
  /// - Throws: `ShapeError.elementCount` where their number is not the shape's, `ShapeError.invalid`.
  public init(_ elements: [Scalar], shape: [Int]) throws(ShapeError) {
    guard let count = elementCount(of: shape) else { throw .invalid(shape: shape) }
    guard count == elements.count else { throw .elementCount(given: elements.count, shape: shape) }
    let vector = Tensor(elements)
    self.shape = shape
    storage = vector.storage
  }

  /// The number of elements.
  public var count: Int { storage.buffer.count }

  /// A copy of the elements in row-major order.
  public var elements: [Scalar] { Array(UnsafeBufferPointer(start: storage.buffer.base, count: count)) }

  /// The element at an index into the row-major order. The index must be in `0 ..< count`.
  public subscript(flatIndex: Int) -> Scalar {
    get {
      precondition(flatIndex >= 0 && flatIndex < count, "index \(flatIndex) is not in 0 ..< \(count)")
      return storage.buffer.base[flatIndex]
    }
    set {
      precondition(flatIndex >= 0 && flatIndex < count, "index \(flatIndex) is not in 0 ..< \(count)")
      mutableBase()[flatIndex] = newValue
    }
  }

  /// The only way to write: after it nobody else shares the storage.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func mutableBase() -> UnsafeMutablePointer<Scalar> {
    if !isKnownUniquelyReferenced(&storage) {
      storage = TensorStorage(AlignedBuffer(copying: storage.buffer.base, count: count))
    }
    return storage.buffer.base
  }
}

/// Shared storage of tensors and parameter sets.
package final class TensorStorage<Scalar: TensorScalar>: Sendable {
  package let buffer: AlignedBuffer<Scalar>
  package init(_ buffer: consuming AlignedBuffer<Scalar>) { self.buffer = buffer }
}

extension Tensor: Equatable {
  /// Same shape and equal elements; as everywhere, NaN equals nothing and -0 equals 0.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && a.withUnsafeBufferPointer { x in b.withUnsafeBufferPointer { y in x.elementsEqual(y) } }
  }
}

extension Tensor: CustomStringConvertible {
  /// The type, the shape and the first elements.
  public var description: String {
    let shown = (0..<min(count, 6)).map { "\(self[$0])" }.joined(separator: ", ")
    return "Tensor<\(Scalar.self)>(shape: \(shape), elements: [\(shown)\(count > 6 ? ", …" : "")])"
  }
}
