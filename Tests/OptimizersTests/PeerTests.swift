import Descent
import TestSupport
import Testing

/// The rules with the settings of their peers, along the peers' own trajectories.
@Suite struct PeerTests {
  /// A stored trajectory and what its optimizer is called here.
  struct Migration: Sendable, CustomTestStringConvertible {
    let peer: String
    let reference: OptimizerCase
    let rule: any UpdateRule
    let decay: WeightDecay
    let rate: Double

    var testDescription: String { "\(peer) \(reference.id)" }
  }

  static let all: [Migration] = ["torch", "optax", "other"].flatMap { peer in
    OptimizerCase.all(peer: peer).compactMap { reference in
      guard let (rule, decay) = migrated("\(peer) \(reference.optimizer)", reference) else { return nil }
      let rate = reference.hyper["lr"] ?? reference.hyper["learning_rate"] ?? 1
      return Migration(peer: peer, reference: reference, rule: rule, decay: decay, rate: rule is Rprop ? 1 : rate)
    }
  }

  /// The rule and the decay for a peer's settings; nil for methods that are not built here.
  private static func migrated(_ name: String, _ reference: OptimizerCase) -> (any UpdateRule, WeightDecay)? {
    let hyper = reference.hyper
    func number(_ name: String) -> Double { hyper[name] ?? .nan }
    func value(_ name: String) -> Schedule { .constant(number(name)) }
    func flag(_ name: String) -> Bool { hyper[name] == 1 }
    func beta(_ index: Int) -> Schedule {
      .constant(hyper["betas[\(index - 1)]"] ?? number("b\(index)"))
    }
    let lambda = number("weight_decay")
    let coupled: WeightDecay = lambda > 0 ? .coupled(.constant(lambda)) : .none
    let decoupled: WeightDecay = lambda > 0 ? .decoupled(.constant(lambda)) : .none
    let momentum: Schedule = .constant(hyper["momentum"] ?? 0)
    let epsilon = number("eps")

    switch name {
    case "torch sgd":
      let rule = SGD(
        momentum: momentum, dampening: value("dampening"), nesterov: flag("nesterov"), maximize: flag("maximize"))
      return (rule, coupled)
    case "optax sgd": return (SGD(momentum: momentum, nesterov: flag("nesterov")), .none)
    case "torch adam", "torch adamw":
      let rule: any UpdateRule =
        flag("amsgrad")
        ? AMSGrad(beta1: beta(1), beta2: beta(2), epsilon: epsilon, maximize: flag("maximize"))
        : Adam(beta1: beta(1), beta2: beta(2), epsilon: epsilon, maximize: flag("maximize"))
      return (rule, name == "torch adam" ? coupled : decoupled)
    case "optax adam", "optax adamw", "optax nadam", "optax nadamw":
      let rule: any UpdateRule =
        flag("nesterov") || name.hasPrefix("optax nadam")
        ? NAdam(beta1: beta(1), beta2: beta(2), epsilon: epsilon, convention: .optax)
        : Adam(beta1: beta(1), beta2: beta(2), epsilon: epsilon, rootEpsilon: number("eps_root"))
      return (rule, decoupled)
    case "optax amsgrad":
      return (AMSGrad(beta1: beta(1), beta2: beta(2), epsilon: epsilon, convention: .optax), .none)
    case "torch nadam":
      let rule = NAdam(beta1: beta(1), beta2: beta(2), epsilon: epsilon, momentumDecay: number("momentum_decay"))
      return (rule, flag("decoupled_weight_decay") ? decoupled : coupled)
    case "torch radam":
      let rule = RAdam(beta1: beta(1), beta2: beta(2), epsilon: epsilon)
      return (rule, flag("decoupled_weight_decay") ? decoupled : coupled)
    case "optax radam": return (RAdam(beta1: beta(1), beta2: beta(2), epsilon: epsilon, convention: .optax), .none)
    case "torch adamax": return (Adamax(beta1: beta(1), beta2: beta(2), epsilon: epsilon), coupled)
    case "optax adamax", "optax adamaxw": return (Adamax(beta1: beta(1), beta2: beta(2), epsilon: epsilon), decoupled)
    case "optax adabelief", "other adabelief":
      let accumulated = hyper["eps_root"] ?? epsilon
      return (AdaBelief(beta1: beta(1), beta2: beta(2), epsilon: epsilon, accumulatedEpsilon: accumulated), .none)
    case "optax yogi", "other yogi": return (Yogi.optax(beta1: beta(1), beta2: beta(2), epsilon: epsilon), .none)
    case "optax adan":
      let rule = Adan(
        beta1: beta(1), beta2: beta(2), beta3: beta(3), epsilon: epsilon, rootEpsilon: number("eps_root"),
        convention: .optax)
      return (rule, decoupled)
    case "other adan": return (Adan(beta1: beta(1), beta2: beta(2), beta3: beta(3), epsilon: epsilon), .none)
    case "optax ademamix", "other ademamix":
      let rule = AdEMAMix(
        beta1: beta(1), beta2: beta(2), beta3: beta(3), alpha: value("alpha"), epsilon: epsilon)
      return (rule, decoupled)
    case "optax adopt": return (ADOPT(beta1: beta(1), beta2: beta(2), epsilon: epsilon), .none)
    case "other adopt":
      return (ADOPT(beta1: beta(1), beta2: beta(2), epsilon: epsilon, convention: .pyTorchOptimizer), .none)
    case "optax lion", "other lion": return (Lion(beta1: beta(1), beta2: beta(2)), decoupled)
    case "optax signsgd": return (Signum(momentum: 0), .none)
    case "optax signum": return (Signum(momentum: value("beta")), .none)
    case "torch adagrad":
      let rule = Adagrad(
        epsilon: epsilon, initialSumOfSquares: number("initial_accumulator_value"), rateDecay: value("lr_decay"))
      return (rule, coupled)
    case "optax adagrad":
      let initial = number("initial_accumulator_value")
      return (Adagrad.optax(epsilon: epsilon, initialAccumulatorValue: initial), .none)
    case "torch adadelta", "optax adadelta": return (Adadelta(rho: value("rho"), epsilon: epsilon), coupled)
    case "torch rmsprop":
      return (RMSprop(rho: value("alpha"), epsilon: epsilon, momentum: momentum, centered: flag("centered")), coupled)
    case "optax rmsprop":
      let rule = RMSprop.optax(
        decay: value("decay"), epsilon: epsilon, initialScale: number("initial_scale"),
        epsilonInRoot: flag("eps_in_sqrt"), centered: flag("centered"), momentum: momentum, nesterov: flag("nesterov"),
        biasCorrection: flag("bias_correction"))
      return (rule, .none)
    case "torch rprop":
      let rule = Rprop(
        initialStep: number("lr"), decrease: value("etas[0]"), increase: value("etas[1]"),
        leastStep: number("step_sizes[0]"), largestStep: number("step_sizes[1]"))
      return (rule, .none)
    case "torch asgd":
      return (ASGD(lambda: value("lambd"), power: value("alpha"), averagingStart: number("t0")), coupled)
    case "optax optimistic_gd": return (OptimisticDescent(alpha: value("alpha"), beta: value("beta")), .none)
    case "optax optimistic_adam":
      let rule = OptimisticAdam(
        beta1: beta(1), beta2: beta(2), epsilon: epsilon, alpha: value("alpha"), beta: value("beta"),
        nesterov: flag("nesterov"))
      return (rule, .none)
    case "optax lamb": return (LAMB(beta1: beta(1), beta2: beta(2), epsilon: epsilon), decoupled)
    case "optax lars", "other lars":
      let rule = LARS(
        momentum: momentum, trustCoefficient: value("trust_coefficient"), epsilon: hyper["eps"] ?? 0,
        nesterov: flag("nesterov"), convention: name == "optax lars" ? .optax : .paper)
      return (rule, decoupled)
    case "optax novograd", "other novograd":
      return (NovoGrad(beta1: beta(1), beta2: beta(2), epsilon: epsilon), decoupled)
    case "torch adafactor":
      let rule = Adafactor(
        decay: -number("beta2_decay"), epsilon: hyper["eps[0]"], leastParameterScale: number("eps[1]"),
        clipThreshold: number("d"))
      return (rule, decoupled)
    case "optax adafactor":
      let rule = Adafactor(
        decay: number("decay_rate"), epsilon: number("eps"), clipThreshold: number("clipping_threshold"),
        rateForm: flag("multiply_by_parameter_scale") ? .scaled : .absolute,
        leastFactoredExtent: Int(number("min_dim_size_to_factor")))
      return (rule, .none)
    case "torch muon":
      let rule = Muon(
        momentum: momentum, nesterov: flag("nesterov"), iterations: Int(number("ns_steps")),
        coefficients: [number("ns_coefficients[0]"), number("ns_coefficients[1]"), number("ns_coefficients[2]")],
        epsilon: epsilon, convention: flag("adjust_lr_fn[match_rms_adamw]") ? .matchingAdam : .pyTorch)
      return (rule, decoupled)
    case "optax muon":
      let rule = Muon(
        momentum: value("beta"), nesterov: flag("nesterov"), iterations: Int(number("ns_steps")),
        coefficients: [number("ns_coeffs[0]"), number("ns_coeffs[1]"), number("ns_coeffs[2]")], epsilon: epsilon,
        convention: .optax)
      return (rule, decoupled)
    case "optax sm3", "other sm3": return (SM3(momentum: momentum, epsilon: hyper["eps"] ?? 1e-8), .none)
    case "optax fromage": return (Fromage(leastNorm: number("min_norm")), .none)
    default: return nil
    }
  }

