import Foundation
import Tensors
import TestSupport
import Testing

private let limits = [7, 64, 1000, 2_147_483_647].map(BLASCountLimit.init)
private let lengths = [0, 1, 6, 7, 8, 13, 14, 15, 63, 64, 65, 448, 999, 1000, 1001, 3007, 8192]

@Suite struct Level1Tests {
  // MARK: - Double

  @Test(arguments: limits, lengths)
  func normDoubleIsTheRootOfTheExactSum(limit: BLASCountLimit, length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let x: [Double] = generator.digits(length)
    let exact = x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let norm = x.withUnsafeBufferPointer { BLAS.nrm2($0, limit: limit) }
    // One rounding for each level of the tree that combines the parts, and one of its own.
    let levels = 2 + (length / limit.value + 1).bitWidth - (length / limit.value + 1).leadingZeroBitCount
    #expect(abs(Double(norm) - exact) <= Double(levels) * Double(Double(exact).ulp), "seed \(length)")
  }

  @Test(arguments: limits, lengths)
  func dotAndAxpyDoubleAreExactForWholeNumbers(limit: BLASCountLimit, length: Int) {
    var generator = SeededGenerator(seed: UInt64(length) + 1)
    let x: [Double] = generator.digits(length)
    var y: [Double] = generator.digits(length)
    let products = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let moved = zip(x, y).map { $1 - 3 * $0 }
    let dot = x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { BLAS.dot(x, $0, limit: limit) } }
    x.withUnsafeBufferPointer { x in y.withUnsafeMutableBufferPointer { BLAS.axpy(-3, x, into: $0, limit: limit) } }
    #expect(dot == products, "seed \(length + 1)")
    #expect(y == moved, "seed \(length + 1)")
  }

  @Test(arguments: limits.dropLast())
  func aLongDoubleVectorIsCutAtTheLimit(limit: BLASCountLimit) {
    // Numbers whose sum depends on the order: only the stated parts, added in order, give these bits.
    var differences = 0
    for seed in 1...32 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let x: [Double] = uniformVector(count: 3007, using: &generator)
      let y: [Double] = uniformVector(count: 3007, using: &generator)
      func dot(_ range: Range<Int>, _ limit: BLASCountLimit) -> Double {
        x[range].withUnsafeBufferPointer { x in y[range].withUnsafeBufferPointer { BLAS.dot(x, $0, limit: limit) } }
      }
      let parts = stride(from: 0, to: x.count, by: limit.value).map {
        dot($0..<min($0 + limit.value, x.count), .cblas)
      }
      #expect(dot(0..<x.count, limit).bitPattern == parts.reduce(0, +).bitPattern, "seed \(seed)")
      if dot(0..<x.count, limit) != dot(0..<x.count, .cblas) { differences += 1 }
    }
    #expect(differences > 0, "the parts cannot be told from the whole")
  }

  @Test(arguments: limits)
  func normDoubleStaysInRange(limit: BLASCountLimit) {
    func norm(_ x: [Double]) -> Double { x.withUnsafeBufferPointer { BLAS.nrm2($0, limit: limit) } }
    // 3000^2 + 4000^2 = 5000^2, with the two entries in different parts.
    for scale in [Double.greatestFiniteMagnitude / 8192, 1, .leastNormalMagnitude, .leastNonzeroMagnitude] {
      var x = [Double](repeating: 0, count: 3000)
      (x[3], x[2990]) = (3000 * scale, 4000 * scale)
      #expect(abs(norm(x) - 5000 * scale) <= 2 * (5000 * scale).ulp, "scale \(scale)")
    }
    for place in [0, 6, 7, 63, 64, 999, 1000, 2999] {
      var x = [Double](repeating: 1, count: 3000)
      x[place] = .infinity
      #expect(norm(x) == .infinity, "infinity at \(place)")
      x[2999 - place] = .nan
      #expect(norm(x).isNaN, "NaN at \(2999 - place)")
    }
    #expect(norm([]) == 0)
    #expect(norm([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == 0)
  }

  // MARK: - Float

  @Test(arguments: limits, lengths)
  func normFloatIsTheRootOfTheExactSum(limit: BLASCountLimit, length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let x: [Float] = generator.digits(length)
    let exact = x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let norm = x.withUnsafeBufferPointer { BLAS.nrm2($0, limit: limit) }
    // One rounding for each level of the tree that combines the parts, and one of its own.
    let levels = 2 + (length / limit.value + 1).bitWidth - (length / limit.value + 1).leadingZeroBitCount
    #expect(abs(Double(norm) - exact) <= Double(levels) * Double(Float(exact).ulp), "seed \(length)")
  }

  @Test(arguments: limits, lengths)
  func dotAndAxpyFloatAreExactForWholeNumbers(limit: BLASCountLimit, length: Int) {
    var generator = SeededGenerator(seed: UInt64(length) + 1)
    let x: [Float] = generator.digits(length)
    var y: [Float] = generator.digits(length)
    let products = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let moved = zip(x, y).map { $1 - 3 * $0 }
    let dot = x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { BLAS.dot(x, $0, limit: limit) } }
    x.withUnsafeBufferPointer { x in y.withUnsafeMutableBufferPointer { BLAS.axpy(-3, x, into: $0, limit: limit) } }
    #expect(dot == products, "seed \(length + 1)")
    #expect(y == moved, "seed \(length + 1)")
  }

  @Test(arguments: limits.dropLast())
  func aLongFloatVectorIsCutAtTheLimit(limit: BLASCountLimit) {
    // Numbers whose sum depends on the order: only the stated parts, added in order, give these bits.
    var differences = 0
    for seed in 1...32 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let x: [Float] = uniformVector(count: 3007, using: &generator)
      let y: [Float] = uniformVector(count: 3007, using: &generator)
      func dot(_ range: Range<Int>, _ limit: BLASCountLimit) -> Double {
        x[range].withUnsafeBufferPointer { x in y[range].withUnsafeBufferPointer { BLAS.dot(x, $0, limit: limit) } }
      }
      let parts = stride(from: 0, to: x.count, by: limit.value).map {
        dot($0..<min($0 + limit.value, x.count), .cblas)
      }
      #expect(dot(0..<x.count, limit).bitPattern == parts.reduce(0, +).bitPattern, "seed \(seed)")
      if dot(0..<x.count, limit) != dot(0..<x.count, .cblas) { differences += 1 }
    }
    #expect(differences > 0, "the parts cannot be told from the whole")
  }

  @Test(arguments: limits)
  func normFloatStaysInRange(limit: BLASCountLimit) {
    func norm(_ x: [Float]) -> Float { x.withUnsafeBufferPointer { BLAS.nrm2($0, limit: limit) } }
    // 3000^2 + 4000^2 = 5000^2, with the two entries in different parts.
    for scale in [Float.greatestFiniteMagnitude / 8192, 1, .leastNormalMagnitude, .leastNonzeroMagnitude] {
      var x = [Float](repeating: 0, count: 3000)
      (x[3], x[2990]) = (3000 * scale, 4000 * scale)
      #expect(abs(norm(x) - 5000 * scale) <= 2 * (5000 * scale).ulp, "scale \(scale)")
    }
    for place in [0, 6, 7, 63, 64, 999, 1000, 2999] {
      var x = [Float](repeating: 1, count: 3000)
      x[place] = .infinity
      #expect(norm(x) == .infinity, "infinity at \(place)")
      x[2999 - place] = .nan
      #expect(norm(x).isNaN, "NaN at \(2999 - place)")
    }
    #expect(norm([]) == 0)
    #expect(norm([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == 0)
  }

  // MARK: - The real limit

  @Test(.enabled(if: ProcessInfo.processInfo.environment["DESCENT_LONG_TESTS"] != nil, "maps 8.6 GB, takes seconds"))
  func moreElementsThanThirtyTwoBitsCount() throws {
    // Pages that were never written to take no memory.
    let count = Int(Int32.max) + 6
    let bytes = count * MemoryLayout<Float>.stride
    let map = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    try #require(map != MAP_FAILED)
    defer { munmap(map, bytes) }
    let x = UnsafeMutableBufferPointer(start: map!.assumingMemoryBound(to: Float.self), count: count)
    (x[0], x[count - 1]) = (3, 4)
    #expect(BLAS.nrm2(UnsafeBufferPointer(x)) == 5)
    #expect(BLAS.dot(UnsafeBufferPointer(x), UnsafeBufferPointer(x)) == 25)
    BLAS.axpy(0.5, UnsafeBufferPointer(rebasing: x.suffix(4)), into: UnsafeMutableBufferPointer(rebasing: x.prefix(4)))
    #expect(x[3] == 2)
  }

  // MARK: - Arguments

  @Test func differentLengthsStopTheProcess() async {
    await #expect(processExitsWith: .failure) {
      let x = [1.0, 2, 3]
      _ = x.withUnsafeBufferPointer { BLAS.dot($0, UnsafeBufferPointer(rebasing: $0.dropLast())) }
    }
    await #expect(processExitsWith: .failure) {
      var y = [Float](repeating: 0, count: 4)
      let x: [Float] = [1, 2, 3]
      x.withUnsafeBufferPointer { x in y.withUnsafeMutableBufferPointer { BLAS.axpy(1, x, into: $0) } }
    }
  }

  @Test func movingAVectorAlongAPartOfItselfStopsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      var y = [Double](repeating: 1, count: 10)
      y.withUnsafeMutableBufferPointer {
        BLAS.axpy(
          1, UnsafeBufferPointer(rebasing: $0[0..<8]), into: UnsafeMutableBufferPointer(rebasing: $0[1..<9]))
      }
    }
  }

  @Test func aVectorMayBeMovedAlongItself() {
    var y: [Double] = [1, -2, 3]
    y.withUnsafeMutableBufferPointer { BLAS.axpy(1, UnsafeBufferPointer($0), into: $0) }
    #expect(y == [2, -4, 6])
  }

  @Test(arguments: [-1, 0, 1, 2_147_483_648])
  func aLimitThatIsNoCountStopsTheProcess(value: Int) async {
    await #expect(processExitsWith: .failure) { [value] in _ = BLASCountLimit(value) }
  }
}
