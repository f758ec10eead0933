// The cases of clipping.json.

public import Testing

/// Gradients, a clip or a norm, and what a peer or 60 digits make of them.
public struct ClippingCase: Decodable, Sendable, CustomTestStringConvertible {
  public let id: String
  /// clip_global_norm, clip_value, clip_per_tensor_norm, norms_of_long and others.
  public let operation: String
  /// torch, optax, exact, formula, zero, empty, nonfinite or invalid.
  public let peer: String
  public let gradients: [ReferenceTensor]
  /// Every number of `params`: max_norm, norm_type, max_value.
  public let parameters: [String: Double]
  public let expected: Expected
  /// The relative tolerance that the file asks for; nil for errors.
  public let relativeTolerance: Double?
  /// The absolute tolerance beside it.
  public let absoluteTolerance: Double
  /// How the gradient of a long case is made.
  public let rule: Rule?

  /// What comes out.
  public struct Expected: Decodable, Sendable {
    public let totalNorm: ReferenceNumber?
    public let norms: [ReferenceNumber]?
    /// The clipped tensors by the peer's formula.
    public let clipped: [ReferenceTensor]?
    /// The clipped tensors with no epsilon in the denominator, where the peer has one.
    public let exactClipped: [ReferenceTensor]?
    public let coefficient: ReferenceNumber?
    public let exactCoefficient: ReferenceNumber?
    public let elementsChanged: Int?
    /// "nonfinite" or "invalid_parameter".
    public let error: String?
    public let tensor: Int?
    public let tensorName: String?
    public let index: [Int]?
    public let flatIndex: Int?
    public let value: ReferenceNumber?
    public let norm1: Double?
    public let norm2: Double?
    public let norm3: Double?
    public let normInfinity: Double?

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
  public struct Rule: Decodable, Sendable {
    public let count: Int
    public let multiplier: Int
    public let modulus: Int
    public let subtrahend: Int
    public let divisor: Int

    private enum CodingKeys: String, CodingKey {
      case count = "n"
      case multiplier = "mul"
      case modulus = "mod"
      case subtrahend = "sub"
      case divisor = "div"
    }

    /// The elements; every one is exact.
    public var elements: [Double] {
      (0..<count).map { Double(($0 * multiplier) % modulus - subtrahend) / Double(divisor) }
    }
  }

  /// The tensors that a clip without epsilon must give.
  public var clipped: [ReferenceTensor]? { expected.exactClipped ?? expected.clipped }

  private enum CodingKeys: String, CodingKey {
    case id, op, peer, gradients, params, expected, tolerance, rule
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    operation = try container.decode(String.self, forKey: .op)
    peer = try container.decode(String.self, forKey: .peer)
    gradients = try container.decodeIfPresent([ReferenceTensor].self, forKey: .gradients) ?? []
    parameters =
      try container.decodeIfPresent([String: ReferenceNumber].self, forKey: .params)?.mapValues(\.value) ?? [:]
    expected = try container.decode(Expected.self, forKey: .expected)
    let tolerance = try container.decode([String: Double].self, forKey: .tolerance)
    relativeTolerance = tolerance["rel"]
    absoluteTolerance = tolerance["abs"] ?? 0
    rule = try container.decodeIfPresent(Rule.self, forKey: .rule)
  }

  public var testDescription: String { id }

  /// All cases.
  public static let all: [ClippingCase] = load()

  /// The cases of one operation.
  public static func of(_ operation: String) -> [ClippingCase] { all.filter { $0.operation == operation } }

  private static func load() -> [ClippingCase] {
    struct File: Decodable { let cases: [ClippingCase] }
    do {
      return try ReferenceFile.load("clipping", as: File.self).cases
    } catch {
      fatalError("Tests/Reference/clipping.json: \(error)")
    }
  }
}
