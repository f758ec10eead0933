// The convex fits of realdata.json.

internal import Testing

/// A regularised linear model on a real data set, and its minimum.
package struct RealDataCase: Decodable, Sendable, CustomTestStringConvertible {
  package let id: String
  /// The file that the data come from, by its name in the reference set (data_digits.csv).
  package let data: String
  /// The fitted rows: "all", or "rows with index % 5 != k ...", from 0; the others are for testing.
  package let rows: String
  package let preparation: String
  package let objective: String
  package let lambda: Double
  /// The least value of the objective.
  package let minimum: Double
  /// The number of rows predicted rightly, for a classification.
  package let correct: Int?
  package let of: Int?
  package let testCorrect: Int?
  package let testOf: Int?
  /// Absent for the fit without preparation.
  package let check: Check?

  /// Values to test the coding of an objective with.
  package struct Check: Decodable, Sendable {
    package let atZero: Point
    /// At theta[q] = 0.01 * sin(q + 1).
    package let atProbe: Point

    private enum CodingKeys: String, CodingKey {
      case atZero = "at_zero"
      case atProbe = "at_probe"
    }
  }

  /// The objective and its gradient at a point.
  package struct Point: Decodable, Sendable {
    package let f: Double
    /// All entries, or the first ones where the gradient is long.
    package let gradient: [Double]
    /// The norm of all entries, where not all are given.
    package let gradientNorm: Double?

    private enum CodingKeys: String, CodingKey {
      case f, gradient
      case gradientFirst = "gradient_first"
      case gradientNorm = "gradient_norm2"
    }

    package init(from decoder: any Decoder) throws {
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
  package func fits(row: Int) -> Bool {
    guard let remainder = rows.firstMatch(of: /index % 5 != (\d)/) else { return true }
    return row % 5 != Int(remainder.1)
  }

  package var testDescription: String { id }

  /// All cases.
  package static let all: [RealDataCase] = {
    struct File: Decodable { let cases: [RealDataCase] }
    do {
      return try ReferenceFile.load("realdata", as: File.self).cases
    } catch {
      fatalError("Tests/Reference/realdata.json: \(error)")
    }
  }()
}
