// What `descent check` compares with must be able to fail: each check is given a reference that is wrong.

import Descent
import DescentTool
import NaiveReference
import RuleCases
import Testing

@Suite struct CheckTests {
  /// Short vectors: what is tried is the comparison, not the engine.
  private static let scale = {
    var scale = CheckScale(seed: 1, isQuick: false)
    scale.sizes = [0, 1, 17, 600]
    scale.threads = [1, 2]
    return scale
  }()

  // MARK: - Steps

  private static let momentum = SGD(momentum: 0.9, dampening: 0.3)
  private static let right = RuleCase("rule", momentum, .coupled(0.01))
  private static let clip = ClipCase("clip", .value(0.25).thenNorm(0.37), valueBound: 0.25, norm: (0.37, 2, .global))

  private static func rows(_ rule: RuleCase, _ clip: ClipCase = clip) throws -> [CheckRow] {
    var check = StepCheck(rules: [rule], clips: [clip], scale: scale)
    return try check.run()
  }

  @Test func aRightReferenceAgrees() throws {
    let rows = try Self.rows(Self.right)
    let judged = rows.filter { ["sgd", "clip"].contains($0.what) }
    #expect(judged.map(\.agrees) == [true, true])
    #expect(judged.map(\.bitsEqual) == [true, true])
    for row in judged { #expect(row.comparisons > 1000 && row.firstFailure == nil, "\(row)") }
  }

  @Test(arguments: [
    SGD(momentum: .constant(0.9.nextUp), dampening: 0.3),
    SGD(momentum: 0.9, dampening: .constant(0.3 + 0x1p-52)), SGD(momentum: 0.9),
    SGD(momentum: 0.9, dampening: 0.3, maximize: true), SGD(),
  ])
  func aWrongRuleIsSeen(_ wrong: SGD) throws {
    var rule = Self.right
    rule.reference = wrong
    let row = try #require(try Self.rows(rule).first)
    #expect(!row.agrees && row.bitsEqual == false && row.largestDifference >= 1)
    #expect(row.failures > 0 && row.failures < row.comparisons)
    #expect(try #require(row.firstFailure).contains("n = "))
  }

  @Test func aWrongWeightDecayIsSeen() throws {
    /// Decays as told and by one percent beside, so that nothing but the decay is wrong.
    struct Decaying: RuleReference {
      let decay: Double
      func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
        Changed(right: CheckTests.momentum.naive(type)) { x, _ in for i in x.indices { x[i] -= Scalar(decay) * x[i] } }
      }
    }
    var rule = Self.right
    for decay in [0.01, 0x1p-20] {
      rule.reference = Decaying(decay: decay)
      #expect(try Self.rows(rule).first?.agrees == false, "\(decay)")
    }
  }

  /// A naive rule that is changed before or after it moves.
  private struct Changed<Scalar: TensorScalar>: NaiveRule {
    var right: any NaiveRule<Scalar>
    var rateFactor = 1.0
    let change: @Sendable (inout [Scalar], [Scalar]) -> Void

    init(
      right: any NaiveRule<Scalar>, rateFactor: Double = 1,
      _ change: @escaping @Sendable (inout [Scalar], [Scalar]) -> Void = { _, _ in }
    ) {
      (self.right, self.rateFactor, self.change) = (right, rateFactor, change)
    }

    var state: [[Scalar]] { right.state }
    var isMaximizing: Bool { right.isMaximizing }

    mutating func move(_ x: inout [Scalar], along g: [Scalar], at step: NaiveStep<Scalar>) {
      var step = step
      step.rates = step.rates.map { Scalar(Double($0) * rateFactor) }
      right.move(&x, along: g, at: step)
      change(&x, g)
    }
  }

  /// One neighbouring number, in one element, at one length.
  private struct WrongOnce: RuleReference {
    let count: Int
    let element: Int

