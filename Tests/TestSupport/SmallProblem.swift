// The problems of small_problems.json, with their gradients.

internal import Foundation
internal import Testing

/// A start and a gradient for each step: stored, or a closed form of the current point.
package struct SmallProblem: Decodable, Sendable, CustomTestStringConvertible {
  package let id: String
  /// gradients, quadratic, rosenbrock, logistic, matrix_quadratic or separable_quartic.
  package let kind: String
  /// The start.
  package let params0: [ReferenceTensor]

  private let gradients: [[String: [Double]]]?
  private let matrixA: ReferenceTensor?
  private let matrixB: ReferenceTensor?
  private let matrixX: ReferenceTensor?
  private let c: [Double]?
  private let d: [Double]?
  private let e: [Double]?
  private let y: [Double]?
  private let lambda: Double?

  private enum CodingKeys: String, CodingKey {
    case id, kind, params0, gradients, c, d, e, y, lambda
    case matrixA = "A"
    case matrixB = "B"
    case matrixX = "X"
  }

  package var testDescription: String { id }

  /// The gradient that update number `step` (from 0) uses, by tensor, at the current parameters.
  package func gradient(step: Int, at parameters: [String: [Double]]) -> [String: [Double]] {
    switch kind {
    case "gradients":
      return gradients![step]
    case "quadratic":  // A (x - c)
      let z = zip(parameters["x"]!, c!).map { $0 - $1 }
      return ["x": product(matrixA!, z, columns: 1)]
    case "rosenbrock":
      let x = parameters["x"]!
      var gradient = Array(repeating: 0.0, count: x.count)
      for i in 0..<(x.count - 1) {
        let d = x[i + 1] - x[i] * x[i]
        gradient[i] += -400 * x[i] * d - 2 * (1 - x[i])
        gradient[i + 1] += 200 * d
      }
      return ["x": gradient]
    case "logistic":  // -X^T (y / (1 + exp(y Xw))) / rows + lambda w
      let w = parameters["w"]!
      let margins = product(matrixX!, w, columns: 1)
      let weights = zip(y!, margins).map { y, margin in y / (1 + exp(y * margin)) }
      let sums = transposedProduct(matrixX!, weights, columns: 1)
      return ["w": zip(sums, w).map { -$0 / Double(y!.count) + lambda! * $1 }]
    case "matrix_quadratic":  // A^T (A W - B) / rows
      let columns = params0[0].shape[1]
      let residual = zip(product(matrixA!, parameters["W"]!, columns: columns), matrixB!.elements).map { $0 - $1 }
      let rows = Double(matrixA!.shape[0])
      return ["W": transposedProduct(matrixA!, residual, columns: columns).map { $0 / rows }]
    case "separable_quartic":
      let z = zip(parameters["x"]!, c!).map { $0 - $1 }
      return ["x": z.indices.map { d![$0] * z[$0] + e![$0] * z[$0] * z[$0] * z[$0] }]
    default:
      fatalError("small_problems.json has a kind of problem that is not known here: \(kind)")
    }
  }

  /// The objective at the parameters; nil where only gradients are stored.
  package func loss(at parameters: [String: [Double]]) -> Double? {
    switch kind {
    case "quadratic":  // (x - c)^T A (x - c) / 2
      let z = zip(parameters["x"]!, c!).map { $0 - $1 }
      return zip(z, product(matrixA!, z, columns: 1)).reduce(0) { $0 + $1.0 * $1.1 } / 2
    case "rosenbrock":
      let x = parameters["x"]!
      var sum = 0.0
      for i in 0..<(x.count - 1) {
        let d = x[i + 1] - x[i] * x[i]
        sum += 100 * d * d + (1 - x[i]) * (1 - x[i])
      }
      return sum
    case "matrix_quadratic":  // |A W - B|^2 / 2 / rows
      let columns = params0[0].shape[1]
      let residual = zip(product(matrixA!, parameters["W"]!, columns: columns), matrixB!.elements).map { $0 - $1 }
      return residual.reduce(0) { $0 + $1 * $1 } / 2 / Double(matrixA!.shape[0])
    default:
      return nil
    }
  }

  /// Matrix times matrix, row-major.
  private func product(_ matrix: ReferenceTensor, _ other: [Double], columns: Int) -> [Double] {
    let (rows, inner) = (matrix.shape[0], matrix.shape[1])
    var result = Array(repeating: 0.0, count: rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        for k in 0..<inner {
          result[i * columns + j] += matrix.elements[i * inner + k] * other[k * columns + j]
        }
      }
    }
    return result
  }

  /// Transposed matrix times matrix, row-major.
  private func transposedProduct(_ matrix: ReferenceTensor, _ other: [Double], columns: Int) -> [Double] {
    let (inner, rows) = (matrix.shape[0], matrix.shape[1])
    var result = Array(repeating: 0.0, count: rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        for k in 0..<inner {
          result[i * columns + j] += matrix.elements[k * rows + i] * other[k * columns + j]
        }
      }
    }
    return result
  }

  /// All problems by their id.
  package static let all: [String: SmallProblem] = {
    struct File: Decodable { let problems: [SmallProblem] }
    do {
      let problems = try ReferenceFile.load("small_problems", as: File.self).problems
      return Dictionary(uniqueKeysWithValues: problems.map { ($0.id, $0) })
    } catch {
      fatalError("Tests/Reference/small_problems.json: \(error)")
    }
  }()
}
