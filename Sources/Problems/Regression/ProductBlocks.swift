/// The sizes of the blocks in which a table is multiplied.
///
/// Two limits shape them. OpenBLAS starts threads of its own for 9216 matrix elements or more in `gemv` and for more
/// than 262,144 multiplications in `gemm`; below that, one thread does the work and the bits depend on nothing but the
/// numbers. And rows are used twice, for the scores and for the gradient, so a block should still be in the level-2
/// cache the second time.
///
/// 64 rows are also where OpenBLAS is fastest for scores of 10 classes from 64 columns: 1.9 us a block of 64 rows, 8.9
/// for 128 and 19 for 256, which leave its kernels for small matrices (0.3.21, AVX-512, one thread).
struct ProductBlocks: Equatable {
  let rows: Int
  let columns: Int
  let outputs: Int

  init(columns: Int, outputs: Int) {
    if outputs == 1 {
      self.outputs = 1
      self.columns = min(columns, 1024)
      rows = min(64, 9215 / self.columns)
    } else {
      rows = 64
      self.outputs = min(outputs, 64)
      self.columns = min(columns, 262_144 / (rows * self.outputs))
    }
  }
}
