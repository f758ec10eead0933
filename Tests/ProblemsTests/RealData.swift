import Foundation
import Problems
import Tensors
import TestSupport

/// A case of realdata.json with its table, prepared as the case says, and its stored optimum.
struct RealData {
  let reference: RealDataCase
  let optimum: Optimum
  let training: Dataset
  let test: Dataset?

  struct Optimum: Decodable {
    let id: String
    let coefficients: Coefficients
    let intercept: Coefficients
    let rSquared: Double?
    let testMeanSquaredError: Double?

    private enum CodingKeys: String, CodingKey {
      case id, coefficients, intercept
      case rSquared = "r2_fit"
      case testMeanSquaredError = "test_mse"
    }

    /// The parameters packed, the intercept last.
    var packed: [Double] { coefficients.elements + intercept.elements }
  }

  /// A number, a list of numbers, or a tensor.
  struct Coefficients: Decodable {
    let elements: [Double]

    init(from decoder: any Decoder) throws {
      if let tensor = try? ReferenceTensor(from: decoder) {
        elements = tensor.elements
      } else {
        let container = try decoder.singleValueContainer()
        elements = try (try? [container.decode(Double.self)]) ?? container.decode([Double].self)
      }
    }
  }

  init(_ reference: RealDataCase) throws {
    struct File: Decodable { let cases: [Optimum] }
    self.reference = reference
    optimum = try ReferenceFile.load("realdata", as: File.self).cases.first { $0.id == reference.id }!
    let table = try RealData.table(reference.data)
    let fitted = (0..<table.rowCount).filter(reference.fits)
    let others = (0..<table.rowCount).filter { !reference.fits(row: $0) }
    let training = try table.selecting(rows: fitted)
    let test = others.isEmpty ? nil : try table.selecting(rows: others)
    if reference.preparation.hasPrefix("every column minus its mean") {
      let standardisation = try Standardisation(fitting: training)
      self.training = try standardisation.applied(to: training)
      self.test = try test.map(standardisation.applied)
    } else {
      (self.training, self.test) = (training, test)
    }
  }

  /// A table of Examples/Data by its name in the reference set.
  static func table(_ file: String) throws -> Dataset {
    let path = ReferenceFile.directory.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Examples/Data/\(file.dropFirst("data_".count))").path
    return try Dataset(contentsOfCSV: path)
  }

  var regression: any Regression {
    get throws {
      switch reference.id.prefix(while: { $0 != "." }) {
      case "diabetes": try LinearRegression(training, penalty: reference.lambda)
      case "breast_cancer": try LogisticRegression(training, penalty: reference.lambda)
      default: try SoftmaxRegression(training, penalty: reference.lambda)
      }
    }
  }

  /// The cases that give values to check an objective with.
  static let checked = RealDataCase.all.filter { $0.check != nil }
}

extension Problem {
  /// Named parameters from packed ones.
  func named(_ packed: [Double]) throws -> ParameterSet<Double> {
    var set = ParameterSet<Double>(zeros: layout)
    var first = 0
    for entry in layout.entries {
      try set.set(entry.name, to: Tensor(Array(packed[first..<first + entry.count]), shape: entry.shape))
      first += entry.count
    }
    return set
  }

  /// Packed numbers from named ones.
  func packed(_ set: ParameterSet<Double>) -> [Double] {
    layout.entries.flatMap { set[$0.name]!.elements }
  }

  /// The largest difference between the gradient and central differences, in units of what those can resolve.
  ///
  /// A step h leaves an error of h^2 times the third derivative and of the value's rounding over h; with h = 2^-17 both
  /// are near 1e-10 of the scale of the function.
  func gradientError(at point: [Double]) throws -> Double {
    let (value, gradient) = try valueAndGradient(at: point)
    let scale = max(1, abs(value), gradient.reduce(0) { max($0, abs($1)) })
    var worst = 0.0
    for i in point.indices {
      let step = 0x1p-17 * max(1, abs(point[i]))
      var (above, below) = (point, point)
      above[i] += step
      below[i] -= step
      let slope = try (valueAndGradient(at: above).value - valueAndGradient(at: below).value) / (above[i] - below[i])
      worst = max(worst, abs(slope - gradient[i]) / scale)
    }
    return worst
  }
}
