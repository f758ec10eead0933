/// A kind that is a formula of the step and of plain numbers.
///
/// The formula may divide by zero and overflow, as long as it does so in `Double`: what is not finite is brought back
/// here, once for all curves.
protocol Curve: StoredKind {
  func formula(_ t: Int) -> Double
}

extension Curve {
  func value(after t: Int) -> Double {
    formula(t).madeFinite
  }
}
