import Descent
import Foundation

/// x → relu(x A + a) → softmax(h B + b), with its gradient, by hand on BLAS. Matrices are stored row after row.
struct Network {
  let (inputs, hidden, classes): (Int, Int, Int)
  var parameters: ParameterSet<Float>
  private(set) var gradients: ParameterSet<Float>

  /// Weights drawn as He et al., 2015, do for relu; biases of zero.
  init(inputs: Int, hidden: Int, classes: Int, seed: UInt64) throws {
    (self.inputs, self.hidden, self.classes) = (inputs, hidden, classes)
    parameters = ParameterSet(
      zeros: try Layout([("A", [inputs, hidden]), ("a", [hidden]), ("B", [hidden, classes]), ("b", [classes])]))
    gradients = parameters
    var generator = TrialGenerator(seed: seed)
    for (name, count) in [("A", inputs), ("B", hidden)] {
      let bound = (6 / Float(count)).squareRoot()
      var weights = try parameters.mutableSpan(of: name)
      for i in weights.indices { weights[i] = Float.random(in: -bound...bound, using: &generator) }
    }
  }

  /// What the hidden layer and the output make of rows x.
  func forward(_ x: [Float]) throws -> (h: [Float], scores: [Float]) {
    let h = try affine(x, "A", "a", from: inputs, to: hidden).map { max($0, 0) }
    return (h, try affine(h, "B", "b", from: hidden, to: classes))
  }

  /// Takes the gradient of the mean loss of rows x, and returns that loss.
  mutating func backward(_ x: [Float], labels: [Int]) throws -> Double {
    let (h, scores) = try forward(x)
    var d = scores
    let loss = replaceBySlopes(&d, labels)
    try takeGradient(h, d, "B", "b", from: hidden, to: classes)
    // d Bᵀ, where the relu lets it through.
    var e = [Float](repeating: 0, count: h.count)
    do {
      var e = e.mutableSpan
      try BLAS.gemm(.no, .yes, m: labels.count, n: hidden, k: classes, d.span, parameters.span(of: "B"), into: &e)
    }
    for i in h.indices where h[i] == 0 { e[i] = 0 }
    try takeGradient(x, e, "A", "a", from: inputs, to: hidden)
    return loss
  }

  /// x W + w.
  private func affine(
    _ x: [Float], _ weights: String, _ bias: String, from inputs: Int, to outputs: Int
  ) throws -> [Float] {
    let rows = x.count / inputs
    let w = parameters[bias]?.elements ?? []
    var y = (0..<rows).flatMap { _ in w }
    do {
      var y = y.mutableSpan
      try BLAS.gemm(m: rows, n: outputs, k: inputs, x.span, parameters.span(of: weights), beta: 1, into: &y)
    }
    return y
  }

  /// xᵀ d for the weights of a layer, and the sum of the rows of d for its bias.
  private mutating func takeGradient(
    _ x: [Float], _ d: [Float], _ weights: String, _ bias: String, from inputs: Int, to outputs: Int
  ) throws {
    let ones = [Float](repeating: 1, count: d.count / outputs)
    do {
      var g = try gradients.mutableSpan(of: weights)
      try BLAS.gemm(.yes, .no, m: inputs, n: outputs, k: ones.count, x.span, d.span, into: &g)
    }
    var g = try gradients.mutableSpan(of: bias)
    try BLAS.gemv(.yes, rows: ones.count, columns: outputs, d.span, ones.span, into: &g)
  }

  /// Turns scores into (softmax - one-hot) / rows, and returns the mean of -log softmax of the labels.
  private func replaceBySlopes(_ scores: inout [Float], _ labels: [Int]) -> Double {
    var loss = 0.0
    for (row, label) in labels.enumerated() {
      let range = row * classes..<(row + 1) * classes
      let largest = scores[range].reduce(-.infinity, max)
      let sum = scores[range].reduce(0) { $0 + exp($1 - largest) }
      loss += Double(log(sum) + largest - scores[range.lowerBound + label])
      for i in range { scores[i] = exp(scores[i] - largest) / sum / Float(labels.count) }
      scores[range.lowerBound + label] -= 1 / Float(labels.count)
    }
    return loss / Double(labels.count)
  }
}
