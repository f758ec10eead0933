import Descent

/// A step that others have too: a rule, with the gradient clipped to a norm or not.
struct PeerCase {
  let rule: MeasuredRule
  /// What the workers call the rule.
  let key: String
  let clips: Bool

  var name: String { clips ? "\(rule.name) + clip" : rule.name }

  /// All, the simplest first.
  static let all: [PeerCase] = [
    PeerCase("SGD", "sgd"), PeerCase("SGD", "sgd", clips: true), PeerCase("momentum", "momentum"),
    PeerCase("Nesterov", "nesterov"), PeerCase("Adam", "adam"), PeerCase("AdamW", "adamw"),
    PeerCase("AdamW", "adamw", clips: true), PeerCase("Lion", "lion"), PeerCase("RMSprop", "rmsprop"),
    PeerCase("Adagrad", "adagrad"),
  ]

  private init(_ rule: String, _ key: String, clips: Bool = false) {
    self.rule = MeasuredRule.named([rule])![0]
    (self.key, self.clips) = (key, clips)
  }

  /// Whether the state decays through subnormal numbers where the gradient is zero, and is worth a row of its own.
  var isMeasuredWithZeros: Bool { !clips && ["momentum", "AdamW"].contains(rule.name) }
}
