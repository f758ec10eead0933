/// Muon (Jordan et al. 2024) on a matrix, as PyTorch has it, with the products as three loops.
///
///     M = mu M + (1 - mu) G;  U = (1 - mu) G + mu M with Nesterov's momentum, else M
///     X = U / max(|U|, eps), transposed if it has more rows than columns
///     X = a X + (b S + c S^2) X with S = X X^T, five times
///     x = x - rate sqrt(max(1, rows / columns)) X
public struct NaiveMuon: Sendable {
  let rows, columns: Int
  let momentum: Double
  let isNesterov: Bool
  private var m: [[Double]]

  /// A rule that has not made a step.
  public init(rows: Int, columns: Int, momentum: Double, isNesterov: Bool) {
    (self.rows, self.columns, self.momentum, self.isNesterov) = (rows, columns, momentum, isNesterov)
    m = Array(repeating: Array(repeating: 0, count: columns), count: rows)
  }

  /// One step.
  public mutating func step(_ x: inout [Double], gradient: [Double], rate: Double) {
    var u = m
    var squares = 0.0
    for i in 0..<rows {
      for j in 0..<columns {
        let g = gradient[i * columns + j]
        m[i][j] = momentum * m[i][j] + (1 - momentum) * g
        u[i][j] = isNesterov ? (1 - momentum) * g + momentum * m[i][j] : m[i][j]
        squares = squares + u[i][j] * u[i][j]
      }
    }
    let norm = max(squares.squareRoot(), 1e-7)
    u = u.map { $0.map { $0 / norm } }
    if rows > columns { u = Self.transposed(u) }
    for _ in 0..<5 {
      let s = Self.product(u, Self.transposed(u))
      let square = Self.product(s, s)
      var polynomial = s
      for i in s.indices { for j in s.indices { polynomial[i][j] = -4.7750 * s[i][j] + 2.0315 * square[i][j] } }
      let change = Self.product(polynomial, u)
      for i in u.indices { for j in u[i].indices { u[i][j] = 3.4445 * u[i][j] + change[i][j] } }
    }
    if rows > columns { u = Self.transposed(u) }
    let length = max(1, Double(rows) / Double(columns)).squareRoot()
    for i in 0..<rows { for j in 0..<columns { x[i * columns + j] = x[i * columns + j] - rate * length * u[i][j] } }
  }

  private static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    a.map { row in
      b[0].indices.map { j in
        var sum = 0.0
        for k in row.indices { sum = sum + row[k] * b[k][j] }
        return sum
      }
    }
  }

  private static func transposed(_ a: [[Double]]) -> [[Double]] { a[0].indices.map { j in a.map { $0[j] } } }
}
