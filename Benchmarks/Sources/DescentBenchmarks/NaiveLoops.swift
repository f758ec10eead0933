// The loops one writes first: one thread, one thing after the other, nothing unrolled by hand. They are what speed-ups
// are counted from, so they get the best that plain Swift has: memory without bounds checks. (Over two arrays that are
// both written, the same loop takes 6 ns an element, most of it asking whether the arrays are shared.)
//
// They are not the module NaiveReference: that is written to judge correctness, with sums of twice the precision.

/// ‖g‖₂ by the plain sum of squares.
@inline(__always)
func plainNorm<Scalar: BinaryFloatingPoint>(_ g: UnsafeBufferPointer<Scalar>) -> Double {
  var sum = 0.0
  for i in g.indices { sum += Double(g[i]) * Double(g[i]) }
  return sum.squareRoot()
}

/// x ← x - rate · min(1, limit / ‖g‖₂) · g.
@inline(__always)
func plainClippedStep<Scalar: BinaryFloatingPoint>(
  _ x: UnsafeMutableBufferPointer<Scalar>, _ g: UnsafeBufferPointer<Scalar>, rate: Double, limit: Double
) {
  let norm = plainNorm(g)
  let step = Scalar(rate * (norm > limit ? limit / norm : 1))
  for i in x.indices { x[i] -= step * g[i] }
}

/// m ← momentum · m + g, x ← x - rate · m, after a look at whether the gradient is finite.
@inline(__always)
func plainMomentumStep<Scalar: BinaryFloatingPoint>(
  _ x: UnsafeMutableBufferPointer<Scalar>, _ m: UnsafeMutableBufferPointer<Scalar>, _ g: UnsafeBufferPointer<Scalar>,
  rate: Double, momentum: Double
) {
  guard plainNorm(g).isFinite else { return }
  let (rate, momentum) = (Scalar(rate), Scalar(momentum))
  for i in x.indices {
    m[i] = momentum * m[i] + g[i]
    x[i] -= rate * m[i]
  }
}
