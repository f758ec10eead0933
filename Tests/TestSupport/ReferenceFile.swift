// The stored reference values, and how their numbers are written.

public import Foundation

/// A file of Tests/Reference, found from where this source file lies.
public enum ReferenceFile {
  /// The directory of the package.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// The directory Tests/Reference.
  public static let directory = repository.appending(path: "Tests/Reference")

  /// The contents of NAME.json.
  public static func load<Contents: Decodable>(_ name: String, as type: Contents.Type) throws -> Contents {
    let file = directory.appending(path: name + ".json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }
}

/// A number of a reference file: a JSON number, or one of the strings "inf", "-inf", "nan".
public struct ReferenceNumber: Decodable, Sendable {
  /// The number, every bit as written.
  public let value: Double

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let word = try? container.decode(String.self) else {
      value = try container.decode(Double.self)
      return
    }
    switch word {
    case "inf": value = .infinity
    case "-inf": value = -.infinity
    case "nan": value = .nan
    default:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(word)' is neither a number nor inf, -inf, nan.")
    }
  }
}

/// A tensor of a reference file: its shape and its elements, row by row.
public struct ReferenceTensor: Decodable, Sendable {
  /// The tensor's name, where it has one.
  public let name: String?
  /// The extent along each axis; empty for a scalar.
  public let shape: [Int]
  /// The elements, row by row.
  public let elements: [Double]

  private enum CodingKeys: String, CodingKey { case name, shape, data }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    shape = try container.decode([Int].self, forKey: .shape)
    elements = try container.decode([ReferenceNumber].self, forKey: .data).map(\.value)
  }
}
