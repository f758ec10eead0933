import Problems
import TestSupport
import Testing

@Suite struct DatasetTests {
  private let table = try! Dataset(features: [1, 2, 3, 4, 5, 6], columns: 2, targets: [7, 8, 9])

  @Test func rowsAndNames() throws {
    #expect(table.rowCount == 3 && table.columnCount == 2)
    #expect(table.featureNames == ["x0", "x1"] && table.targetName == "target")
    #expect(Array(table.row(1)) == [3, 4])
    let chosen = try table.selecting(rows: [2, 0, 2])
    #expect(chosen.features == [5, 6, 1, 2, 5, 6] && chosen.targets == [9, 7, 9])
  }

  @Test func wrongTablesAreRefused() {
    #expect(throws: DatasetError.noRows) { try Dataset(features: [], columns: 1, targets: []) }
    #expect(throws: DatasetError.noColumns) { try Dataset(features: [], columns: 0, targets: [1]) }
    #expect(throws: DatasetError.featureCount(rows: 2, columns: 2, found: 3)) {
      try Dataset(features: [1, 2, 3], columns: 2, targets: [1, 2])
    }
    #expect(throws: DatasetError.featureCount(rows: 2, columns: .max, found: 3)) {
      try Dataset(features: [1, 2, 3], columns: .max, targets: [1, 2])
    }
    #expect(throws: DatasetError.nameCount(columns: 1, found: 2)) {
      try Dataset(features: [1], columns: 1, targets: [1], featureNames: ["a", "b"])
    }
    #expect(throws: DatasetError.featureNotFinite(row: 1, column: 0, value: .infinity)) {
      try Dataset(features: [1, 2, .infinity, 4], columns: 2, targets: [1, 2])
    }
    #expect(throws: DatasetError.targetNotFinite(row: 1, value: -.infinity)) {
      try Dataset(features: [1, 2], columns: 1, targets: [1, -.infinity])
    }
    #expect(throws: DatasetError.noRows) { try table.selecting(rows: []) }
    for row in [-1, 3] {
      #expect(throws: DatasetError.rowOutOfRange(row, rowCount: 3)) { try table.selecting(rows: [0, row]) }
    }
  }
}

@Suite struct SplitTests {
  private static func table(_ rows: Int) -> Dataset {
    try! Dataset(features: (0..<rows).map(Double.init), columns: 1, targets: (0..<rows).map(Double.init))
  }

  @Test(arguments: [(10, 5, 2, [2, 7]), (10, 3, 0, [0, 3, 6, 9]), (4, 2, 1, [1, 3]), (2, 2, 1, [1])])
  func everyRowWithTheRemainderIsForTheTest(rows: Int, period: Int, offset: Int, test: [Int]) throws {
    let split = try Self.table(rows).split(every: period, offset: offset)
    #expect(split.test.targets == test.map(Double.init))
    #expect(split.training.targets == (0..<rows).filter { !test.contains($0) }.map(Double.init))
  }