  /// torch's names of what the rules keep.
  private static let torchSlots = [
    "momentum_buffer": "momentum", "exp_avg": "mean", "exp_avg_sq": "meanSquare",
    "max_exp_avg_sq": "largestMeanSquare", "exp_inf": "largestMagnitude", "sum": "sumOfSquares",
    "square_avg": "meanSquare", "acc_delta": "meanSquareUpdate", "grad_avg": "mean", "ax": "average",
    "step_size": "step",
  ]

  @Test(arguments: all) func followsItsPeer(_ migration: Migration) throws {
    let reference = migration.reference
    let replay = try Replay(reference)
    let optimizer = try Optimizer<Double>(
      migration.rule, learningRate: LearningRate(.constant(migration.rate)), weightDecay: migration.decay,
      options: ExecutionOptions(backend: .kernels), for: replay.layout)
    // pytorch_optimizer's LARS moves vectors plainly.
    let isForMatrices = migration.rule is LARS && migration.peer == "other"
    let isCompared = { (tensor: String) in !isForMatrices || replay.layout[tensor]!.shape.count > 1 }
    try replay.follow(
      optimizer, where: isCompared,
      visit: { step, optimizer in
        guard migration.peer == "torch" else { return }
        // Squares have twice the error of what is squared, and those of gradients at parameters that are off are off too.
        let tolerance = 10 * (reference.snapshots.first { $0.step == step }?.tensorRel ?? 0)
        for state in reference.state where state.step == step {
          for (tensor, slots) in state.slots {
            for (name, expected) in slots {
              guard let slot = Self.torchSlots[name], let found = try optimizer.state().slots[slot]?[tensor] else {
                continue
              }
              let error = relativeError(found.elements, expected: expected)
              #expect(error <= tolerance, "\(name) of \(tensor), step \(step)")
            }
          }
        }
      })
  }

