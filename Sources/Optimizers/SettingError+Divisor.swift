extension SettingError {
  /// Throws where what keeps a quotient from being 0 / 0 is no normal number in `Float` and `Double`.
  static func check(divisor value: Double, _ name: String) throws(SettingError) {
    try check(value >= 0x1p-126 && value < .infinity, name, value, "1.2e-38 (2^-126) <= epsilon < infinity")
  }

  /// Throws where √(v + rootEpsilon) + epsilon may be zero in `Float` or `Double`.
  static func check(epsilon: Double, rootEpsilon: Double, of owner: String) throws(SettingError) {
    try check(epsilon >= 0 && epsilon < .infinity, "\(owner).epsilon", epsilon, "0 <= epsilon < infinity")
    try check(
      rootEpsilon >= 0 && rootEpsilon < .infinity, "\(owner).rootEpsilon", rootEpsilon, "0 <= rootEpsilon < infinity")
    if rootEpsilon < 0x1p-126 { try check(divisor: epsilon, "\(owner).epsilon") }
  }

  /// Throws where a first value is not a finite number that is at least zero.
  static func check(initial value: Double, _ name: String) throws(SettingError) {
    try check(value >= 0 && value < .infinity, name, value, "0 <= value < infinity")
  }
}
