import NaiveReference
import TestSupport
import Testing

@Suite struct NaiveSGDTests {
  @Test(arguments: OptimizerCase.all("sgd"))
  func followsTorch(_ reference: OptimizerCase) throws {
    let problem = try #require(SmallProblem.all[reference.problem])
    var parameters = Dictionary(uniqueKeysWithValues: problem.params0.map { ($0.name!, $0.elements) })
    var rules = parameters.mapValues { _ in rule(reference.hyper) }
    for step in 1...50 {
      let gradient = problem.gradient(step: step - 1, at: parameters)
      for name in parameters.keys {
        rules[name]!.step(&parameters[name]!, gradient: gradient[name]!, rate: reference.hyper["lr"]!)
      }
      for snapshot in reference.snapshots where snapshot.step == step {
        for (name, expected) in snapshot.params {
          let error = relativeError(parameters[name]!, expected: expected)
          #expect(error <= snapshot.tensorRel, "\(name) after step \(step)")
        }
      }
      for state in reference.state where state.step == step {
        for (name, slots) in state.slots {
          guard let expected = slots["momentum_buffer"] else { continue }
          let velocity = try #require(rules[name]!.state.first)
          #expect(relativeError(velocity, expected: expected) <= 1e-12, "velocity of \(name) after step \(step)")
        }
      }
    }
  }

  private func rule(_ hyper: [String: Double]) -> NaiveRun<Double> {
    let (momentum, decay) = (hyper["momentum"]!, hyper["weight_decay"]!)
    let rule = NaiveSGD<Double>(
      momentum: momentum == 0 ? nil : NaiveSetting(momentum), dampening: NaiveSetting(hyper["dampening"]!),
      isNesterov: hyper["nesterov"] == 1, isMaximizing: hyper["maximize"] == 1)
    return NaiveRun(rule, weightDecay: decay == 0 ? .none : .coupled(NaiveSetting(decay)))
  }

  /// Two steps worked by hand in numbers that need no rounding.
  @Test func followsTheRecursionByHand() {
    var x = [4.0]
    var rule = NaiveRun(
      NaiveSGD<Double>(momentum: 0.5, dampening: 0.25, isNesterov: true, isMaximizing: true),
      weightDecay: .coupled(0.125))
    rule.step(&x, gradient: [8], rate: 0.5, clipFactor: 0.25, valueBound: 6)
    // s = 6, h = -1.5 + 0.5 = -1, m = -1, x = 4 + 0.5 * (1 + 0.5)
    #expect(x == [4.75] && rule.state == [[-1]])
    rule.step(&x, gradient: [-2], rate: 1)
    // h = 2 + 4.75/8 = 2.59375, m = -0.5 + 0.75 * 2.59375 = 1.4453125, x = 4.75 - (2.59375 + 0.72265625)
    #expect(x == [1.43359375] && rule.state == [[1.4453125]])
  }

  @Test func decoupledDecayShrinksBeforeTheMove() {
    var x: [Float] = [4]
    var rule = NaiveRun(NaiveSGD<Float>(), weightDecay: .decoupled(0.5))
    rule.step(&x, gradient: [1], rate: 0.25)
    #expect(x == [4 * 0.875 - 0.25])
  }

  @Test func velocitiesBelowTheNormalNumbersBecomeZero() {
    var x: [Float] = [1]
    var rule = NaiveRun(NaiveSGD<Float>(momentum: 0.5))
    rule.step(&x, gradient: [Float.leastNormalMagnitude], rate: 0)
    #expect(rule.state == [[Float.leastNormalMagnitude]])
    rule.step(&x, gradient: [0], rate: 0)
    #expect(rule.state == [[0]])
  }
}
