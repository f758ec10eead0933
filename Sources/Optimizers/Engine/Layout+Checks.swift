internal import Tensors

/// What is refused of memory that does not fit a layout.
extension Layout {
  /// One vector called "parameters".
  static func oneVector(_ count: Int) throws(StepError) -> Layout {
    guard let layout = try? Layout.vector(count) else {
      throw .invalidSetting(
        SettingError(name: "count", value: Double(count), requirement: "a number of elements that fits in memory"))
    }
    return layout
  }

  /// Throws where another layout differs in a tensor that is not absent, or in the order.
  func check(_ found: Layout, absent: Set<String> = []) throws(StepError) {
    for name in absent where self[name] == nil { throw .unexpectedTensor(name) }
    guard found != self else { return }
    for entry in entries {
      if absent.contains(entry.name) { continue }
      guard let other = found[entry.name] else { throw .missingTensor(entry.name) }
      guard other.shape == entry.shape else {
        throw .shapeMismatch(tensor: entry.name, expected: entry.shape, found: other.shape)
      }
    }
    for entry in found.entries where self[entry.name] == nil { throw .unexpectedTensor(entry.name) }
    // With a tensor absent, memory is found by name.
    guard absent.isEmpty else { return }
    // The same tensors in another order: memory is placed by order.
    let (wanted, got) = zip(entries, found.entries).first { $0.name != $1.name }!
    throw .unexpectedOrder(expected: wanted.name, found: got.name)
  }

  /// Throws where a list of tensors differs in their number, or in a shape of one that is not absent.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func check<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>], absent: Set<String> = []) throws(StepError) {
    try check(count: tensors.count)
    for name in absent where self[name] == nil { throw .unexpectedTensor(name) }
    for index in tensors.indices
    where !absent.contains(entries[index].name) && tensors[index].shape != entries[index].shape {
      throw .shapeMismatch(tensor: entries[index].name, expected: entries[index].shape, found: tensors[index].shape)
    }
  }

  /// Throws where the number of tensors is another.
  func check(count: Int) throws(StepError) {
    guard count == entries.count else { throw .tensorCount(expected: entries.count, found: count) }
  }

  /// Throws where the number of elements of tensor `index` is another.
  func check(elements count: Int, of index: Int) throws(StepError) {
    guard count == entries[index].count else {
      throw .shapeMismatch(tensor: entries[index].name, expected: entries[index].shape, found: [count])
    }
  }
}
