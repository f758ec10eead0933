/// The names and shapes of the tensors of a model, in order, and their places in one slab of memory.
///
/// State and errors are keyed by these names, never by position.
public struct Layout: Sendable, Hashable {
  /// One tensor of a layout.
  public struct Entry: Sendable, Hashable {
    /// The name, unique in the layout.
    public let name: String
    /// The extents, outermost first.
    public let shape: [Int]
    /// The number of elements.
    public let count: Int
    /// Where the tensor begins in a slab, in elements; a multiple of 64 bytes for both scalar types.
    public let offset: Int
  }

  /// The tensors in order.
  public let entries: [Entry]
  /// The number of elements of all tensors together.
  public let count: Int
  /// The length of a slab: elements and the padding between tensors.
  package let slabCount: Int
  private let positions: [String: Int]

  /// Tensors with these names and shapes, in this order.
  /// - Throws: `LayoutError` for a repeated or empty name or a shape that is not one.
  public init(_ tensors: [(name: String, shape: [Int])]) throws(LayoutError) {
    var entries: [Entry] = []
    var positions: [String: Int] = [:]
    var (count, offset) = (0, 0)
    entries.reserveCapacity(tensors.count)
    for (name, shape) in tensors {
      guard !name.isEmpty else { throw .emptyName(position: entries.count) }
      guard let size = elementCount(of: shape), size <= Int.max / 64 - offset - 16 else {
        throw .invalidShape(name: name, shape: shape)
      }
      guard positions.updateValue(entries.count, forKey: name) == nil else { throw .repeatedName(name) }
      entries.append(Entry(name: name, shape: shape, count: size, offset: offset))
      count += size
      offset += (size + 15) / 16 * 16
    }
    (self.entries, self.positions, self.count, self.slabCount) = (entries, positions, count, offset)
  }

  /// One vector; its name is what errors and checkpoints call it.
  public static func vector(_ count: Int, name: String = "parameters") throws(LayoutError) -> Layout {
    try Layout([(name, [count])])
  }

  /// Some of the tensors, by their positions, in this order.
  package func keeping(_ positions: [Int]) -> Layout {
    guard let layout = try? Layout(positions.map { (entries[$0].name, entries[$0].shape) }) else {
      preconditionFailure("tensors of a layout make a layout")
    }
    return layout
  }

  /// The tensor of this name, or nil.
  public subscript(name: String) -> Entry? { positions[name].map { entries[$0] } }

  /// The position of the tensor of this name, or nil.
  public func position(of name: String) -> Int? { positions[name] }
}

extension Layout: Codable {
  private struct Named: Codable {
    var name: String
    var shape: [Int]
  }

  /// A list of names and shapes.
  public init(from decoder: any Decoder) throws {
    let tensors = try decoder.singleValueContainer().decode([Named].self)
    try self.init(tensors.map { ($0.name, $0.shape) })
  }

  /// A list of names and shapes; places follow from them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(entries.map { Named(name: $0.name, shape: $0.shape) })
  }
}

/// A layout that cannot be.
public enum LayoutError: Error, Equatable, CustomStringConvertible {
  /// Two tensors have the same name.
  case repeatedName(String)
  /// The tensor at this position has no name.
  case emptyName(position: Int)
  /// The tensor's shape has a negative extent or does not fit in memory.
  case invalidShape(name: String, shape: [Int])
  /// No tensor has this name.
  case unknownName(String)
  /// The tensor of this name has another shape.
  case shapeMismatch(name: String, expected: [Int], found: [Int])

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .repeatedName(let name): "two tensors are called \"\(name)\"; names are keys and must differ"
    case .emptyName(let position): "tensor \(position) has an empty name; every tensor needs one"
    case .invalidShape(let name, let shape): "tensor \"\(name)\": \(ShapeError.invalid(shape: shape))"
    case .unknownName(let name): "no tensor is called \"\(name)\""
    case .shapeMismatch(let name, let expected, let found):
      "tensor \"\(name)\": \(ShapeError.mismatch(expected: expected, found: found))"
    }
  }
}
