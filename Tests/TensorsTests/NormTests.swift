import NaiveReference
import Tensors
import TestSupport
import Testing

/// The engine's norms against the naive ones, which are within 0.6 ulp (p-norms: about 2 ulp).
@Suite struct NormTests {
  static let orders: [NormOrder] = [.one, .two, .infinity, .p(1), .p(1.1), .p(1.5), .p(2), .p(3), .p(7.5), .p(1000)]
  static let counts = [0, 1, 2, 15, 16, 17, 31, 33, 255, 257, 511, 512, 513, 8191, 8192, 8193, 16_385, 50_001]

  // MARK: - Accuracy

  @Test(arguments: orders) func isWithinFourUlps(_ order: NormOrder) throws {
    try forBothScalars(InAllMagnitudes(order: order))
  }

  private struct InAllMagnitudes: ScalarTest {
    let order: NormOrder

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let all = Scalar.allExponents
      let ranges = [-1...1, all, all.lowerBound...all.lowerBound + 60, all.upperBound - 4...all.upperBound - 1]
      try withEvery("seed", in: [1 as UInt64, 2]) { seed in
        var generator = SeededGenerator(seed: seed)
        try withEvery("exponents", in: ranges) { exponents in
          try withEvery("count", in: NormTests.counts) { count in
            let x: [Scalar] = wideVector(count: count, exponents: exponents, using: &generator)
            let expected = naive(x, order)
            try withEvery("backend", in: Backend.allCases) { backend in
              try expectULPs(norm(x.span, order: order, backend: backend), expected)
            }
          }
        }
      }
    }
  }

  /// Tiles whose sums lie on different sides of a threshold below or above which a tile is scaled: neither may lose the
  /// other.
  @Test(arguments: orders) func tilesOfDifferentMagnitudesCountAsTheyShould(_ order: NormOrder) throws {
    let count = 3 * TilePlan.capacity
    let thresholds = [-1074, -1022, -600, -512, -457, -456, -450, 0, 443, 444, 450, 505, 512, 600, 1009]
    try withEvery("first", in: thresholds) { first in
      try withEvery("by", in: [-53, -1, 0, 1, 53, 600]) { difference in
        guard first + difference < 1010 else { return }
        let x = (0..<count).map { i in
          Double(sign: .plus, exponent: i < TilePlan.capacity ? first : first + difference, significand: 1.25)
        }
        let expected = naive(x, order)
        try withEvery("backend", in: Backend.allCases) { backend in
          try expectULPs(norm(x.span, order: order, backend: backend), expected)
        }
      }
    }
  }

  /// The rounding errors of equal terms all have the same sign: the worst case for a sum.
  @Test(.timeLimit(.minutes(2)), arguments: [0.1, 1 / 3.0, 1e300, 0x1.8p-1030])
  func ofTenMillionEqualNumbersIsWithinFourUlps(_ constant: Double) throws {
    let count = 10_000_000
    let x = Array(repeating: constant, count: count)
    try withEvery("order", in: [.one, .two, .infinity, .p(3)] as [NormOrder]) { order in
      let expected = naive(x, order)
      try withEvery("backend", in: Backend.allCases) { backend in
        try expectULPs(norm(x.span, order: order, backend: backend), expected)
      }
    }
    guard Float(constant).isFinite else { return }
    let floats = Array(repeating: Float(constant), count: count)
    try withEvery("order", in: [.one, .two] as [NormOrder]) { order in
      try expectULPs(norm(floats.span, order: order), naive(floats, order))
    }
  }

  /// n^(1/p), the p-norm of n ones, to 50 digits (mpmath 1.3.0). Without its correction the root for 1.06 is 7 ulp off.
  @Test(arguments: [
    (1.06, 10_000_000, 0x1.ea362faa3b6bbp+21),
    (1.1, 10_000_000, 0x1.19ff8d99c532cp+21), (1.1, 8192, 0x1.c35fedd14b85dp+11), (1.1, 3, 0x1.5b805c13fedc4p+1),
    (1.5, 10_000_000, 0x1.6a9fc6d3fe317p+15), (1.5, 8192, 0x1.965fea53d6e3dp+8), (1.5, 3, 0x1.0a402fcc79298p+1),
    (3, 10_000_000, 0x1.aee30e5e82f7bp+7), (3, 8192, 0x1.428a2f98d728bp+4), (3, 3, 0x1.7137449123ef6p+0),
    (7.5, 10_000_000, 0x1.127672b0f3976p+3), (7.5, 8192, 0x1.a9980376421bcp+1), (7.5, 3, 0x1.28628b70485bdp+0),
    (1000, 10_000_000, 0x1.0428dfd47b7dap+0), (1000, 8192, 0x1.0251353756991p+0), (1000, 3, 0x1.004809c8b411dp+0),
  ])
  func ofOnesIsARootOfTheirNumber(_ p: Double, _ count: Int, _ expected: Double) throws {
    let ones = Array(repeating: 1.0, count: count)
    TestSupport.expectULPs(try norm(ones.span, order: .p(p)).value, expected, atMost: 4, "the norm")
  }

  @Test func ofAHugeOrderIsNearlyTheLargestMagnitude() throws {
    for p in [500, 1022, 1024, 1100, 5000, 1e6, 1e300] {
      let x = [1.99, -1.5, 0.1, 1.99]
      try expectULPs(norm(x.span, order: .p(p)), of: x, .p(p))
    }
  }

  @Test func ofOneNumberIsItsMagnitude() throws {
    let numbers = [
      1.7, -0x1.8p-1060, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, 1e-160, 3e160, 0x1p-450, 0x1p450,
    ]
    for backend in Backend.allCases {
      for x in numbers {
        for order in [.one, .two, .infinity] as [NormOrder] {
          #expect(try normOf([x], order: order, backend: backend).value == abs(x), "\(x) \(order) \(backend)")
        }
        let float = Float(x)
        guard float.isFinite else { continue }
        #expect(try normOf([float], backend: backend).value == Double(abs(float)), "\(float) \(backend)")
      }
    }
  }

  /// The bound is above, among and below the numbers, down to where their squares are no numbers.
  @Test(arguments: orders) func withABoundIsThatOfClampedNumbers(_ order: NormOrder) throws {
    try forBothScalars(WithABound(order: order))
  }

  private struct WithABound: ScalarTest {
    let order: NormOrder

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 9)
      let bounds = [Scalar.greatestFiniteMagnitude / 4, 1.25, 4 * Scalar.leastNormalMagnitude]
      withEvery("bound", in: bounds) { bound in
        let all = Scalar.allExponents
        let x: [Scalar] = wideVector(count: 1000, exponents: all.lowerBound...all.upperBound - 1, using: &generator)
        let statistic = NormStatistic<Scalar>(order: order, backend: .kernels, bound: Double(bound))
        let leaf = x.withUnsafeBufferPointer { statistic.leaf($0.baseAddress!, count: x.count) }
        expectULPs(statistic.tree.norm(leaf), of: x.map { min(max($0, -bound), bound) }, order)
      }
    }
  }

  /// More parts than `cblas_dnrm2` takes at once.
  @Test(arguments: Backend.allCases) func ofManyTensorsCountsEachOfThem(_ backend: Backend) {
    let x = (1...20_000).map(Double.init)
    expectULPs(normOfTensors(x, order: .two, backend: backend), of: x, .two)
  }

  /// Zeros have no magnitude that the others would be scaled to.
  @Test(arguments: orders, Backend.allCases)
  func ofTensorsOfZerosAndTinyNumbersIsThatOfTheNumbers(_ order: NormOrder, _ backend: Backend) {
    for tiny in [Double.leastNonzeroMagnitude, 1e-300, 1e-160] {
      let x = [0, tiny, 0, -tiny]
      expectULPs(normOfTensors(x, order: order, backend: backend), of: x, order)
    }
  }

  // MARK: - The stored cases

  @Test(
    arguments: (ClippingCase.of("clip_global_norm")).filter { $0.expected.totalNorm != nil }, Backend.allCases)
  func ofAStoredCaseIsItsNorm(_ reference: ClippingCase, _ backend: Backend) throws {
    let x = reference.gradients.flatMap(\.elements)
    let order = NormOrder(exponent: try #require(reference.parameters["norm_type"]))
    let value = try norm(x.span, order: order, backend: backend).value
    let expected = try #require(reference.expected.totalNorm).value
    // What a peer computed has its tolerance; what 60 digits gave is met within 4 ulp.
    let tolerance = try #require(reference.relativeTolerance) * expected + reference.absoluteTolerance
    #expect(abs(value - expected) <= tolerance, "\(value) for \(expected)")
    if reference.peer == "exact" { TestSupport.expectULPs(value, expected, atMost: 4, "the norm") }
  }

  @Test(arguments: ClippingCase.of("clip_per_tensor_norm").filter { $0.expected.norms != nil }, Backend.allCases)
  func ofAStoredTensorIsItsNorm(_ reference: ClippingCase, _ backend: Backend) throws {
    let order = NormOrder(exponent: try #require(reference.parameters["norm_type"]))
    for (tensor, expected) in zip(reference.gradients, try #require(reference.expected.norms)) {
      let value = try normOf(tensor.elements, order: order, backend: backend).value
      #expect(abs(value - expected.value) <= reference.relativeTolerance! * expected.value)
    }
  }

  @Test(arguments: ClippingCase.of("norms_of_long"), Backend.allCases)
  func ofAStoredLongVectorIsWithinFourUlps(_ reference: ClippingCase, _ backend: Backend) throws {
    let x = try #require(reference.rule).elements
    let expected = reference.expected
    let norms = [(.one, expected.norm1), (.two, expected.norm2), (.p(3), expected.norm3)] as [(NormOrder, Double?)]
    for (order, expected) in norms {
      let value = try norm(x.span, order: order, backend: backend).value
      TestSupport.expectULPs(value, try #require(expected), atMost: 4, "\(order)")
    }
    #expect(try norm(x.span, order: .infinity, backend: backend).value == expected.normInfinity)
  }

  // MARK: - What it does not depend on

  @Test(arguments: orders, Backend.allCases)
  func hasTheSameBitsForAnyNumberOfThreads(_ order: NormOrder, _ backend: Backend) throws {
    try forBothScalars(OnSeveralThreads(order: order, backend: backend))
  }

  private struct OnSeveralThreads: ScalarTest {
    let order: NormOrder
    let backend: Backend

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 3)
      try withEvery("count", in: [8193, 100_000, 300_001]) { count in
        let x: [Scalar] = wideVector(count: count, exponents: -60...60, using: &generator)
        let alone = try norm(x.span, order: order, backend: backend, threads: 1)
        try withEvery("threads", in: [2, 4, 8, nil] as [Int?]) { threads in
          let shared = try norm(x.span, order: order, backend: backend, threads: threads)
          #expect(shared == alone, Trace.comment)
        }
      }
    }
  }

  @Test(arguments: orders) func ofATileHasTheSameBitsWithEveryInstructionSet(_ order: NormOrder) throws {
    try forBothScalars(WithInstructionSets(order: order))
  }

  private struct WithInstructionSets: ScalarTest {
    let order: NormOrder

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 4)
      withEvery("exponents", in: [-1...1, -40...40, Scalar.allExponents]) { exponents in
        withEvery("count", in: NormTests.counts.filter { $0 <= TilePlan.capacity }) { count in
          let x: [Scalar] = wideVector(count: count, exponents: exponents, using: &generator)
          withEvery("bound", in: [.infinity, 1.25, 1e-5]) { bound in
            let leaves = InstructionSet.available.map { set in
              let statistic = NormStatistic<Scalar>(
                order: order, backend: .kernels, bound: bound, instructionSet: set)
              return x.withUnsafeBufferPointer { x in
                x.baseAddress.map { statistic.leaf($0, count: count) } ?? .zero
              }
            }
            for leaf in leaves {
              #expect(
                leaf.value.bitPattern == leaves[0].value.bitPattern && leaf.exponent == leaves[0].exponent,
                Trace.comment)
            }
          }
        }
      }
    }
  }

  @Test func hasTheSameBitsAtAnyAddress() throws {
    var generator = SeededGenerator(seed: 5)
    let x: [Double] = uniformVector(count: 20_016, using: &generator)
    let floats = x.map(Float.init)
    for backend in Backend.allCases {
      for offset in 0..<16 {
        let range = offset..<offset + 20_000
        #expect(
          try norm(x.span.extracting(range), backend: backend) == normOf(Array(x[range]), backend: backend),
          "\(offset) \(backend)")
        #expect(
          try norm(floats.span.extracting(range), backend: backend)
            == normOf(Array(floats[range]), backend: backend), "\(offset) \(backend)")
      }
    }
  }

  @Test func isTheSameForCallersAtOnce() async throws {
    var generator = SeededGenerator(seed: 6)
    let x: [Double] = uniformVector(count: 200_000, using: &generator)
    let alone = try norm(x.span, threads: 1)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask { try (0..<200).allSatisfy { _ in try norm(x.span, threads: 4) == alone } }
      }
      for try await areEqual in group { #expect(areEqual) }
    }
  }

  /// Scaling by a power of two is exact, and so is what the kernels do with it, thresholds or not.
  @Test(arguments: [NormOrder.one, .two, .infinity]) func scalesExactlyWithPowersOfTwo(_ order: NormOrder) throws {
    var generator = SeededGenerator(seed: 7)
    let x: [Double] = wideVector(count: 10_000, exponents: -3...3, using: &generator)
    let plain = try norm(x.span, order: order, backend: .kernels)
    for exponent in [-1018, -900, -520, -451, -450, -449, -1, 1, 440, 450, 900, 1018] {
      let scaled = try normOf(x.map { $0.scaled(by: exponent) }, order: order, backend: .kernels)
      #expect(
        NaiveNorm(scaled.mantissa, exponent: scaled.exponent)
          == NaiveNorm(plain.mantissa, exponent: plain.exponent + exponent), "2^\(exponent)")
    }
  }

  // MARK: - The ends of the range

  @Test func theNormOfNumbersNearTheLargestIsKeptAsAPair() throws {
    let x = Array(repeating: Double.greatestFiniteMagnitude, count: 4)
    for backend in Backend.allCases {
      let four = try norm(x.span, backend: backend)
      #expect(four.isFinite)
      #expect(four.value == .infinity)
      #expect(four.exceeds(.greatestFiniteMagnitude))
      expectULPs(four, of: x, .two)
      #expect(try !normOf([Double.leastNonzeroMagnitude], backend: backend).exceeds(.leastNonzeroMagnitude))
      #expect(try normOf([1e-300, 1e-300], backend: backend).exceeds(1e-300))
    }
  }

  @Test(arguments: orders, Backend.allCases)
  func ofNothingAndOfZerosIsZero(_ order: NormOrder, _ backend: Backend) throws {
    #expect(try normOf([Double](), order: order, backend: backend).value == 0)
    for count in [1, 17, 8193] {
      #expect(try normOf(Array(repeating: -0.0, count: count), order: order, backend: backend).value == 0)
      #expect(try normOf(Array(repeating: Float(0), count: count), order: order, backend: backend).value == 0)
    }
  }

  @Test(arguments: orders, Backend.allCases)
  func aNaNOrInfinityAnywhereMakesItNotFinite(_ order: NormOrder, _ backend: Backend) throws {
    try forBothScalars(WithABadEntry(order: order, backend: backend))
  }

  private struct WithABadEntry: ScalarTest {
    let order: NormOrder
    let backend: Backend

    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 8)
      try withEvery("count", in: [1, 17, 513, 16_390]) { count in
        var x: [Scalar] = uniformVector(count: count, using: &generator)
        let edges = [0, 1, 15, 16, 31, 32, 255, 256, 511, 512, 8191, 8192, 8193, 8255, 8256, count - 1]
        try withEvery("place", in: edges.filter { $0 < count }) { place in
          let good = x[place]
          try withEvery("value", in: [.nan, .infinity, -.infinity, -.nan] as [Scalar]) { value in
            x[place] = value
            let bad = try norm(x.span, order: order, backend: backend)
            #expect(!bad.isFinite, Trace.comment)
          }
          x[place] = good
        }
        let whole = try norm(x.span, order: order, backend: backend)
        #expect(whole.isFinite, Trace.comment)
      }
    }
  }

  @Test(arguments: [0, -1, -Double.infinity, .infinity, .nan])
  func anOrderThatIsNoneIsRefused(_ p: Double) {
    #expect(throws: NormError.self) { try normOf([1.0], order: .p(p), backend: .blas) }
  }
}

