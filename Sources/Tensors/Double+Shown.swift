extension Double {
  /// As people read it: Swift's own text has the sign of a NaN, which means nothing.
  package var shown: String { isNaN ? "NaN" : "\(self)" }
}
