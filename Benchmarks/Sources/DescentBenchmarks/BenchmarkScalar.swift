import CFloor
import COpenBLAS
import Descent

/// A scalar type that can be measured: it knows the loops of the floor and the BLAS routines with its letter.
protocol BenchmarkScalar: TensorScalar {
  static func floorSeconds(
    _ pass: floor_pass, _ count: Int, _ x: UnsafeMutablePointer<Self>, _ m: UnsafeMutablePointer<Self>,
    _ g: UnsafePointer<Self>, repetitions: Int, threads: Int
  ) -> Double

  static func nrm2(_ count: Int32, _ x: UnsafePointer<Self>) -> Double
  static func axpy(_ count: Int32, _ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  static func scal(_ count: Int32, _ a: Self, _ x: UnsafeMutablePointer<Self>)

  // Required of each type, so that the generic loops are compiled for it.
  static func naiveNorm(_ workspace: Workspace<Self>) -> Double
  static func naiveClippedSGD(_ workspace: Workspace<Self>)
  static func naiveMomentum(_ workspace: Workspace<Self>)
  static func steps(_ optimizer: Optimizer<Self>, _ workspace: Workspace<Self>) -> Contestant
}

extension Double: BenchmarkScalar {
  static func floorSeconds(
    _ pass: floor_pass, _ count: Int, _ x: UnsafeMutablePointer<Double>, _ m: UnsafeMutablePointer<Double>,
    _ g: UnsafePointer<Double>, repetitions: Int, threads: Int
  ) -> Double {
    floor_seconds_f64(pass, count, x, m, g, repetitions, Int32(threads))
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

  static func steps(_ optimizer: Optimizer<Double>, _ w: Workspace<Double>) -> Contestant {
    var optimizer = optimizer
    let (x, g) = (w.parameters, w.readOnlyGradient)
    return .timing { _ = try optimizer.step(x, gradient: g) }
  }
}

extension Float: BenchmarkScalar {
  static func floorSeconds(
    _ pass: floor_pass, _ count: Int, _ x: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>,
    _ g: UnsafePointer<Float>, repetitions: Int, threads: Int
  ) -> Double {
    floor_seconds_f32(pass, count, x, m, g, repetitions, Int32(threads))
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

  static func steps(_ optimizer: Optimizer<Float>, _ w: Workspace<Float>) -> Contestant {
    var optimizer = optimizer
    let (x, g) = (w.parameters, w.readOnlyGradient)
    return .timing { _ = try optimizer.step(x, gradient: g) }
  }
}
