import Descent

/// How many tensors of how many elements a step is about.
struct Shape: Codable, Hashable {
  let tensors: Int
  let elementsPerTensor: Int

  /// A tensor of each size, and where the sizes include as many elements, many small tensors.
  static func all(sizes: [Int]) -> [Shape] {
    let many = [Shape(tensors: 200, elementsPerTensor: 5000), Shape(tensors: 10_000, elementsPerTensor: 1000)]
    return sizes.map { Shape(tensors: 1, elementsPerTensor: $0) } + many.filter { sizes.contains($0.count) }
  }

  /// The number of elements.
  var count: Int { tensors * elementsPerTensor }

  /// Such as `1 000 000` or `200 x 5 000`.
  var name: String {
    tensors == 1 ? grouped(elementsPerTensor) : "\(grouped(tensors)) x \(grouped(elementsPerTensor))"
  }

  /// The layout: vectors, or matrices that are as square as their number of elements allows.
  func layout(ofMatrices: Bool = false) throws -> Layout {
    let n = elementsPerTensor
    let rows = ofMatrices ? (1...Int(Double(n).squareRoot())).last { n.isMultiple(of: $0) }! : 1
    let shape = ofMatrices ? [rows, n / rows] : [n]
    return try Layout((0..<tensors).map { ("tensor\($0)", shape) })
  }
}
