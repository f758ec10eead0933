import Descent

/// A step that others have too: a rule, with the gradient clipped to a norm or not.
struct PeerCase {
  let rule: RuleCase
  /// What the workers call the rule.
  let key: String
  var clips = false

  var name: String { clips ? "\(rule.name) + clip" : rule.name }

  /// All, the simplest first.
  static let all: [PeerCase] = [("SGD", "sgd"), ("momentum", "momentum"), ("Nesterov", "nesterov")].flatMap {
    name, key in
    let rule = RuleCase.named([name])![0]
    let plain = PeerCase(rule: rule, key: key)
    return ["SGD", "AdamW"].contains(name) ? [plain, PeerCase(rule: rule, key: key, clips: true)] : [plain]
  }

  /// Whether the state decays through subnormal numbers where the gradient is zero, and is worth a row of its own.
  var isMeasuredWithZeros: Bool { !clips && ["momentum", "AdamW"].contains(rule.name) }
}