  /// Rows are moved in place; a table that somebody still holds stays as it is.
  @Test(arguments: [2, 3, 7]) func everySideHasItsRows(period: Int) throws {
    let table = try Dataset(features: (0..<60).map(Double.init), columns: 3, targets: (0..<20).map(Double.init))
    for offset in 0..<period {
      let split = try table.split(every: period, offset: offset)
      #expect(try split.test == table.selecting(rows: (0..<20).filter { $0 % period == offset }))
      #expect(try split.training == table.selecting(rows: (0..<20).filter { $0 % period != offset }))
    }
    #expect(table.features == (0..<60).map(Double.init) && table.rowCount == 20)
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func aRandomSplitIsAPartition(seed: UInt64) throws {
    for (rows, fraction, count) in [(100, 0.2, 20), (7, 0.5, 4), (3, 0.34, 1), (1797, 0.2, 359)] {
      let split = try Self.table(rows).split(testFraction: fraction, seed: seed)
      #expect(split.test.rowCount == count, "seed \(seed)")
      #expect(Set(split.test.targets + split.training.targets).count == rows, "seed \(seed)")
      #expect(split.test.rowCount + split.training.rowCount == rows)
      #expect(split.test.targets == split.test.targets.sorted())
      #expect(try Self.table(rows).split(testFraction: fraction, seed: seed) == split)
      if rows == 1797 {
        #expect(try Self.table(rows).split(testFraction: fraction, seed: seed + 1) != split)
      }
    }
  }

  @Test func divisionsThatAreNone() {
    let table = Self.table(10)
    for fraction in [0, 1, -0.1, 1.5, .nan, .infinity] {
      #expect { try table.split(testFraction: fraction, seed: 1) } throws: { error in
        guard case .testFraction(let found)? = error as? DatasetError else { return false }
        return found.bitPattern == fraction.bitPattern
      }
    }
    for (period, offset) in [(1, 0), (0, 0), (-3, 0), (5, 5), (5, -1), (.min, .max)] {
      #expect(throws: DatasetError.testPeriod(period: period, offset: offset)) {
        try table.split(every: period, offset: offset)
      }
    }
    #expect(throws: DatasetError.emptySide(rows: 10, testRows: 0)) {
      try table.split(every: 100, offset: 50)
    }
    #expect(throws: DatasetError.emptySide(rows: 10, testRows: 0)) { try table.split(testFraction: 0.01, seed: 1) }
    #expect(throws: DatasetError.emptySide(rows: 10, testRows: 10)) { try table.split(testFraction: 0.99, seed: 1) }
  }
}

@Suite struct RowOrderTests {
  @Test func theGeneratorIsSplitMix64() {
    // The first numbers for the seed 1234567, as Vigna's reference implementation gives them.
    var generator = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in generator.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }

  @Test func numbersBelowABoundAreEquallyLikely() {
    for bound in [1, 2, 3, 10, 7 << 40] as [UInt64] {
      var generator = SplitMix64(seed: bound)
      var counts = [Int](repeating: 0, count: Int(min(bound, 10)))
      let draws = 100_000
      var largest: UInt64 = 0
      for _ in 0..<draws {
        let number = generator.next(below: bound)
        largest = max(largest, number)
        counts[Int(number % UInt64(counts.count))] += 1
      }
      #expect(largest < bound)
      // Chi squared with at most 9 degrees of freedom: above 40 with a probability of 1e-5; the seed is fixed.
      let mean = Double(draws) / Double(counts.count)
      let distance = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
      #expect(distance < 40, "seed \(bound)")
    }
    // Three quarters of all numbers: of four products in a row two have the same high half, so without rejection every
    // third number would come up twice as often as the others.
    let bound = UInt64(3) << 62
    var generator = SplitMix64(seed: 9)
    let multiplesOfThree = (0..<30_000).count { _ in generator.next(below: bound) % 3 == 0 }
    #expect(abs(multiplesOfThree - 10_000) < 400, "seed 9")
  }