    func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
      Changed(right: momentum.naive(type)) { x, _ in if x.count == count { x[element] = x[element].nextUp } }
    }
  }

  @Test(arguments: [(1, 0), (17, 0), (17, 15), (17, 16), (600, 512), (600, 599)])
  func aSingleNumberThatIsOneOffIsSeen(_ count: Int, _ element: Int) throws {
    var rule = Self.right
    rule.reference = WrongOnce(count: count, element: element)
    let row = try #require(try Self.rows(rule).first)
    #expect(!row.agrees && row.largestDifference == 1)
    #expect(try #require(row.firstFailure).contains("element \(element) is "))
  }

  // MARK: - Clips

  @Test(arguments: [
    ClipCase("bound", clip.clipping, valueBound: 0.25.nextUp, norm: (0.37, 2, .global)),
    ClipCase("no bound", clip.clipping, norm: (0.37, 2, .global)),
    ClipCase("limit", clip.clipping, valueBound: 0.25, norm: (0.37 * (1 + 6 * 0x1p-52), 2, .global)),
    ClipCase("order", clip.clipping, valueBound: 0.25, norm: (0.37, 2.000001, .global)),
    ClipCase("scope", clip.clipping, valueBound: 0.25, norm: (0.37, 2, .tensor)),
    ClipCase("no norm", clip.clipping, valueBound: 0.25),
  ])
  func aWrongClipIsSeen(_ wrong: ClipCase) throws {
    let row = try #require(try Self.rows(Self.right, wrong).first { $0.what == wrong.row })
    #expect(!row.agrees)
  }

  // MARK: - The plain step by BLAS

  /// Descends with a rate that is a little too large.
  private struct Hasty: RuleReference {
    let excess: Double

    func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
      Changed(right: SGD().naive(type), rateFactor: 1 + excess)
    }
  }

  @Test(arguments: [
    (0.0, [true, true, true, true]), (0x1p-48, [false, false, true, true]), (0x1p-19, [false, false, false, false]),
  ])
  func aStepByBLASThatIsTooLongIsSeen(_ excess: Double, _ agree: [Bool]) throws {
    var rule = RuleCase("rule", SGD())
    rule.reference = Hasty(excess: excess)
    let rows = try Self.rows(rule, ClipCase("clip", .norm(0.37), norm: (0.37, 2, .global)))
    let axpy = rows.filter { $0.unit == .roundingUnits }
    #expect(axpy.map { $0.what.prefix(5) } == ["daxpy", "daxpy", "saxpy", "saxpy"])
    #expect(axpy.map(\.agrees) == agree)
  }

  // MARK: - Rules of shapes and of sums, weights

  @Test(arguments: ModelCase.all.indices) func aModelThatIsMovedALittleTooFarIsSeen(_ index: Int) throws {
    struct Hasty: NaiveModel {
      var right: any NaiveModel
      let excess: Double
      mutating func step(_ x: inout [[Double]], gradients: [[Double]], rate: Double) {
        right.step(&x, gradients: gradients, rate: rate)
        if excess > 0, let last = x[0].indices.last { x[0][last] += excess * x[0].map(abs).max()! }
      }
    }
    let right = ModelCase.all[index]
    for (excess, agrees) in [(0, true), (8 * right.tolerance * 0x1p-24, false)] {
      var rule = right
      rule.reference = { Hasty(right: right.reference($0), excess: excess) }
      let rows = try ModelCheck(rules: [rule], scale: Self.scale).run()
      #expect(rows.map(\.agrees) == [agrees] && rows[0].bitsEqual == true, "\(rows)")
      #expect(rows[0].what == right.row && rows[0].comparisons > 100)
    }
  }

  @Test func wrongWeightsAreSeen() throws {
    let right = try WeightsCheck(scale: Self.scale).run()
    #expect(right.map(\.agrees) == [true, true, true, true, true], "\(right)")
    let wrong = [
      AverageCase("decay", .exponential(decay: 0.9), .exponential(decay: 0.9.nextUp)),
      AverageCase("kind", .warmedUpExponential(decay: 0.3), .exponential(decay: 0.3)),
      AverageCase("start", .equal(from: 2), .equal),
    ]
    let rows = try WeightsCheck(
      averages: wrong, naiveSlowStepSize: 0.3.nextUp, naiveRadius: 0.7 * (1 + 0x1p-16), scale: Self.scale
    ).run()
    #expect(rows.map(\.agrees) == [false, false, false, false, false], "\(rows)")
  }

  // MARK: - Norms, rates

  @Test func aWrongNormIsSeen() throws {
    let wrong = [
      NormCase("right", .two, naive: 2), NormCase("order", .two, naive: 2.000001),
      NormCase("infinity", .infinity, naive: 100), NormCase("one", .one, naive: 1.0.nextUp),
    ]
    var check = NormCheck(norms: wrong, scale: Self.scale)
    let rows = try check.run()
    #expect(rows.map(\.agrees) == [true, false, false, false] + [true, false, false, false])
    let clips = try ExtremeClipCheck(norms: Array(wrong.prefix(3)), scale: Self.scale).run()
    #expect(clips.map(\.agrees) == [true, false, false])
  }

  @Test(arguments: [
    (ScaledNorm(3), NaiveNorm(3), 0.0), (ScaledNorm(3.0.nextUp), NaiveNorm(3), 1),
    (ScaledNorm(1.0.nextDown), NaiveNorm(1), 0.5),
    (ScaledNorm(1), NaiveNorm(1, exponent: 1074), .infinity), (ScaledNorm(0), NaiveNorm(0), 0),
    (ScaledNorm(0), NaiveNorm(0x1p-1074), .infinity), (ScaledNorm(.nan), NaiveNorm(1), .infinity),
    (ScaledNorm(.infinity), NaiveNorm(1), .infinity), (ScaledNorm(.nan), NaiveNorm(.nan), 0),
  ])
  func normsAreAsFarApartAsTheirMantissas(_ norm: ScaledNorm, _ naive: NaiveNorm, _ difference: Double) {
    #expect(ulps(between: norm, naive) == difference)
  }

  @Test func aWrongPlateauIsSeen() throws {
    let wrong = PlateauCase(Plateau(.minimize, patience: 3), NaivePlateau(patience: 4))
    let rows = try RateCheck(plateaus: PlateauCase.all + [wrong], scale: Self.scale).run()
    let plateau = try #require(rows.first { $0.what == "plateau" })
    #expect(!plateau.agrees)
    #expect(try #require(plateau.firstFailure).hasPrefix("plateau \(PlateauCase.all.count + 1), "))
    for row in rows where row.what != "plateau" { #expect(row.agrees, "\(row)") }
  }

  @Test func refusalsStatesAndCountsAreCompared() throws {
    var rows = try RefusalCheck(scale: Self.scale).run()
    rows += try StateCheck(rules: [Self.right], scale: Self.scale).run()
    rows += try CountCheck(scale: Self.scale).run()
    #expect(rows.count == 12)
    for row in rows { #expect(row.agrees && row.comparisons >= 12, "\(row)") }
  }
}
