/// The BLAS routines that Descent calls, typed and checked.
///
/// - Storage is row-major and dense: strides other than 1 never reach BLAS (its kernels for them are slower and less
///   tested), a matrix has a distance between its rows instead.
/// - Every length, dimension and distance is checked before the call, because OpenBLAS answers a wrong one with a line
///   on standard error and returns.
/// - Vectors of level 1 may have any length; they are cut where the C interface stops counting. Matrices may not.
/// - Nothing here touches OpenBLAS's own threads. A call on at most 8192 elements (level 1), fewer than 9216 matrix
///   elements (`gemv`) or at most 262,144 multiplications (`gemm`) never starts them, and then gives the same bits
///   whatever their number is.
public enum BLAS {
  /// Whether a matrix is used as it is stored or mirrored along its diagonal.
  public enum Transpose: Sendable, Equatable, CaseIterable {
    /// As it is stored.
    case no
    /// Mirrored.
    case yes
  }
}