  /// Clipping, a schedule, AdamW and two groups together, where torch and optax agree.
  @Test func clippedScheduledGroupsFollowBothPeers() throws {
    for reference in try ReferenceFile.load("optimizer_combos", as: Combination.File.self).cases {
      let problem = try #require(SmallProblem.all[reference.problem])
      let layout = try Layout(problem.params0.map { ($0.name!, $0.shape) })
      let (schedule, rate) = (reference.schedule, reference.groups[0].lr)
      let warm = Schedule.warmup(to: rate, over: schedule.warmupSteps, startFactor: schedule.startFactor)
      let cosine = Schedule.cosine(
        from: rate, to: rate * schedule.endFactor, over: schedule.totalSteps - schedule.warmupSteps)
      let groups = reference.groups.enumerated().map { index, group in
        ParameterGroup(
          "group \(index)", tensors: Set(group.tensors), learningRateScale: group.lr / rate,
          weightDecay: .decoupled(.constant(group.weightDecay)))
      }
      var optimizer = try Optimizer<Double>(
        Adam(), learningRate: LearningRate(warm.then(cosine)), clipping: .norm(reference.clip.maxNorm), groups: groups,
        for: layout)
      var parameters = try ParameterSet(problem.params0.map { ($0.name!, try Tensor($0.elements, shape: $0.shape)) })
      for step in 1...50 {
        let elements = Dictionary(
          uniqueKeysWithValues: layout.entries.map { ($0.name, parameters[$0.name]!.elements) })
        let gradient = problem.gradient(step: step - 1, at: elements)
        let report = try optimizer.step(
          &parameters,
          gradients: ParameterSet(layout.entries.map { ($0.name, try Tensor(gradient[$0.name]!, shape: $0.shape)) }))
        #expect(abs(report.learningRate - reference.lrs[step - 1][0]) <= 1e-14, "step \(step)")
        for snapshot in reference.snapshots where snapshot.step == step {
          for (name, expected) in snapshot.params {
            let error = relativeError(parameters[name]!.elements, expected: expected)
            #expect(error <= reference.tolerance.tensorRel, "\(reference.id): \(name) after step \(step)")
          }
        }
      }
    }
  }
}

/// A case of optimizer_combos.json.
private struct Combination: Decodable {
  struct File: Decodable { let cases: [Combination] }
  struct Clip: Decodable {
    let maxNorm: Double
    enum CodingKeys: String, CodingKey { case maxNorm = "max_norm" }
  }
  struct Rate: Decodable {
    let warmupSteps, totalSteps: Int
    let startFactor, endFactor: Double
    enum CodingKeys: String, CodingKey {
      case warmupSteps = "warmup_steps"
      case totalSteps = "total_steps"
      case startFactor = "start_factor"
      case endFactor = "end_factor"
    }
  }
  struct Group: Decodable {
    let tensors: [String]
    let lr, weightDecay: Double
    enum CodingKeys: String, CodingKey {
      case tensors, lr
      case weightDecay = "weight_decay"
    }
  }
  struct Snapshot: Decodable {
    let step: Int
    let params: [String: [Double]]
  }
  struct Tolerance: Decodable {
    let tensorRel: Double
    enum CodingKeys: String, CodingKey { case tensorRel = "tensor_rel" }
  }

  let id, problem: String
  let clip: Clip
  let schedule: Rate
  let groups: [Group]
  let tolerance: Tolerance
  let lrs: [[Double]]
  let snapshots: [Snapshot]
}
