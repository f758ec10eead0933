extension Tensor {
  /// The elements in row-major order.
  public var span: Span<Scalar> {
    @_lifetime(borrow self)
    borrowing get {
      let span = Span(_unsafeStart: UnsafePointer(storage.buffer.base), count: storage.buffer.count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// The elements in row-major order, to write to.
  public var mutableSpan: MutableSpan<Scalar> {
    @_lifetime(&self)
    mutating get {
      let span = MutableSpan(_unsafeStart: mutableBase(), count: storage.buffer.count)
      return _overrideLifetime(span, mutating: &self)
    }
  }

  /// Calls `body` with the elements; the buffer is valid during the call.
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(start: storage.buffer.base, count: storage.buffer.count))
  }

  /// Calls `body` with the elements to write to; the buffer is valid during the call.
  public mutating func withUnsafeMutableBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableBufferPointer(start: mutableBase(), count: storage.buffer.count))
  }
}
