// Where the first NaN or infinity is, and how many there are.

/// The first entry of a list of tensors that is not finite.
public struct NaiveNonFinite: Sendable, Equatable {
  /// The position of the tensor in the list.
  public let tensor: Int
  /// The position in the tensor's elements, row by row.
  public let flatIndex: Int
  /// The position along each axis; empty for a scalar.
  public let index: [Int]
  /// Infinity, -infinity or NaN.
  public let value: Double
  /// The number of such entries in all tensors.
  public let count: Int

  /// Reads every element of every tensor; `nil` if all are finite.
  public static func first<Scalar: BinaryFloatingPoint>(
    in tensors: [(shape: [Int], elements: [Scalar])]
  ) -> NaiveNonFinite? {
    var place: (tensor: Int, flatIndex: Int)?
    var count = 0
    for (tensor, entry) in tensors.enumerated() {
      for (flatIndex, element) in entry.elements.enumerated() where !element.isFinite {
        if place == nil { place = (tensor, flatIndex) }
        count += 1
      }
    }
    guard let place else { return nil }
    let (shape, elements) = tensors[place.tensor]
    return NaiveNonFinite(
      tensor: place.tensor, flatIndex: place.flatIndex, index: index(of: place.flatIndex, in: shape),
      value: Double(elements[place.flatIndex]), count: count)
  }

  /// The position along each axis of an element of a tensor in row-major order: the last axis runs fastest.
  public static func index(of flatIndex: Int, in shape: [Int]) -> [Int] {
    var rest = flatIndex
    var index: [Int] = []
    for extent in shape.reversed() {
      index.insert(rest % extent, at: 0)
      rest /= extent
    }
    return index
  }
}
