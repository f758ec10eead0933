#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Adafactor (Shazeer and Stern 2018) with PyTorch's epsilons, on a matrix, or on a vector where `columns` is nil.
///
///     kept = 1 - k^(-decay)
///     R = kept R + (1 - kept) mean of g^2 over each row;  C likewise over each column
///     V = R C / max(mean of R, eps1)                       V = kept V + (1 - kept) g^2 of a vector
///     u = g / sqrt(max(V, eps1^2))
///     x = x - min(rate, 1/sqrt(k)) max(eps2, rms(x)) / max(1, rms(u) / d) u
public struct NaiveAdafactor: Sendable {
  let columns: Int?
  let decay, epsilon, leastScale, threshold: Double
  private var (r, c, v): ([Double], [Double], [Double]) = ([], [], [])
  private var k = 0.0

  /// A rule that has not made a step.
  public init(columns: Int?, decay: Double, epsilon: Double, leastScale: Double, threshold: Double) {
    (self.columns, self.decay, self.epsilon) = (columns, decay, epsilon)
    (self.leastScale, self.threshold) = (leastScale, threshold)
  }

  /// One step.
  public mutating func step(_ x: inout [Double], gradient g: [Double], rate: Double) {
    k = k + 1
    let kept = 1 - pow(k, -decay)
    var variance = g
    if let columns {
      let rows = g.count / columns
      if k == 1 { (r, c) = (Array(repeating: 0, count: rows), Array(repeating: 0, count: columns)) }
      for i in 0..<rows {
        var sum = 0.0
        for j in 0..<columns { sum = sum + g[i * columns + j] * g[i * columns + j] }
        r[i] = kept * r[i] + (1 - kept) * sum / Double(columns)
      }
      for j in 0..<columns {
        var sum = 0.0
        for i in 0..<rows { sum = sum + g[i * columns + j] * g[i * columns + j] }
        c[j] = kept * c[j] + (1 - kept) * sum / Double(rows)
      }
      let mean = max(r.reduce(0, +) / Double(rows), epsilon)
      for i in 0..<rows { for j in 0..<columns { variance[i * columns + j] = r[i] * c[j] / mean } }
    } else {
      if k == 1 { v = g.map { _ in 0 } }
      for i in g.indices { v[i] = kept * v[i] + (1 - kept) * g[i] * g[i] }
      variance = v
    }
    var u = g
    for i in g.indices { u[i] = g[i] / max(variance[i], epsilon * epsilon).squareRoot() }
    let n = Double(g.count)
    let size = max(leastScale, (x.reduce(0) { $0 + $1 * $1 } / n).squareRoot())
    let clip = max(1, (u.reduce(0) { $0 + $1 * $1 } / n).squareRoot() / threshold)
    for i in x.indices { x[i] = x[i] - min(rate, 1 / k.squareRoot()) * size / clip * u[i] }
  }
}
