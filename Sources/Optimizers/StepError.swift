internal import Tensors

/// Why a step was not taken. Parameters, state and clock are as they were before the call.
public enum StepError: Error, Equatable, CustomStringConvertible {
  /// A gradient entry is NaN or infinite: the first one, and how many there are.
  case nonFiniteGradient(tensor: String, flatIndex: Int, index: [Int], value: Double, count: Int, step: Int)
  /// A parameter that a rate, an average or Lookahead needs is NaN or infinite.
  case nonFiniteParameter(tensor: String, flatIndex: Int, index: [Int], value: Double, count: Int)
  /// Too many gradients in a row were not finite.
  case tooManySkips(limit: Int, tensor: String, flatIndex: Int, value: Double)
  /// A finite gradient entry is so large that the rule would overflow.
  case gradientTooLarge(tensor: String, flatIndex: Int, index: [Int], value: Double, largest: Double)
  /// The sums over whole tensors that the rule needs are beyond the range of `Double`.
  case sumsOverflowed(rule: String, step: Int)
  /// An earlier step overflowed a parameter, so nothing after it can be trusted.
  case parametersOverflowed(StepReport.Overflow)
  /// The inner products that a controller of the learning rate needs are not finite: a parameter is not.
  case productsOverflowed(step: Int)
  /// A controller of the learning rate needs the loss, and `step` was not told it.
  case missingLoss(controller: String, step: Int)
  /// The loss that `step` was told is not finite, and a controller needs it.
  case nonFiniteLoss(Double, step: Int)
  /// The learning rate for this step is negative or not finite in the scalar type.
  case invalidLearningRate(value: Double, step: Int)
  /// `Lookahead` was to follow a rule that keeps weights of its own, which would not notice.
  case lookaheadWithoutEffect
  /// `SAM.ascend` was called on parameters that have ascended already.
  case ascendedTwice
  /// `SAM.descend` or `SAM.retreat` was called on parameters that have not ascended.
  case notAscended
  /// A setting is out of range.
  case invalidSetting(SettingError)
  /// A schedule's parameter is out of range.
  case invalidSchedule(String)
  /// A group names a tensor that the layout does not have.
  case unknownTensor(String, group: String)
  /// Two groups have the same name.
  case repeatedGroupName(String)
  /// Two groups name the same tensor.
  case tensorInTwoGroups(String, first: String, second: String)
  /// The number of tensors is not the layout's.
  case tensorCount(expected: Int, found: Int)
  /// A tensor that the layout has is missing.
  case missingTensor(String)
  /// A tensor that the layout does not have.
  case unexpectedTensor(String)
  /// The right tensors in another order than the layout's.
  case unexpectedOrder(expected: String, found: String)
  /// A tensor has another shape than the layout says.
  case shapeMismatch(tensor: String, expected: [Int], found: [Int])
  /// Two pieces of memory that must be separate overlap.
  case overlap(String, String)

  /// What is wrong, with names and values, and what to do.
  public var description: String { advice.map { "\(finding). \($0)" } ?? finding }

  /// What to do, in words for who writes code; nil where the finding says it.
  private var advice: String? {
    switch self {
    case .nonFiniteGradient:
      "Find where the gradient is made, lower the learning rate, or allow skips with .skip(limit:)"
    case .nonFiniteParameter, .productsOverflowed: "Go back to parameters and state from before it"
    case .tooManySkips: "Find where it is made, or lower the learning rate"
    case .gradientTooLarge: "Clip the gradient or scale the objective"
    case .sumsOverflowed: "Clip the gradient, or scale the objective and the parameters"
    case .parametersOverflowed: "Go back to parameters and state from before it, and lower the learning rate"
    case .nonFiniteLoss: "Lower the learning rate or check the objective"
    case .lookaheadWithoutEffect: "Use it with another rule; a schedule-free one averages already"
    default: nil
    }
  }

  /// What is wrong, with names and values.
  package var finding: String {
    switch self {
    case .nonFiniteGradient(let tensor, let flat, let index, let value, let count, let step):
      """
      the gradient of "\(tensor)" is \(value.shown) at \(index) (flat index \(flat)), \(Self.entries(count)) in all; step \(step) was \
      not taken
      """
    case .nonFiniteParameter(let tensor, let flat, let index, let value, let count):
      """
      the parameter "\(tensor)" is \(value.shown) at \(index) (flat index \(flat)), \(Self.entries(count)) in all
      """
    case .tooManySkips(let limit, let tensor, let flat, let value):
      """
      more than \(limit) gradients in a row were not finite; the last is \(value.shown) in "\(tensor)" at flat index \(flat)
      """
    case .gradientTooLarge(let tensor, let flat, let index, let value, let largest):
      """
      the gradient of "\(tensor)" is \(value.shown) at \(index) (flat index \(flat)); the rule overflows beyond \(largest)
      """
    case .sumsOverflowed(let rule, let step):
      """
      the sums that \(rule) takes over whole tensors are not finite at step \(step); it was not taken
      """
    case .parametersOverflowed(let overflow):
      """
      an earlier step made "\(overflow.tensor)" \(overflow.value.shown) at flat index \(overflow.flatIndex)
      """
    case .productsOverflowed(let step):
      """
      a parameter is not finite, so that the inner products that the learning rate needs at step \(step) are not
      """
    case .missingLoss(let controller, let step):
      """
      \(controller) needs the loss at step \(step): call step(…, loss: f) with the loss at the parameters that the gradient was \
      taken at
      """
    case .nonFiniteLoss(let loss, let step):
      "the loss at step \(step) is \(loss.shown); it must be finite"
    case .invalidLearningRate(let value, let step):
      "the learning rate of step \(step) is \(value.shown); it must be finite and not negative"
    case .lookaheadWithoutEffect:
      """
      a rule of the optimizer makes the parameters of weights of its own, so that Lookahead would have no effect
      """
    case .ascendedTwice:
      "the parameters have ascended already; descend with the gradient taken there, or retreat, before ascending again"
    case .notAscended: "the parameters have not ascended; call ascend with their gradient first"
    case .invalidSetting(let error): error.description
    case .invalidSchedule(let text): text
    case .unknownTensor(let name, let group): "the group \"\(group)\" names \"\(name)\", which the layout does not have"
    case .repeatedGroupName(let name):
      """
      two groups are called "\(name)"; checkpoints tell groups apart by their names, and that of all other tensors is called \
      "default"
      """
    case .tensorInTwoGroups(let name, let first, let second):
      "the tensor \"\(name)\" is in the groups \"\(first)\" and \"\(second)\"; it can be in one"
    case .tensorCount(let expected, let found): "\(found) tensors were given where the layout has \(expected)"
    case .missingTensor(let name): "the tensor \"\(name)\" is missing"
    case .unexpectedTensor(let name): "the tensor \"\(name)\" is not in the layout that the optimizer was made for"
    case .unexpectedOrder(let expected, let found):
      "the tensor \"\(found)\" stands where \"\(expected)\" belongs; keep the order of the optimizer's layout"
    case .shapeMismatch(let name, let expected, let found):
      "the tensor \"\(name)\" has the shape \(found) where the layout has \(expected)"
    case .overlap(let first, let second):
      "the memory of \(first) overlaps that of \(second); give each its own"
    }
  }

  private static func entries(_ count: Int) -> String { count == 1 ? "1 such entry" : "\(count) such entries" }
}
