import Descent
import TestSupport
import Testing

/// The budgets of successive halving and Hyperband.
@Suite struct BracketTests {
  private static let space: SearchSpace = ["x": .uniform(from: 0, to: 1)]

  private func table(_ search: Search) throws -> [[[Int]]] {
    try search.brackets(in: Self.space).map { $0.rungs.map { [$0.trials, $0.resource] } }
  }

  /// Li et al. 2018, table 1: R = 81, η = 3.
  @Test func hyperbandHasTheTableOfThePaper() throws {
    #expect(
      try table(.hyperband(from: 1, to: 81)) == [
        [[81, 1], [27, 3], [9, 9], [3, 27], [1, 81]], [[34, 3], [11, 9], [3, 27], [1, 81]],
        [[15, 9], [5, 27], [1, 81]], [[8, 27], [2, 81]], [[5, 81]],
      ])
  }

  /// Algorithm 1 of the paper, word by word, in real numbers: r = R η^(-s), n = ⌈(B / R) η^s / (s + 1)⌉,
  /// n_i = ⌊n η^(-i)⌋, r_i = r η^i.
  @Test(arguments: 2...5)
  func hyperbandIsAlgorithm1(_ factor: Int) throws {
    let eta = Double(factor)
    for least in [1, 2, 7] {
      var power = 1
      for most in 0...4 {
        let (r, levels) = (Double(least * power), most)
        var expected: [[[Int]]] = []
        for s in stride(from: levels, through: 0, by: -1) {
          let etaToS = (0..<s).reduce(1.0) { product, _ in product * eta }
          let n = (Double(levels + 1) * etaToS / Double(s + 1)).rounded(.up)
          var rungs: [[Int]] = []
          var etaToI = 1.0
          for _ in 0...s {
            rungs.append([Int((n / etaToI).rounded(.down)), Int((r / etaToS * etaToI).rounded())])
            etaToI *= eta
          }
          expected.append(rungs)
        }
        #expect(try table(.hyperband(from: least, to: least * power, factor: factor)) == expected)
        // What is between two powers is rounded down.
        #expect(try table(.hyperband(from: least, to: least * power * factor - 1, factor: factor)) == expected)
        power *= factor
      }
    }
  }

  @Test func hyperbandSpendsAboutTheSameOnEachBracket() throws {
    for bracket in try Search.hyperband(from: 1, to: 243).brackets(in: Self.space) {
      let cost = bracket.rungs.reduce(0) { $0 + $1.trials * $1.resource }
      #expect(Double(cost) <= 6.0 * 243 * 1.5 && Double(cost) >= 6 * 243 * 0.75)
    }
  }

  @Test func trialsOfBracketsAreNumberedOneAfterTheOther() throws {
    let brackets = try Search.hyperband(from: 1, to: 81).brackets(in: Self.space)
    #expect(brackets.map(\.trials) == [0..<81, 81..<115, 115..<130, 130..<138, 138..<143])
  }

  @Test func halvingClimbsPowersUpToItsLimit() throws {
    #expect(try table(.random(trials: 27).halving(from: 1, to: 27)) == [[[27, 1], [9, 3], [3, 9], [1, 27]]])
    #expect(
      try table(.random(trials: 20).halving(from: 2, to: 17, factor: 2)) == [[[20, 2], [10, 4], [5, 8], [2, 16]]])
    #expect(try table(.random(trials: 4).halving(from: 1, to: 27)) == [[[4, 1], [1, 3], [1, 9], [1, 27]]])
    #expect(try table(.grid(points: 9).halving(from: 5, to: 5)) == [[[9, 5]]])
    #expect(try table(.random(trials: 3).halving(from: .max / 2, to: .max, factor: 2)).first?.count == 2)
  }

  @Test func aPlainSearchIsOneRung() throws {
    #expect(try table(.grid(points: 7)) == [[[7, 1]]])
    #expect(try table(.quasiRandom(trials: 12).pruned()) == [[[12, 1]]])
  }
}