// MARK: - Support

extension NormOrder {
  /// The order with this number as its p.
  fileprivate init(exponent p: Double) {
    switch p {
    case 1: self = .one
    case 2: self = .two
    case Double.infinity: self = .infinity
    default: self = .p(p)
    }
  }

  /// The p of the order.
  fileprivate var exponent: Double {
    switch self {
    case .one: 1
    case .two: 2
    case .infinity: .infinity
    case .p(let p): p
    }
  }
}

extension Double {
  fileprivate func scaled(by exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: self) }
}

/// The norm of an array that has no name. (The span of a temporary makes Swift 6.3.1 crash.)
private func normOf<Scalar: TensorScalar>(_ x: [Scalar], order: NormOrder = .two, backend: Backend) throws -> ScaledNorm
{
  try norm(x.span, order: order, backend: backend)
}

/// The norm of tensors of one number each.
private func normOfTensors(_ x: [Double], order: NormOrder, backend: Backend) -> ScaledNorm {
  let norms = TileNorms(
    TilePlan(counts: x.map { _ in 1 }), NormStatistic<Double>(order: order, backend: backend))
  x.withUnsafeBufferPointer { x in
    for i in x.indices { norms.read(i, of: x.baseAddress! + i) }
  }
  norms.combine()
  return norms.total
}

private func naive<Scalar: TensorScalar>(_ x: [Scalar], _ order: NormOrder) -> NaiveNorm {
  // `of` would take an order of 1 or 2 by its own formula, too, where the engine is asked for the general one.
  if case .p(let p) = order { return NaiveNorm.p(x, p) }
  return NaiveNorm.of(x, order: order.exponent)
}

private func expectULPs<Scalar: TensorScalar>(
  _ got: ScaledNorm, of x: [Scalar], _ order: NormOrder, sourceLocation: SourceLocation = #_sourceLocation
) {
  expectULPs(got, naive(x, order), sourceLocation: sourceLocation)
}

/// Fails where a norm is more than 4 ulp from the expected one, both as pairs: a subnormal or infinite value hides
/// nothing.
private func expectULPs(
  _ got: ScaledNorm, _ expected: NaiveNorm, sourceLocation: SourceLocation = #_sourceLocation
) {
  let got = NaiveNorm(got.mantissa, exponent: got.exponent)
  let scaled = Double(sign: .plus, exponent: got.exponent - expected.exponent, significand: got.mantissa)
  TestSupport.expectULPs(
    scaled, expected.mantissa, atMost: 4, "the norm over 2^\(expected.exponent)", sourceLocation: sourceLocation)
}
