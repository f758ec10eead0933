/// A library that Descent is measured against.
enum PeerLibrary: String, CaseIterable, Codable {
  case torch, optax, numpy

  /// Its ways to do the same thing, each a contestant of its own.
  var modes: [String] {
    switch self {
    case .torch: ["fused", "foreach", "loop"]
    case .optax: ["jit"]
    case .numpy: ["out"]
    }
  }

  var title: String {
    switch self {
    case .torch: "PyTorch"
    case .optax: "Optax"
    case .numpy: "NumPy"
    }
  }
}