  @Test func everyEpochIsAPermutationOfItsOwn() {
    for count in [0, 1, 2, 3, 17, 1000] {
      var order = RowOrder(rowCount: count, seed: 42)
      var epochs: Set<[Int]> = []
      for epoch in 0..<20 as Range<UInt64> {
        order.shuffle(epoch: epoch)
        #expect(order.rows.sorted() == Array(0..<count))
        epochs.insert(order.rows)
      }
      if count >= 17 { #expect(epochs.count == 20) }
    }
    #expect(RowOrder(rowCount: -3, seed: 1).rows == [])
  }

  @Test func anEpochDoesNotDependOnThoseBefore() {
    var straight = RowOrder(rowCount: 100, seed: 7)
    for epoch in 0...9 as ClosedRange<UInt64> { straight.shuffle(epoch: epoch) }
    var resumed = RowOrder(rowCount: 100, seed: 7)
    resumed.shuffle(epoch: 9)
    #expect(straight == resumed)
    resumed.shuffle(epoch: 0)
    #expect(resumed == RowOrder(rowCount: 100, seed: 7))
    #expect(resumed.rows != RowOrder(rowCount: 100, seed: 8).rows)
  }

  @Test func everyOrderOfThreeIsEquallyLikely() {
    var counts: [[Int]: Int] = [:]
    for seed in 0..<6000 as Range<UInt64> { counts[RowOrder(rowCount: 3, seed: seed).rows, default: 0] += 1 }
    #expect(counts.count == 6)
    // Chi squared with 5 degrees of freedom: above 31 with a probability of 1e-5; the seeds are fixed.
    #expect(counts.values.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) } < 31_000)
  }
}

@Suite struct StandardisationTests {
  @Test func columnsGetMeanZeroAndDeviationOne() throws {
    let table = try Dataset(features: [1, 10, 3, 10, 5, 40], columns: 2, targets: [0, 1, 2])
    let map = try Standardisation(fitting: table)
    #expect(map.means == [3, 20])
    // Population variance: (4 + 0 + 4) / 3 and (100 + 100 + 400) / 3.
    #expect(abs(map.deviations[0] - (8.0 / 3).squareRoot()) <= 1e-15)
    #expect(abs(map.deviations[1] - 200.0.squareRoot()) <= 1e-14)
    let mapped = try map.applied(to: table)
    for column in 0..<2 {
      let x = (0..<3).map { mapped.features[$0 * 2 + column] }
      #expect(abs(x.reduce(0, +)) <= 1e-15)
      #expect(abs(x.reduce(0) { $0 + $1 * $1 } - 3) <= 1e-14)
    }
    #expect(mapped.targets == table.targets && mapped.featureNames == table.featureNames)
  }

  @Test func testRowsAreMappedByTheNumbersOfTheFittedOnes() throws {
    let fitted = try Dataset(features: [0, 2], columns: 1, targets: [0, 0])
    let other = try Dataset(features: [5, 1], columns: 1, targets: [0, 0])
    #expect(try Standardisation(fitting: fitted).applied(to: other).features == [4, 0])
  }

  @Test(arguments: [0.1, 1.0 / 3, 1e300, -Double.leastNonzeroMagnitude, 0])
  func aConstantColumnBecomesZeros(value: Double) throws {
    // The mean of a thousand 0.1 in floating point is not 0.1; dividing by that noise would make a feature of it.
    let table = try Dataset(
      features: [Double](repeating: value, count: 1000), columns: 1, targets: [Double](repeating: 0, count: 1000))
    let map = try Standardisation(fitting: table)
    #expect(map.means == [value] && map.deviations == [1])
    #expect(try map.applied(to: table).features.allSatisfy { $0 == 0 })
  }

  @Test func aLargeOffsetCostsNoDigits() throws {
    // 1e9 + {0, 1, 2}: the naive sum of squares minus the square of the mean has no digit left.
    let table = try Dataset(features: [1e9, 1e9 + 1, 1e9 + 2], columns: 1, targets: [0, 0, 0])
    let map = try Standardisation(fitting: table)
    #expect(map.means == [1e9 + 1])
    #expect(abs(map.deviations[0] - (2.0 / 3).squareRoot()) <= 1e-15)
  }

  @Test func columnsOutOfRangeAreNamed() throws {
    let table = try Dataset(
      features: [0, 1e200, 1, -1e200], columns: 2, targets: [0, 0], featureNames: ["small", "large"])
    #expect(throws: DatasetError.columnOutOfRange(column: 1, name: "large")) { try Standardisation(fitting: table) }
    let map = try Standardisation(fitting: Dataset(features: [1, 2], columns: 1, targets: [0, 0]))
    #expect(throws: DatasetError.columnCount(expected: 1, found: 2)) { try map.applied(to: table) }
  }
}
