package import CKernels

/// A set of processor instructions that Descent has kernels for.
///
/// Every set gives the same bits; they differ in speed alone.
public enum InstructionSet: String, Sendable, Codable, CaseIterable {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
  case baseline
  /// AVX2, 256 bits wide.
  case avx2
  /// AVX-512 (F, VL, DQ, BW), 512 bits wide.
  case avx512

  /// The best set that this processor has.
  public static let best: InstructionSet =
    switch descent_best_instruction_set() {
    case descent_instruction_set_avx512: .avx512
    case descent_instruction_set_avx2: .avx2
    default: .baseline
    }

  /// The sets that this processor can run, slowest first.
  public static var available: [InstructionSet] {
    allCases.filter { $0.code.rawValue <= best.code.rawValue }
  }

  package var code: descent_instruction_set {
    switch self {
    case .baseline: descent_instruction_set_baseline
    case .avx2: descent_instruction_set_avx2
    case .avx512: descent_instruction_set_avx512
    }
  }
}
