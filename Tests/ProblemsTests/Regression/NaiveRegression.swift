import Foundation
import Problems
import Tensors
import TestSupport
import Testing

/// Objective and gradient by plain loops over rows, columns and outputs, from the formulas.
func naiveObjective(
  _ problem: any Regression, rows: [Int], at parameters: [Double]
) -> (value: Double, gradient: [Double]) {
  let model = problem.model
  let (columns, outputs) = (model.data.columnCount, model.outputs)
  var gradient = [Double](repeating: 0, count: parameters.count)
  var value = 0.0
  for row in rows {
    let x = Array(model.data.row(row))
    let target = model.data.targets[row]
    var z = (0..<outputs).map { model.hasIntercept ? parameters[columns * outputs + $0] : 0 }
    for j in 0..<columns {
      for k in 0..<outputs { z[k] += x[j] * parameters[j * outputs + k] }
    }
    let slopes: [Double]
    switch problem {
    case is LinearRegression:
      value += (z[0] - target) * (z[0] - target) / 2
      slopes = [z[0] - target]
    case is LogisticRegression:
      let y: Double = target == 1 ? 1 : -1
      value += log(1 + exp(-y * z[0]))
      slopes = [-y / (1 + exp(y * z[0]))]
    default:
      let sum = z.reduce(0) { $0 + exp($1) }
      value += log(sum) - z[Int(target)]
      slopes = z.indices.map { exp(z[$0]) / sum - (Double($0) == target ? 1 : 0) }
    }
    for k in 0..<outputs {
      for j in 0..<columns { gradient[j * outputs + k] += x[j] * slopes[k] }
      if model.hasIntercept { gradient[columns * outputs + k] += slopes[k] }
    }
  }
  value /= Double(rows.count)
  for i in gradient.indices {
    gradient[i] /= Double(rows.count)
    if i < columns * outputs {
      gradient[i] += model.penalty * parameters[i]
      value += model.penalty / 2 * parameters[i] * parameters[i]
    }
  }
  return (value, gradient)
}

/// A problem of some size and parameters of the size that gives scores of the size of 1.
struct RandomRegression: CustomTestStringConvertible, Sendable {
  enum Kind: CaseIterable { case linear, logistic, softmax }
  var kind: Kind
  var rows: Int
  var columns: Int
  var classes = 2
  var hasIntercept = true
  var penalty = 0.03
  var seed: UInt64 = 1

  var testDescription: String {
    "\(kind) \(rows) x \(columns), \(kind == .softmax ? "\(classes) classes, " : "")"
      + "\(hasIntercept ? "" : "no ")intercept, seed \(seed)"
  }

  func make() throws -> (problem: any Regression, parameters: [Double]) {
    var generator = SeededGenerator(seed: seed)
    let features: [Double] = uniformVector(count: rows * columns, using: &generator)
    let targets = (0..<rows).map { _ -> Double in
      switch kind {
      case .linear: .random(in: -3...3, using: &generator)
      case .logistic: .random(in: 0...1, using: &generator).rounded()
      case .softmax: Double(Int.random(in: 0..<classes, using: &generator))
      }
    }
    let data = try Dataset(features: features, columns: columns, targets: targets)
    let problem: any Regression =
      switch kind {
      case .linear: try LinearRegression(data, penalty: penalty, hasIntercept: hasIntercept)
      case .logistic: try LogisticRegression(data, penalty: penalty, hasIntercept: hasIntercept)
      case .softmax:
        try SoftmaxRegression(data, classCount: classes, penalty: penalty, hasIntercept: hasIntercept)
      }
    let size = 2 / Double(columns).squareRoot()
    let parameters: [Double] = uniformVector(count: problem.layout.count, in: -size...size, using: &generator)
    return (problem, parameters)
  }

  /// Sizes on both sides of every edge of a block.
  static let all: [RandomRegression] = {
    var list: [RandomRegression] = []
    for (seed, rows) in zip(1..., [1, 2, 63, 64, 65, 200]) {
      for kind in Kind.allCases {
        list.append(RandomRegression(kind: kind, rows: rows, columns: 7, classes: 3, seed: UInt64(seed)))
      }
    }
    for (seed, columns) in zip(11..., [1, 2, 143, 144, 1023, 1024, 1025, 2500]) {
      for kind in Kind.allCases {
        list.append(
          RandomRegression(
            kind: kind, rows: 70, columns: columns, classes: 5, hasIntercept: columns % 2 == 0, seed: UInt64(seed)))
      }
    }
    for (seed, classes) in zip(31..., [2, 10, 63, 64, 65, 150]) {
      for columns in [3, 65, 500] {
        list.append(
          RandomRegression(kind: .softmax, rows: 130, columns: columns, classes: classes, seed: UInt64(seed)))
      }
    }
    return list
  }()
}
