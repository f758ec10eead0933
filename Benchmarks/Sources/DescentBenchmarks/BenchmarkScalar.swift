import CFloor
import COpenBLAS
import Descent

/// A scalar type that can be measured: it knows the loops of the floor and the BLAS routines with its letter.
protocol BenchmarkScalar: TensorScalar {
  static func floorSeconds(
    _ pass: floor_pass, _ count: Int, _ vectors: floor_vectors, repetitions: Int, threads: Int
  ) -> Double

  static func nrm2(_ count: Int32, _ x: UnsafePointer<Self>) -> Double
  static func axpy(_ count: Int32, _ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  static func scal(_ count: Int32, _ a: Self, _ x: UnsafeMutablePointer<Self>)

  // Required of each type, so that the generic loops are compiled for it.
  static func naiveNorm(_ workspace: Workspace<Self>) -> Double
  static func naiveClippedSGD(_ workspace: Workspace<Self>)
  static func naiveMomentum(_ workspace: Workspace<Self>)
  static func step(
    _ optimizer: inout Optimizer<Self>, _ workspace: Workspace<Self>, times: Int
  ) throws(StepError)
  static func step(
    _ optimizer: inout Optimizer<Self>, _ parameters: inout ParameterSet<Self>, _ gradients: ParameterSet<Self>,
    times: Int
  ) throws(StepError)
}

extension Double: BenchmarkScalar {
  static func floorSeconds(
    _ pass: floor_pass, _ count: Int, _ vectors: floor_vectors, repetitions: Int, threads: Int
  ) -> Double {
    floor_seconds_f64(pass, count, vectors, repetitions, Int32(threads))
  }

  static func nrm2(_ count: Int32, _ x: UnsafePointer<Double>) -> Double { cblas_dnrm2(count, x, 1) }

  static func axpy(_ count: Int32, _ a: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    cblas_daxpy(count, a, x, 1, y, 1)
  }

  static func scal(_ count: Int32, _ a: Double, _ x: UnsafeMutablePointer<Double>) { cblas_dscal(count, a, x, 1) }

  static func naiveNorm(_ w: Workspace<Double>) -> Double { plainNorm(w.readOnlyGradient) }

  static func naiveClippedSGD(_ w: Workspace<Double>) {
    plainClippedStep(w.parameters, w.readOnlyGradient, rate: w.learningRate, limit: w.clipLimit)
  }

  static func naiveMomentum(_ w: Workspace<Double>) {
    plainMomentumStep(w.parameters, w.momentum, w.readOnlyGradient, rate: w.learningRate, momentum: 0.9)
  }

  static func step(
    _ optimizer: inout Optimizer<Double>, _ w: Workspace<Double>, times: Int
  ) throws(StepError) {
    let (x, g) = (w.parameters, w.readOnlyGradient)
    for _ in 0..<times { try optimizer.step(x, gradient: g) }
  }

  static func step(
    _ optimizer: inout Optimizer<Double>, _ x: inout ParameterSet<Double>, _ g: ParameterSet<Double>, times: Int
  ) throws(StepError) {
    for _ in 0..<times { try optimizer.step(&x, gradients: g) }
  }
}

extension Float: BenchmarkScalar {
  static func floorSeconds(
    _ pass: floor_pass, _ count: Int, _ vectors: floor_vectors, repetitions: Int, threads: Int
  ) -> Double {
    floor_seconds_f32(pass, count, vectors, repetitions, Int32(threads))
  }

  static func nrm2(_ count: Int32, _ x: UnsafePointer<Float>) -> Double { Double(cblas_snrm2(count, x, 1)) }

  static func axpy(_ count: Int32, _ a: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    cblas_saxpy(count, a, x, 1, y, 1)
  }

  static func scal(_ count: Int32, _ a: Float, _ x: UnsafeMutablePointer<Float>) { cblas_sscal(count, a, x, 1) }

  static func naiveNorm(_ w: Workspace<Float>) -> Double { plainNorm(w.readOnlyGradient) }

  static func naiveClippedSGD(_ w: Workspace<Float>) {
    plainClippedStep(w.parameters, w.readOnlyGradient, rate: w.learningRate, limit: w.clipLimit)
  }

  static func naiveMomentum(_ w: Workspace<Float>) {
    plainMomentumStep(w.parameters, w.momentum, w.readOnlyGradient, rate: w.learningRate, momentum: 0.9)
  }

  static func step(
    _ optimizer: inout Optimizer<Float>, _ w: Workspace<Float>, times: Int
  ) throws(StepError) {
    let (x, g) = (w.parameters, w.readOnlyGradient)
    for _ in 0..<times { try optimizer.step(x, gradient: g) }
  }

  static func step(
    _ optimizer: inout Optimizer<Float>, _ x: inout ParameterSet<Float>, _ g: ParameterSet<Float>, times: Int
  ) throws(StepError) {
    for _ in 0..<times { try optimizer.step(&x, gradients: g) }
  }
}
