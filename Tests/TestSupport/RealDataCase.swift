// The convex fits of realdata.json.

public import Testing

/// A regularised linear model on a real data set, and its minimum.
public struct RealDataCase: Decodable, Sendable, CustomTestStringConvertible {
  public let id: String
  /// The file that the data come from, by its name in the reference set (data_digits.csv).
  public let data: String
  /// The fitted rows: "all", or "rows with index % 5 != k ...", from 0; the others are for testing.
  public let rows: String
  public let preparation: String
  public let objective: String
  public let lambda: Double
  /// The least value of the objective.
  public let minimum: Double
  /// The number of rows predicted rightly, for a classification.
  public let correct: Int?
  public let of: Int?
  public let testCorrect: Int?
  public let testOf: Int?
  /// Absent for the fit without preparation.
  public let check: Check?

  /// Values to test the coding of an objective with.
  public struct Check: Decodable, Sendable {
    public let atZero: Point
    /// At theta[q] = 0.01 * sin(q + 1).
    public let atProbe: Point

    private enum CodingKeys: String, CodingKey {
      case atZero = "at_zero"
      case atProbe = "at_probe"
    }
  }

  /// The objective and its gradient at a point.
  public struct Point: Decodable, Sendable {
    public let f: Double
    /// All entries, or the first ones where the gradient is long.
    public let gradient: [Double]
    /// The norm of all entries, where not all are given.
    public let gradientNorm: Double?

    private enum CodingKeys: String, CodingKey {
      case f, gradient
      case gradientFirst = "gradient_first"
      case gradientNorm = "gradient_norm2"
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      f = try container.decode(Double.self, forKey: .f)
      gradient =
        try container.decodeIfPresent([Double].self, forKey: .gradient)
        ?? container.decode([Double].self, forKey: .gradientFirst)
      gradientNorm = try container.decodeIfPresent(Double.self, forKey: .gradientNorm)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case id, data, rows, preparation, objective, lambda, minimum, correct, of, check
    case testCorrect = "test_correct"
    case testOf = "test_of"
  }

  /// Whether a row, counted from 0 without the header, belongs to the fitted ones.
  public func fits(row: Int) -> Bool {
    guard let remainder = rows.firstMatch(of: /index % 5 != (\d)/) else { return true }
    return row % 5 != Int(remainder.1)
  }

  public var testDescription: String { id }

  /// All cases.
  public static let all: [RealDataCase] = {
    struct File: Decodable { let cases: [RealDataCase] }
    do {
      return try ReferenceFile.load("realdata", as: File.self).cases
    } catch {
      fatalError("Tests/Reference/realdata.json: \(error)")
    }
  }()
}
