internal import CBLAS

extension BLAS {
  /// How the OpenBLAS that is loaded was built, e.g. `OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell MAX_THREADS=64`.
  package static var configuration: String {
    String(cString: openblas_get_config()).split(separator: " ").joined(separator: " ")
  }

  /// The processor whose routines OpenBLAS chose, e.g. `Haswell`: another one may round differently.
  package static var coreName: String { String(cString: openblas_get_corename()) }
}
