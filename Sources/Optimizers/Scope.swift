/// What one norm, clip factor or rate is for.
public enum Scope: String, Sendable, Codable, CaseIterable {
  /// All tensors together.
  case global
  /// The tensors of each parameter group.
  case group
  /// Each tensor by itself.
  case tensor
}
