import CFloor

/// The vectors that the contestants share, so that all of them find the caches in the same state.
final class Workspace<Scalar: BenchmarkScalar> {
  let count: Int
  let parameters, gradient: UnsafeMutableBufferPointer<Scalar>
  /// What a rule keeps between steps, an array each.
  let slots: [UnsafeMutableBufferPointer<Scalar>]

  init(count: Int, slots slotCount: Int = 1) {
    self.count = count
    func allocate(_ value: (Int) -> Scalar) -> UnsafeMutableBufferPointer<Scalar> {
      guard let memory = floor_allocate(count * MemoryLayout<Scalar>.stride) else {
        fatalError("no memory for \(count) elements")
      }
      let buffer = UnsafeMutableBufferPointer(start: memory.bindMemory(to: Scalar.self, capacity: count), count: count)
      for i in 0..<count { buffer.initializeElement(at: i, to: value(i)) }
      return buffer
    }
    parameters = allocate { _ in 1 }
    slots = (0..<slotCount).map { _ in allocate { _ in 1e-3 } }
    // No zeros: with a zero gradient momentum decays into subnormal numbers, whose arithmetic is up to 30 times slower.
    gradient = allocate { Scalar(1e-3 * (Double($0 % 17) - 8.5)) }
  }

  deinit {
    for buffer in [parameters, gradient] + slots { floor_free(buffer.baseAddress) }
  }

  /// The momentum buffer.
  var momentum: UnsafeMutableBufferPointer<Scalar> { slots[0] }

  /// What the loops of the floor go over.
  var vectors: floor_vectors {
    var vectors = floor_vectors()
    vectors.x = UnsafeMutableRawPointer(parameters.baseAddress)
    vectors.g = UnsafeRawPointer(gradient.baseAddress)
    withUnsafeMutableBytes(of: &vectors.slots) { bytes in
      let pointers = bytes.bindMemory(to: UnsafeMutableRawPointer?.self)
      for (place, slot) in slots.enumerated() { pointers[place] = UnsafeMutableRawPointer(slot.baseAddress) }
    }
    return vectors
  }

  var readOnlyGradient: UnsafeBufferPointer<Scalar> { UnsafeBufferPointer(gradient) }

  /// The norm that the gradient is clipped to: below its norm, so that clipping has something to do.
  var clipLimit: Double { 1e-3 }

  /// So small that the parameters stay where they are for any number of steps.
  var learningRate: Double { 1e-9 }
}
