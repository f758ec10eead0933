import CFloor

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
    case .clippedSGD: [.read, .axpy]
    case .momentum: [.read, .momentum]
    }
  }

  /// Scalars read and written per element.
  var words: Int { passes.reduce(0) { $0 + $1.words } }
}

/// A pass of the floor.
enum Pass: CaseIterable {
  case read, axpy, momentum

  var code: floor_pass {
    switch self {
    case .read: floor_pass_read
    case .axpy: floor_pass_axpy
    case .momentum: floor_pass_momentum
    }
  }

  /// Scalars read and written per element.
  var words: Int {
    switch self {
    case .read: 1
    case .axpy: 3
    case .momentum: 5
    }
  }
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
