/// Makes schedules of a notation that has been taken apart.
struct NotationReader {
  let isValidating: Bool

  /// The schedule that a node stands for. `following` is the first value of the schedule after it, if one follows
  /// after "then".
  func schedule(_ node: NotationNode, before following: Double? = nil) throws(NotationFault) -> Schedule {
    switch node.form {
    case .number:
      let value = try Double.read(node, for: "a constant", by: self)
      return try validated(.constant(value)) { _ in node.offset }
    case .call(let name, let arguments):
      return try NotationCall(name, arguments, of: node, by: self).schedule(before: following)
    case .product(let left, let right):
      return try product(left, right)
    case .chain(let parts):
      return try chain(parts, before: following)
    case .perEpoch(let steps, let base):
      let count = try Int.read(steps, for: "the steps of an epoch", by: self)
      return try validated(try schedule(base).perEpoch(of: count)) { _ in steps.offset }
    case .word(let word) where ScheduleKinds.named(word) != nil:
      throw NotationFault(
        .unexpected(found: "only its name", expected: ["\(word) with its parameters in parentheses"]),
        at: node.offset)
    case .word(let word):
      throw NotationFault(.unknownSchedule(word, nearest: ScheduleKinds.nearest(to: word)), at: node.offset)
    case .list:
      throw NotationFault(.unexpected(found: node.found, expected: [Schedule.expectation]), at: node.offset)
    }
  }

  /// Two schedules; or a schedule and a number, which scales it.
  private func product(_ left: NotationNode, _ right: NotationNode) throws(NotationFault) -> Schedule {
    for (number, other) in [(left, right), (right, left)] {
      guard case .number = number.form else { continue }
      let factor = try Double.read(number, for: "a factor", by: self)
      return try validated(try schedule(other).scaled(by: factor)) { _ in number.offset }
    }
    return .product(try schedule(left), try schedule(right))
  }

  /// Read from the last part to the first, because a warm-up takes its target from what follows; joined from the first
  /// on, as ``Schedule/then(_:)`` in a row does it.
  private func chain(
    _ parts: [NotationNode.Part], before following: Double?
  ) throws(NotationFault) -> Schedule {
    var schedules: [Schedule] = []
    var following = following
    for part in parts.reversed() {
      let schedule = try schedule(part.schedule, before: following)
      following = schedule.value(after: 0)
      schedules.append(schedule)
    }
    schedules.reverse()

    var joined = schedules[0]
    var boundary: Int?
    for index in 1..<parts.count {
      let length = try length(of: schedules[index - 1], parts[index - 1].length, join: parts[index].join)
      boundary = index == 1 ? length : Then.boundary(boundary, plus: length)
      joined = Schedule(Then(first: joined, second: schedules[index], after: boundary))
    }
    return joined
  }

  /// The steps that a part before "then" takes.
  private func length(
    of schedule: Schedule, _ node: NotationNode?, join: Int
  ) throws(NotationFault) -> Int? {
    guard let node else {
      let length = Then.length(of: schedule)
      if isValidating, length == nil { throw NotationFault(.endless, at: join) }
      return length
    }
    if !isValidating, case .word("nil") = node.form { return nil }
    let length = try Int.read(node, for: "the steps after \"for\"", by: self)
    guard !isValidating || length >= 0 else {
      throw NotationFault(.unexpected(found: node.found, expected: ["a number of steps, at least 0"]), at: node.offset)
    }
    return length
  }

  /// The schedule, if its parameters are good; `place` tells where each of them stands. Inner schedules have been
  /// found good before.
  func validated(_ schedule: Schedule, place: (String) -> Int) throws(NotationFault) -> Schedule {
    guard isValidating else { return schedule }
    do throws(ScheduleError) {
      try schedule.validate()
    } catch {
      guard case .invalidParameter(_, let parameter, _, _) = error else { return schedule }
      throw NotationFault(.invalidParameter(error), at: place(parameter))
    }
    return schedule
  }
}
