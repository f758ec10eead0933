import Foundation
import Schedules
import TestSupport
import Testing

/// A saved schedule comes back as it was, through a plain JSON encoder.
@Suite struct CodableTests {
  func encoded(_ schedule: Schedule) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(schedule), as: UTF8.self)
  }

  func decoded(_ text: String) throws -> Schedule {
    try JSONDecoder().decode(Schedule.self, from: Data(text.utf8))
  }

  @Test(arguments: Samples.all)
  func everyKindComesBack(_ schedule: Schedule) throws {
    let restored = try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(schedule))
    #expect(restored == schedule)
    #expect(areIdentical(restored, schedule))
  }

  @Test func everyKindIsAmongTheSamples() throws {
    let kinds = Samples.all.map { $0.description.prefix { $0 != "(" } }
    #expect(kinds.map(String.init) == Schedule.kindNames)
  }

  @Test func twoSamplesAreNeverEqual() {
    for (i, left) in Samples.all.enumerated() {
      for (j, right) in Samples.all.enumerated() {
        #expect((left == right) == (i == j))
      }
    }
  }

  @Test(arguments: 1...100)
  func nestedSchedulesComeBack(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let schedule = random.schedule(depth: 5)
    let restored = try decoded(encoded(schedule))
    #expect(restored == schedule, "seed \(seed)")
    #expect(areIdentical(restored, schedule), "seed \(seed)")
  }

  @Test func numbersThatJSONDoesNotHaveComeBack() throws {
    let numbers: [Double] = [
      .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
    ]
    for number in numbers {
      for schedule: Schedule in [
        .constant(number), .constant(1).clamped(max: number), .warmup(to: 1, over: 2, startFactor: number),
        .piecewise(from: 1, [(at: 1, to: number)]), .cyclic(from: 0, to: 1, amplitude: .exponential(factor: number)),
        .constant(1).shifted(by: number > 0 ? .max : .min),
      ] {
        let restored = try decoded(encoded(schedule))
        #expect(restored == schedule)
        #expect(restored.description == schedule.description)
      }
    }
    // NaN differs from itself, so its text is compared.
    let invalid = Schedule.constant(1).clamped(max: .nan)
    #expect(try decoded(encoded(invalid)).description == invalid.description)
    #expect(try encoded(invalid) == #"{"clamped":{"base":{"constant":{"value":1}},"max":"nan","min":0}}"#)
  }

  @Test func theFormIsTheDocumentedOne() throws {
    let schedule = Schedule.warmup(to: 0.1, over: 500).then(.cosine(from: 0.1, over: 9_500)).clamped(min: 0.001)
    let text =
      #"{"clamped":{"base":{"then":{"after":500,"first":{"warmup":{"over":500,"startFactor":null,"to":0.1}},"#
      + #""second":{"cosine":{"from":0.1,"over":9500,"power":1,"to":0}}}},"max":"inf","min":0.001}}"#
    #expect(try encoded(schedule) == text)
    #expect(try decoded(text) == schedule)
    let cyclic = #"{"cyclic":{"amplitude":{"halving":{}},"falling":4,"from":0,"rising":4,"to":1}}"#
    #expect(try encoded(.cyclic(from: 0, to: 1, rising: 4, amplitude: .halving)) == cyclic)
  }

  @Test(arguments: [
    (#"{"cosin":{"from":0.1,"to":0,"over":9,"power":1}}"#, "cosin"),
    (#"{"constant":{"value":1},"linear":{}}"#, "2"),
    (#"{}"#, "0"),
    (#"{"linear":{"from":1,"to":0}}"#, "over"),
    (#"{"linear":{"from":1,"to":0,"over":5,"ofer":5}}"#, "ofer"),
    (#"{"warmup":{"to":1,"over":5}}"#, "startFactor"),
    (#"{"constant":{"value":"infinity"}}"#, "infinity"),
    (#"{"constant":{"value":"0.1"}}"#, "0.1"),
    (#"{"linear":{"from":1,"to":0,"over":5.5}}"#, "over"),
    (#"{"scaled":{"base":{"custom":{"name":"mine"}},"by":1}}"#, "custom"),
    (#"{"piecewise":{"from":1,"at":[1],"values":[2],"shape":"round"}}"#, "shape"),
  ])
  func whatIsNoScheduleIsRefusedByName(_ text: String, _ name: String) {
    let error = #expect(throws: DecodingError.self) { try decoded(text) }
    #expect(String(describing: error).contains(name))
  }

  @Test func stepsAndValuesOfUnequalNumberAreFoundByValidation() throws {
    let schedule = try decoded(#"{"piecewise":{"from":1,"at":[1,2],"values":[2],"shape":null}}"#)
    #expect(schedule(5) == 2)
    let error = #expect(throws: ScheduleError.self) { try schedule.validate() }
    #expect(String(describing: error!).contains("values"))
  }
}
