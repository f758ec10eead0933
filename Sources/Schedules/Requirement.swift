/// What a parameter must be.
struct Requirement<Value> {
  /// Completes the sentence "must be".
  let text: String
  let isMet: (Value) -> Bool

  init(_ text: String, isMet: @escaping (Value) -> Bool) {
    self.text = text
    self.isMet = isMet
  }
}

extension Requirement {
  static var anything: Self { .init("anything") { _ in true } }
}

extension Requirement where Value == Double {
  /// A value that a hyper-parameter may have.
  static var rate: Self { .init("finite and at least 0") { $0 >= 0 && $0 < .infinity } }

  static var positive: Self { .init("finite and above 0") { $0 > 0 && $0 < .infinity } }

  static func rate(atMost limit: Double, named name: String) -> Self {
    .init("at least 0 and at most \(name), which is \(limit)") { $0 >= 0 && $0 <= limit }
  }
}

extension Requirement where Value == Int {
  static func atLeast(_ least: Int) -> Self { .init("at least \(least)") { $0 >= least } }
}

extension Requirement where Value == [Int] {
  /// Steps at which something happens, the first step included.
  static var boundaries: Self {
    .init("strictly increasing steps, none below 0") { steps in
      (steps.first ?? 0) >= 0 && zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
    }
  }
}
