/// A problem and the number of characters before it.
struct NotationFault: Error {
  let problem: NotationError.Problem
  let offset: Int

  init(_ problem: NotationError.Problem, at offset: Int) {
    (self.problem, self.offset) = (problem, offset)
  }
}
