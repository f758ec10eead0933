internal import Descent
internal import NaiveReference
internal import RuleCases

/// One rule with one clip on one sample.
struct StepTrial<Scalar: TensorScalar> {
  let sample: Sample<Scalar>
  /// The naive 2-norm of each step's gradients together.
  let gradientNorms: [NaiveNorm]
  let rule: RuleCase
  let clip: ClipCase
  let backend: Backend
  let factors: [[Double]]
  let place: String

  /// The groups of the sample, with the weight decay that the case has for them.
  var groups: [ParameterGroup] {
    sample.groups.map { group in
      var group = group
      group.weightDecay = rule.groupWeightDecay
      return group
    }
  }

  func optimizer(_ threads: Int?, _ instructionSet: InstructionSet) throws(StepError) -> Optimizer<Scalar> {
    try Optimizer(
      rule.rule, learningRate: LearningRate(StepCheck.schedule), clipping: clip.clipping,
      weightDecay: rule.weightDecay, groups: groups,
      options: ExecutionOptions(backend: backend, threads: threads, instructionSet: instructionSet),
      for: sample.layout)
  }

  private func group(of tensor: Int) -> ParameterGroup? {
    groups.first { $0.tensors.contains(sample.layout.entries[tensor].name) }
  }

  func rate(of tensor: Int, step: Int) -> Double {
    StepCheck.schedule(step) * (group(of: tensor)?.learningRateScale ?? 1)
  }

  func reference(of tensor: Int) -> NaiveRun<Scalar> {
    rule.reference.run(Scalar.self, weightDecay: group(of: tensor)?.weightDecay ?? rule.weightDecay)
  }
}
