// The cases of clipping.json.

internal import Testing

/// Gradients, a clip or a norm, and what a peer or 60 digits make of them.
package struct ClippingCase: Decodable, Sendable, CustomTestStringConvertible {
  package let id: String
  /// clip_global_norm, clip_value, clip_per_tensor_norm, norms_of_long and others.
  package let operation: String
  /// torch, optax, exact, formula, zero, empty, nonfinite or invalid.
  package let peer: String
  package let gradients: [ReferenceTensor]
  /// The weights, of an adaptive clip.
  package let weights: [ReferenceTensor]
  /// Every number of `params`: max_norm, norm_type, max_value.
  package let parameters: [String: Double]
  package let expected: Expected
  /// The relative tolerance that the file asks for; nil for errors.
  package let relativeTolerance: Double?
  /// The absolute tolerance beside it.
  package let absoluteTolerance: Double
  /// How the gradient of a long case is made.
  package let rule: Rule?

  /// What comes out.
  package struct Expected: Decodable, Sendable {
    package let totalNorm: ReferenceNumber?
    package let norms: [ReferenceNumber]?
    /// The clipped tensors by the peer's formula.
    package let clipped: [ReferenceTensor]?
    /// The clipped tensors with no epsilon in the denominator, where the peer has one.
    package let exactClipped: [ReferenceTensor]?
    package let coefficient: ReferenceNumber?
    package let exactCoefficient: ReferenceNumber?
    package let elementsChanged: Int?
    /// "nonfinite" or "invalid_parameter".
    package let error: String?
    package let tensor: Int?
    package let tensorName: String?
    package let index: [Int]?
    package let flatIndex: Int?
    package let value: ReferenceNumber?
    package let norm1: Double?
    package let norm2: Double?
    package let norm3: Double?
    package let normInfinity: Double?

    private enum CodingKeys: String, CodingKey {
      case norms, clipped, coefficient, error, tensor, index, value, norm1, norm2, norm3
      case totalNorm = "total_norm"
      case exactClipped = "exact_clipped"
      case exactCoefficient = "exact_coefficient"
      case elementsChanged = "elements_changed"
      case tensorName = "tensor_name"
      case flatIndex = "flat_index"
      case normInfinity = "norminf"
    }
  }

  /// g[i] = ((i * multiplier) mod modulus - subtrahend) / divisor for i in 0..<count.
  package struct Rule: Decodable, Sendable {
    package let count: Int
    package let multiplier: Int
    package let modulus: Int
    package let subtrahend: Int
    package let divisor: Int

    private enum CodingKeys: String, CodingKey {
      case count = "n"
      case multiplier = "mul"
      case modulus = "mod"
      case subtrahend = "sub"
      case divisor = "div"
    }

    /// The elements; every one is exact.
    package var elements: [Double] {
      (0..<count).map { Double(($0 * multiplier) % modulus - subtrahend) / Double(divisor) }
    }
  }

  /// The tensors that a clip without epsilon must give.
  package var clipped: [ReferenceTensor]? { expected.exactClipped ?? expected.clipped }

  private enum CodingKeys: String, CodingKey {
    case id, op, peer, gradients, parameters, params, expected, tolerance, rule
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    operation = try container.decode(String.self, forKey: .op)
    peer = try container.decode(String.self, forKey: .peer)
    gradients = try container.decodeIfPresent([ReferenceTensor].self, forKey: .gradients) ?? []
    weights = try container.decodeIfPresent([ReferenceTensor].self, forKey: .parameters) ?? []
    parameters =
      try container.decodeIfPresent([String: ReferenceNumber].self, forKey: .params)?.mapValues(\.value) ?? [:]
    expected = try container.decode(Expected.self, forKey: .expected)
    let tolerance = try container.decode([String: Double].self, forKey: .tolerance)
    relativeTolerance = tolerance["rel"]
    absoluteTolerance = tolerance["abs"] ?? 0
    rule = try container.decodeIfPresent(Rule.self, forKey: .rule)
  }

  package var testDescription: String { id }

  /// All cases.
  package static let all: [ClippingCase] = load()

  /// The cases of one operation.
  package static func of(_ operation: String) -> [ClippingCase] { all.filter { $0.operation == operation } }

  private static func load() -> [ClippingCase] {
    struct File: Decodable { let cases: [ClippingCase] }
    do {
      return try ReferenceFile.load("clipping", as: File.self).cases
    } catch {
      fatalError("Tests/Reference/clipping.json: \(error)")
    }
  }
}
