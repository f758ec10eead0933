internal import CBLAS

/// Products of matrices in fixed blocks on the worker pool.
///
/// `cblas_gemm` starts threads of its own for more than 262,144 multiplications, and its bits then depend on their number.
/// A block of 64 by 64, summed over 64 at a time, is one call below that: so the result does not depend on threads.
package final class BlockedProduct<Scalar: TensorScalar>: ChunkedWork, @unchecked Sendable {
  // Unchecked for what a product is set to before its chunks begin; each chunk writes a block of its own.
  private static var block: Int { 64 }
  private let threads: Int?
  // The product under way.
  private var (m, n, k) = (0, 0, 0)
  private var a: UnsafePointer<Scalar>?
  private var b: UnsafePointer<Scalar>?
  private var c: UnsafeMutablePointer<Scalar>?
  private var isTransposed = false

  package init(threads: Int?) { self.threads = threads }

  /// C = A B, or A Bᵀ: A is `m` by `k`, B is `k` by `n`, or `n` by `k` as it is stored; row after row, without gaps.
  package func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, transposed: Bool = false,
    into c: UnsafeMutablePointer<Scalar>
  ) {
    (self.m, self.n, self.k, self.a, self.b, self.c, isTransposed) = (m, n, k, a, b, c, transposed)
    let (rows, columns) = ((m + Self.block - 1) / Self.block, (n + Self.block - 1) / Self.block)
    Workers.run(self, chunks: rows * columns, elements: m * n * k, threads: threads)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func perform(chunk: Int) {
    let columns = (n + Self.block - 1) / Self.block
    let (row, column) = (chunk / columns * Self.block, chunk % columns * Self.block)
    let (height, width) = (min(Self.block, m - row), min(Self.block, n - column))
    var start = 0
    repeat {
      let depth = min(Self.block, k - start)
      let left = a! + row * k + start
      let right = isTransposed ? b! + column * k + start : b! + start * n + column
      gemm(height, width, depth, left, right, beta: start == 0 ? 0 : 1, c! + row * n + column)
      start += Self.block
    } while start < k
  }

  private func gemm(
    _ height: Int, _ width: Int, _ depth: Int, _ left: UnsafePointer<Scalar>, _ right: UnsafePointer<Scalar>,
    beta: Scalar, _ result: UnsafeMutablePointer<Scalar>
  ) {
    let transposition = isTransposed ? CblasTrans : CblasNoTrans
    let (rightStride, raw) = (Int32(isTransposed ? k : n), (UnsafeRawPointer(left), UnsafeRawPointer(right)))
    if Scalar.self == Double.self {
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, transposition, Int32(height), Int32(width), Int32(depth), 1,
        raw.0.assumingMemoryBound(to: Double.self), Int32(k), raw.1.assumingMemoryBound(to: Double.self), rightStride,
        Double(beta), UnsafeMutableRawPointer(result).assumingMemoryBound(to: Double.self), Int32(n))
    } else {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, transposition, Int32(height), Int32(width), Int32(depth), 1,
        raw.0.assumingMemoryBound(to: Float.self), Int32(k), raw.1.assumingMemoryBound(to: Float.self), rightStride,
        Float(beta), UnsafeMutableRawPointer(result).assumingMemoryBound(to: Float.self), Int32(n))
    }
  }
}
