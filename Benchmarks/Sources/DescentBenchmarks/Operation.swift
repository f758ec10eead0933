/// What is measured.
enum Operation: String, CaseIterable, Codable {
  /// ‖g‖₂.
  case norm
  /// x ← x - rate · min(1, limit / ‖g‖₂) · g.
  case clippedSGD = "clipped SGD"
  /// m ← 0.9 m + g, x ← x - rate · m, the gradient checked first.
  case momentum

  /// The least that must be moved: each pass reads and writes what it names once. A checked step reads the gradient
  /// before it writes anything, so that read is part of its floor.
  var passes: [Pass] {
    switch self {
    case .norm: [.read]
    case .clippedSGD: [.read, .move(slots: 0)]
    case .momentum: [.read, .move(slots: 1)]
    }
  }

  /// Scalars read and written per element.
  var words: Int { passes.reduce(0) { $0 + $1.words } }
}

/// Who does it.
enum Engine: String, CaseIterable, Codable {
  /// The plain loops over the same bytes, their passes added up.
  case floor
  case descentKernels = "Descent .kernels"
  case descentBLAS = "Descent .blas"
  /// One BLAS call per pass over the whole vector, with OpenBLAS's own threads.
  case wholeVectorBLAS = "OpenBLAS whole"
  case naive = "naive loop"
}
