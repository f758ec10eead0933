import Descent
import TestSupport
import Testing

/// Folds against those of scikit-learn (lrsearch.json, folds.json), and what makes any division a cross-validation.
@Suite struct FoldsTests {
  @Test(arguments: SearchReference.all.splits)
  func plainFoldsAreTheReferenceOnes(_ split: SearchReference.Split) throws {
    let contiguous = try Folds.contiguous(rows: split.n, count: split.k)
    let interleaved = try Folds.interleaved(rows: split.n, count: split.k)
    #expect((0..<split.k).map { contiguous[$0].validation } == split.contiguous)
    #expect((0..<split.k).map { interleaved[$0].validation } == split.interleaved)
  }

  struct PeerCase: Decodable, CustomTestStringConvertible {
    let kind: Folds.Kind
    let count: Int
    let labels: [Int]
    let folds: [Int]

    var testDescription: String { "\(count) \(kind) folds of \(labels)" }

    static let all: [PeerCase] = {
      struct File: Decodable { let cases: [PeerCase] }
      do {
        return try ReferenceFile.load("folds", as: File.self).cases
      } catch {
        fatalError("Tests/Reference/folds.json: \(error)")
      }
    }()
  }

  @Test(arguments: PeerCase.all)
  func stratifiedAndGroupedFoldsAreThoseOfScikitLearn(_ peer: PeerCase) throws {
    switch peer.kind {
    case .stratified: #expect(try Folds.stratified(by: peer.labels, count: peer.count).assignment == peer.folds)
    case .grouped: #expect(try Folds.grouped(by: peer.labels, count: peer.count).assignment == peer.folds)
    default: Issue.record("\(peer.kind) is not in the file")
    }
  }

  @Test(arguments: 1...100)
  func everyRowValidatesOnceAndTrainsTheOtherFolds(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let labels = (0..<Int.random(in: 2...60, using: &random)).map { _ in Int.random(in: 0...3, using: &random) / 2 }
    let (rows, count) = (labels.count, 2)
    let divisions = [
      try Folds.contiguous(rows: rows, count: count), try Folds.interleaved(rows: rows, count: count),
      try? Folds.stratified(by: labels, count: count), try? Folds.grouped(by: labels, count: count),
    ]
    for folds in divisions.compactMap({ $0 }) {
      let all = (0..<count).map { folds[$0] }
      #expect(all.flatMap(\.validation).sorted() == Array(0..<rows), "seed \(seed), \(folds.kind)")
      for fold in all {
        #expect((fold.training + fold.validation).sorted() == Array(0..<rows), "seed \(seed), \(folds.kind)")
        #expect(!fold.training.isEmpty && !fold.validation.isEmpty, "seed \(seed), \(folds.kind)")
      }
    }
  }

  @Test func groupsStayTogether() throws {
    let groups = ["b", "a", "b", "c", "a", "b", "d"]
    let folds = try Folds.grouped(by: groups, count: 3)
    for group in Set(groups) {
      #expect(Set(groups.indices.filter { groups[$0] == group }.map { folds.assignment[$0] }).count == 1)
    }
  }

  @Test func impossibleFoldsAreRefusedWithTheirNumber() {
    #expect(throws: TuningError.self) { try Folds.contiguous(rows: 10, count: 1) }
    #expect(throws: TuningError.self) { try Folds.contiguous(rows: 10, count: 11) }
    #expect(throws: TuningError.self) { try Folds.interleaved(rows: 0, count: 2) }
    #expect(throws: TuningError.self) { try Folds.interleaved(rows: 10, count: -3) }
    #expect(throws: TuningError.self) { try Folds.stratified(by: [0, 1, 2], count: 2) }
    #expect(throws: TuningError.self) { try Folds.stratified(by: [Int](), count: 2) }
    #expect(throws: TuningError.self) { try Folds.grouped(by: [1, 1, 2], count: 3) }
    let error = #expect(throws: TuningError.self) { try Folds.grouped(by: [1, 1, 2], count: 3) }
    #expect(
      error?.description
        == "3 folds cannot be made; there must be at least 2 and no more than groups, of which there are 2")
  }
}
