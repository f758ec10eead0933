internal import Tensors

/// An entry of a tensor that stops a step.
struct BadEntry {
  var tensor: String
  var flatIndex: Int
  var index: [Int]
  var value: Double
  /// How many entries are like it.
  var count = 1

  init(_ entry: Layout.Entry, _ flatIndex: Int, _ value: Double) {
    var rest = flatIndex
    index = [Int](repeating: 0, count: entry.shape.count)
    for axis in entry.shape.indices.reversed() {
      index[axis] = rest % entry.shape[axis]
      rest /= entry.shape[axis]
    }
    (tensor, self.flatIndex, self.value) = (entry.name, flatIndex, value)
  }
}

extension Layout {
  /// The first entry that is not finite, in the layout's order, and how many there are; of the tensors that are looked at.
  func firstNonFinite<Scalar: TensorScalar>(
    _ memory: (Int) -> UnsafePointer<Scalar>, where isLookedAt: (Int) -> Bool = { _ in true }
  ) -> BadEntry? {
    var found: BadEntry?
    for (tensor, entry) in entries.enumerated() where isLookedAt(tensor) {
      let elements = UnsafeBufferPointer(start: memory(tensor), count: entry.count)
      for (index, value) in elements.enumerated() where !value.isFinite {
        if found == nil { found = BadEntry(entry, index, Double(value)) } else { found?.count += 1 }
      }
    }
    return found
  }
}
