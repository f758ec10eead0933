/// The numbers that a rule carries from step to step, in the order of its `memory`.
@frozen public struct RuleMemory: Sendable, BitwiseCopyable, Hashable {
  @usableFromInline var values: SIMD4<Double>

  @inlinable init(_ values: SIMD4<Double>) { self.values = values }

  /// Up to four numbers.
  public init(_ first: Double, _ second: Double = 0, _ third: Double = 0, _ fourth: Double = 0) {
    values = SIMD4(first, second, third, fourth)
  }

  /// One of the numbers, by its place in the rule's `memory`.
  @inlinable public subscript(place: Int) -> Double {
    get { values[place] }
    set { values[place] = newValue }
  }
}

extension UpdateRule {
  /// What the rule remembers before the first step.
  var initialMemory: RuleMemory {
    var values = SIMD4<Double>.zero
    for (place, entry) in memory.enumerated() { values[place] = entry.value }
    return RuleMemory(values)
  }
}
