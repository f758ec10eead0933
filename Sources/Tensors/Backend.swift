/// Who does the arithmetic of norms and of the plain step.
public enum Backend: String, Sendable, Codable, CaseIterable {
  /// BLAS: `cblas_dnrm2` for every tile and over the tiles' norms, and the clipped, scheduled step of plain SGD as one
  /// `cblas_daxpy` (`saxpy`) per tile. Everything BLAS has no routine for is done by the kernels.
  case blas
  /// Descent's own vector kernels: the same bits with every instruction set, and about twice as fast in cache.
  case kernels
}
