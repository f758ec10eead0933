/// The Halton sequence: in each dimension, the digits of the point's number in a prime base, mirrored at the point.
///
/// Halton, "On the efficiency of certain quasi-random sequences of points in evaluating multi-dimensional integrals",
/// 1960.
enum Halton {
  /// 0.d0 d1 d2 ... in the base, where ... d2 d1 d0 are the digits of the number. One rounding, while the mirrored digits
  /// are below 2⁵³.
  static func radicalInverse(of number: Int, base: Int) -> Double {
    var (quotient, mirrored, power) = (number, 0.0, 1.0)
    while quotient > 0 {
      mirrored = mirrored * Double(base) + Double(quotient % base)
      power *= Double(base)
      quotient /= base
    }
    return mirrored / power
  }

  /// The prime at a place: 2 at 0, 3 at 1, 5 at 2.
  static func prime(_ place: Int) -> Int {
    var primes = [2]
    var candidate = 3
    while primes.count <= place {
      if !primes.contains(where: { candidate.isMultiple(of: $0) }) { primes.append(candidate) }
      candidate += 2
    }
    return primes[place]
  }
}
