/// SM3-II (Anil et al. 2019) with the rows and the columns of a matrix as its cover; a vector has one column.
///
///     v = min(r_i, c_j) + g^2        of a vector r_i + g^2
///     r_i = max of v over row i;  c_j = max of v over column j
///     m = mu m + (1 - mu) g / sqrt(v + eps)      the quotient is 0 where v is
///     x = x - rate m
public struct NaiveSM3: Sendable {
  let columns: Int
  let momentum, epsilon: Double
  private var (r, c, m): ([Double], [Double], [Double]) = ([], [], [])

  /// A rule that has not made a step.
  public init(columns: Int, momentum: Double, epsilon: Double) {
    (self.columns, self.momentum, self.epsilon) = (columns, momentum, epsilon)
  }

  /// One step.
  public mutating func step(_ x: inout [Double], gradient g: [Double], rate: Double) {
    let rows = g.count / columns
    if m.isEmpty {
      (r, c, m) = (Array(repeating: 0, count: rows), Array(repeating: 0, count: columns), g.map { _ in 0 })
    }
    var (newR, newC) = (r.map { _ in 0.0 }, c.map { _ in 0.0 })
    for i in 0..<rows {
      for j in 0..<columns {
        let place = i * columns + j
        let v = (columns == 1 ? r[i] : min(r[i], c[j])) + g[place] * g[place]
        newR[i] = max(newR[i], v)
        newC[j] = max(newC[j], v)
        m[place] = momentum * m[place] + (1 - momentum) * (v > 0 ? g[place] / (v + epsilon).squareRoot() : 0)
        x[place] = x[place] - rate * m[place]
      }
    }
    (r, c) = (newR, newC)
  }
}
