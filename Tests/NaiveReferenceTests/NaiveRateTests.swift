import NaiveReference
import TestSupport
import Testing

@Suite struct NaiveNormRateTests {
  @Test(arguments: StateCase.all.filter { $0.kind == "seed_inverse_norm" })
  func isEpsilonOverTheNorm(_ reference: StateCase) throws {
    let norm = NaiveNorm.two(try #require(reference.theta))
    let rate = NaiveNormRate.rate(epsilon: reference.eps, norm: norm, cap: .infinity)
    #expect(abs(rate - reference.rates[0]) <= reference.relativeTolerance * reference.rates[0])
    #expect(NaiveNormRate.rate(epsilon: reference.eps, norm: norm, cap: rate / 2) == rate / 2)
  }

  @Test func ofParametersThatAreAllZeroIsTheCap() {
    #expect(NaiveNormRate.rate(epsilon: 0.1, norm: NaiveNorm.two([0.0, 0]), cap: 3) == 3)
    #expect(NaiveNormRate.rate(epsilon: 0.1, norm: NaiveNorm.two([Double]()), cap: .infinity) == .infinity)
  }

  @Test func ofANormBeyondTheRangeIsNotZero() {
    let norm = NaiveNorm.two(Array(repeating: 1e308, count: 16))
    #expect(NaiveNormRate.rate(epsilon: 4, norm: norm, cap: .infinity) == 1e-308)
  }
}

@Suite struct NaiveRandomRateTests {
  @Test(arguments: StateCase.all.filter { $0.kind == "seed_inverse_sqrt_u" })
  func isEpsilonOverTheRootOfTheDraw(_ reference: StateCase) throws {
    for (u, expected) in zip(try #require(reference.u), reference.rates) {
      let rate = NaiveRandomRate.rate(epsilon: reference.eps, uniform: u, cap: .infinity)
      #expect(abs(rate - expected) <= reference.relativeTolerance * expected)
      #expect(NaiveRandomRate.rate(epsilon: reference.eps, uniform: u, cap: expected / 2) == expected / 2)
    }
  }

  @Test func isThatOfTheFormulaForTheGeneratorsKnownAnswer() {
    // Key and counter 0: the first two words of the published answer are 6627e8d5 e169c58d.
    let r = 0x6627_E8D5_E169_C58D as UInt64 >> 11
    #expect(NaiveRandomRate.uniform(seed: 0, step: 0) == (Double(r) + 0.5) / 0x1p53)
  }

  @Test func readsItsWordsLowHalfFirst() {
    // The published answer for counter 243f6a88 85a308d3 13198a2e 03707344 and key a4093822 299f31d0.
    let u = NaiveRandomRate.uniform(
      seed: 0x299F_31D0_A409_3822, step: 0x85A3_08D3_243F_6A88, index: 0x0370_7344_1319_8A2E)
    #expect(u == (Double(0xD16C_FE09_94FD_CCEB as UInt64 >> 11) + 0.5) / 0x1p53)
  }

  /// eps/sqrt(U) exceeds a with probability (eps/a)^2. Bound: four standard deviations of the share in 100,000 draws.
  @Test(arguments: [1 as UInt64, 42, .max]) func hasTheTailThatItShould(_ seed: UInt64) {
    let count = 100_000
    let rates = NaiveRandomRate.rates(epsilon: 1, seed: seed, step: 7, tensor: "w", count: count, cap: .infinity)
    #expect(rates.min()! >= 1)
    for a in [1.1, 2, 10] {
      let probability = 1 / (a * a)
      let share = Double(rates.count { $0 > a }) / Double(count)
      #expect(
        abs(share - probability) <= 4 * (probability * (1 - probability) / Double(count)).squareRoot(),
        "seed \(seed), a \(a), share \(share)")
    }
  }

  @Test func differsBetweenStepsElementsTensorsAndSeeds() {
    var draws = Set<Double>()
    for seed: UInt64 in [0, 1] {
      for step: UInt64 in [0, 1, 1 << 32] {
        draws.insert(NaiveRandomRate.uniform(seed: seed, step: step))
        for name in ["a", "b"] {
          let tensorSeed = NaiveRandomRate.tensorSeed(seed, name: name)
          for index: UInt64 in [0, 1, 1 << 32] {
            draws.insert(NaiveRandomRate.uniform(seed: tensorSeed, step: step, index: index))
          }
        }
      }
    }
    #expect(draws.count == 2 * 3 * (1 + 2 * 3))
  }

  /// Values published with the hash by its authors.
  @Test func hashesNamesAsFNV1aDoes() {
    #expect(NaiveRandomRate.hash("") == 0xCBF2_9CE4_8422_2325)
    #expect(NaiveRandomRate.hash("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(NaiveRandomRate.hash("foobar") == 0x8594_4171_F739_67E8)
  }
}

@Suite struct NaivePhiloxTests {
  /// The known answers that are distributed with Random123.
  @Test func givesThePublishedAnswers() {
    let zeros = NaivePhilox.block(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(zeros == (0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = NaivePhilox.block(counter: (.max, .max, .max, .max), key: (.max, .max))
    #expect(ones == (0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let digitsOfPi = NaivePhilox.block(
      counter: (0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: (0xA409_3822, 0x299F_31D0))
    #expect(digitsOfPi == (0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }
}
