internal import Schedules

/// Every built-in rule by name.
public enum RuleCatalogue {
  /// The rule of a name, if there is one.
  public static func entry(named name: String) -> RuleEntry? { all.first { $0.name == name } }

  /// Every built-in rule: descent and momentum, Adam and its kin, signs, accumulating rules, rules of whole tensors, shapes, rules
  /// that find their rate, rules that need no schedule.
  public static let all: [RuleEntry] = [
    RuleEntry(
      "sgd", "descent along the gradient, with momentum", "b ← μ b + (1 - τ) g; θ ← θ - η b",
      "Sutskever et al. 2013", learningRate: 0.01, ["momentum": 0, "dampening": 0, "nesterov": 0]
    ) { SGD(momentum: $0.momentum, dampening: $0.dampening, nesterov: $0.nesterov) },
    RuleEntry(
      "qhm", "quasi-hyperbolic momentum", "m ← β m + (1 - β) g; θ ← θ - η ((1 - ν) g + ν m)",
      "Ma and Yarats 2019", learningRate: 1, ["momentum": 0.999, "nu": 0.7]
    ) { QuasiHyperbolic(momentum: $0.momentum, nu: $0.nu) },
    RuleEntry(
      "optimistic", "descent that looks ahead, for games", "θ ← θ - η (α g + β (g - g₋))",
      "Daskalakis et al. 2018", learningRate: 0.01, ["alpha": 1, "beta": 1]
    ) { OptimisticDescent(alpha: $0.alpha, beta: $0.beta) },
    RuleEntry(
      "asgd", "descent that keeps the mean of its parameters", "ηₖ = η / (1 + λ η k)^α; θ ← (1 - λ ηₖ) θ - ηₖ g",
      "Polyak and Juditsky 1992", learningRate: 0.01, ["lambda": 1e-4, "power": 0.75, "averagingStart": 1e6]
    ) { ASGD(lambda: $0.lambda, power: $0.power, averagingStart: $0.averagingStart) },

    RuleEntry(
      "adam", "means of the gradient and of its square", "θ ← θ - η m̂ / (√v̂ + ε)", "Kingma and Ba 2015",
      learningRate: 1e-3, ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "rootEpsilon": 0]
    ) { Adam(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, rootEpsilon: $0.rootEpsilon) },
    RuleEntry(
      "adamw", "Adam with decoupled weight decay", "θ ← (1 - η λ) θ - η m̂ / (√v̂ + ε)", "Loshchilov and Hutter 2019",
      learningRate: 1e-3, weightDecay: .decoupled(0.01),
      ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "rootEpsilon": 0]
    ) { Adam(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, rootEpsilon: $0.rootEpsilon) },
    RuleEntry(
      "amsgrad", "Adam whose divisor never falls", "w ← max(w, v); θ ← θ - η m̂ / (√ŵ + ε)", "Reddi et al. 2018",
      learningRate: 1e-3, ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8]
    ) { AMSGrad(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon) },
    RuleEntry(
      "nadam", "Adam with Nesterov's momentum", "θ ← θ - η (a g + b m) / (√v̂ + ε)", "Dozat 2016", learningRate: 2e-3,
      ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "momentumDecay": 0.004]
    ) { NAdam(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, momentumDecay: $0.momentumDecay) },
    RuleEntry(
      "radam", "Adam with a rectified start", "θ ← θ - η r m̂ / (√v̂ + ε), or θ - η m̂ while ρ ≤ 5", "Liu et al. 2020",
      learningRate: 1e-3, ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8]
    ) { RAdam(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon) },
    RuleEntry(
      "adamax", "Adam with the largest magnitude", "u ← max(β₂ u, |g| + ε); θ ← θ - η m̂ / u", "Kingma and Ba 2015",
      learningRate: 2e-3, ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8]
    ) { Adamax(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon) },
    RuleEntry(
      "adabelief", "Adam that divides by the deviation", "s ← β₂ s + (1 - β₂) (g - m)² + ε'; θ ← θ - η m̂ / (√ŝ + ε)",
      "Zhuang et al. 2020", learningRate: 1e-3,
      ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-16, "accumulatedEpsilon": 1e-16]
    ) {
      AdaBelief(
        beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, accumulatedEpsilon: $0.accumulatedEpsilon)
    },
    RuleEntry(
      "yogi", "Adam whose squares fall slowly", "v ← v - (1 - β₂) sign(v - g²) g²; θ ← θ - η m̂ / (√v̂ + ε)",
      "Zaheer et al. 2018", learningRate: 1e-2,
      ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-3, "initialMean": 0, "initialMeanSquare": 1e-6]
    ) {
      Yogi(
        beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, initialMean: $0.initialMean,
        initialMeanSquare: $0.initialMeanSquare)
    },
    RuleEntry(
      "adan", "Adam with the mean of differences", "θ ← (θ - η (m̂ + β₂ d̂) / (√n̂ + ε)) / (1 + η λ)", "Xie et al. 2022",
      learningRate: 1e-3, ["beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "epsilon": 1e-8, "rootEpsilon": 0]
    ) {
      Adan(
        beta1: $0.beta1, beta2: $0.beta2, beta3: $0.beta3, epsilon: $0.epsilon, rootEpsilon: $0.rootEpsilon)
    },
    RuleEntry(
      "ademamix", "Adam with a slow mean beside the fast one", "θ ← θ - η (m̂ + α s) / (√v̂ + ε)",
      "Pagliardini et al. 2024", learningRate: 1e-3,
      ["beta1": 0.9, "beta2": 0.999, "beta3": 0.9999, "alpha": 5, "epsilon": 1e-8]
    ) { AdEMAMix(beta1: $0.beta1, beta2: $0.beta2, beta3: $0.beta3, alpha: $0.alpha, epsilon: $0.epsilon) },
    RuleEntry(
      "adopt", "momentum of gradients over an earlier root mean square",
      "m ← β₁ m + (1 - β₁) clamp(g / max(√v, ε), ±(k - 1)^¼); θ ← θ - η m", "Taniguchi et al. 2024", learningRate: 1e-3,
      ["beta1": 0.9, "beta2": 0.9999, "epsilon": 1e-6]
    ) { ADOPT(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon) },
    RuleEntry(
      "optimistic-adam", "Adam that looks ahead, for games", "θ ← θ - η (α u + β (u - u₋)), u = m̂ / (√v̂ + ε)",
      "Daskalakis et al. 2018", learningRate: 1e-3,
      ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "alpha": 1, "beta": 1, "nesterov": 0]
    ) {
      OptimisticAdam(
        beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, alpha: $0.alpha, beta: $0.beta, nesterov: $0.nesterov)
    },

    RuleEntry(
      "lion", "the sign of a mean that leans to the newest gradient",
      "θ ← θ - η sign(β₁ m + (1 - β₁) g); m ← β₂ m + (1 - β₂) g", "Chen et al. 2023", learningRate: 1e-4,
      ["beta1": 0.9, "beta2": 0.99]
    ) { Lion(beta1: $0.beta1, beta2: $0.beta2) },
    RuleEntry(
      "signum", "the sign of a mean, or of the gradient", "m ← μ m + (1 - μ) g; θ ← θ - η sign(m)",
      "Bernstein et al. 2018", learningRate: 1e-3, ["momentum": 0.9]
    ) { Signum(momentum: $0.momentum) },
    RuleEntry(
      "rprop", "a step for each parameter that grows and shrinks; η is 1", "θ ← θ - η sign(g) Δ",
      "Riedmiller and Braun 1993", learningRate: 1,
      ["initialStep": 0.01, "decrease": 0.5, "increase": 1.2, "leastStep": 1e-6, "largestStep": 50]
    ) {
      Rprop(
        initialStep: $0.initialStep, decrease: $0.decrease, increase: $0.increase, leastStep: $0.leastStep,
        largestStep: $0.largestStep)
    },

    RuleEntry(
      "adagrad", "division by the root of all squares", "s ← s + g²; θ ← θ - η g / (√s + ε)", "Duchi et al. 2011",
      learningRate: 1e-2, ["epsilon": 1e-10, "rootEpsilon": 0, "initialSumOfSquares": 0, "rateDecay": 0]
    ) {
      Adagrad(
        epsilon: $0.epsilon, rootEpsilon: $0.rootEpsilon, initialSumOfSquares: $0.initialSumOfSquares,
        rateDecay: $0.rateDecay)
    },
    RuleEntry(
      "adadelta", "the gradient in units of earlier steps; η is 1", "Δ = √((u + ε) / (v + ε)) g; θ ← θ - η Δ",
      "Zeiler 2012", learningRate: 1, ["rho": 0.9, "epsilon": 1e-6]
    ) { Adadelta(rho: $0.rho, epsilon: $0.epsilon) },
    RuleEntry(
      "rmsprop", "division by the root mean square", "v ← ρ v + (1 - ρ) g²; θ ← θ - η g / (√v + ε)",
      "Tieleman and Hinton 2012", learningRate: 1e-2,
      [
        "rho": 0.99, "epsilon": 1e-8, "rootEpsilon": 0, "momentum": 0, "nesterov": 0, "centered": 0, "correctsBias": 0,
        "initialMeanSquare": 0,
      ]
    ) {
      RMSprop(
        rho: $0.rho, epsilon: $0.epsilon, rootEpsilon: $0.rootEpsilon, momentum: $0.momentum, nesterov: $0.nesterov,
        centered: $0.centered, correctsBias: $0.correctsBias, initialMeanSquare: $0.initialMeanSquare)
    },
    RuleEntry(
      "ftrl", "the regularised leader, with exact zeros",
      "θ ← 0 where |z| ≤ λ₁, else -(z - sign(z) λ₁) / ((β + √n) / η + λ₂)",
      "McMahan et al. 2013", learningRate: 0.1, ["lambda1": 0, "lambda2": 0, "beta": 1]
    ) { FTRL(lambda1: $0.lambda1, lambda2: $0.lambda2, beta: $0.beta) },

    RuleEntry(
      "lamb", "Adam, with steps as long as the tensor says", "u = m̂ / (√v̂ + ε) + λ θ; θ ← θ - η ‖θ‖ / ‖u‖ · u",
      "You et al. 2020", learningRate: 1e-3, ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-6]
    ) { LAMB(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon) },
    RuleEntry(
      "lars", "momentum, with steps in proportion to the tensor",
      "b ← μ b + η κ ‖θ‖ / (‖g‖ + λ ‖θ‖) (g + λ θ); θ ← θ - b", "You et al. 2017", learningRate: 1,
      ["momentum": 0.9, "trustCoefficient": 0.001, "epsilon": 0, "nesterov": 0]
    ) {
      LARS(
        momentum: $0.momentum, trustCoefficient: $0.trustCoefficient, epsilon: $0.epsilon, nesterov: $0.nesterov)
    },
    RuleEntry(
      "novograd", "momentum of gradients over the norm of their tensor", "m ← β₁ m + g / (√v + ε) + λ θ; θ ← θ - η m",
      "Ginsburg et al. 2019", learningRate: 1e-2, ["beta1": 0.9, "beta2": 0.25, "epsilon": 1e-6]
    ) { NovoGrad(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon) },
    RuleEntry(
      "fromage", "steps in proportion to the tensor, drawn in", "θ ← (θ - η ‖θ‖ / ‖g‖ · g) / √(1 + η²)",
      "Bernstein et al. 2020", learningRate: 1e-2, ["leastNorm": 1e-6]
    ) { Fromage(leastNorm: $0.leastNorm) },

    RuleEntry(
      "muon", "orthogonalised momentum of matrices, Adam for the rest",
      "M ← μ M + (1 - μ) G; θ ← θ - η √max(1, A/B) NewtonSchulz((1 - μ) G + μ M)", "Jordan et al. 2024",
      learningRate: 0.02, weightDecay: .decoupled(0.1), ["momentum": 0.95, "nesterov": 1]
    ) { Muon(momentum: $0.momentum, nesterov: $0.nesterov) },
    RuleEntry(
      "adafactor", "means of squares by row and column",
      "U = G / √(R Cᵀ / mean R); θ ← θ - min(η, 1/√k) max(ε₂, RMS(θ)) U / max(1, RMS(U) / d)",
      "Shazeer and Stern 2018", learningRate: 0.01, ["decay": 0.8, "leastParameterScale": 1e-3, "clipThreshold": 1]
    ) {
      Adafactor(
        decay: $0.decay, leastParameterScale: $0.leastParameterScale, clipThreshold: $0.clipThreshold)
    },
    RuleEntry(
      "sm3", "Adagrad with a sum for each row and column",
      "v = min(r, c) + g²; m ← μ m + (1 - μ) g / √(v + ε); θ ← θ - η m",
      "Anil et al. 2019", learningRate: 0.1, ["momentum": 0.9, "epsilon": 1e-8]
    ) { SM3(momentum: $0.momentum, epsilon: $0.epsilon) },

    RuleEntry(
      "prodigy", "AdamW that finds its own rate; η is 1 or a shape", "θ ← (1 - d η λ) θ - d η m / (√v + d ε)",
      "Mishchenko and Defazio 2024", learningRate: 1,
      [
        "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "initialDistance": 1e-6, "coefficient": 1, "correctsBias": 0,
        "safeguardsWarmup": 0,
      ]
    ) {
      Prodigy(
        beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, initialDistance: $0.initialDistance,
        coefficient: $0.coefficient, correctsBias: $0.correctsBias, safeguardsWarmup: $0.safeguardsWarmup)
    },
    RuleEntry(
      "d-adaptation", "AdamW that finds its own rate; η is 1 or a shape",
      "m ← β₁ m + (1 - β₁) d η c g; θ ← (1 - d η c λ) θ - m / (√v + ε)", "Defazio and Mishchenko 2023", learningRate: 1,
      ["beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "initialDistance": 1e-6]
    ) {
      DAdaptation(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon, initialDistance: $0.initialDistance)
    },
    RuleEntry(
      "schedule-free-sgd", "descent beside its average, which needs no decaying rate",
      "z ← z - η g; x ← x + c (z - x); θ ← (1 - β) z + β x", "Defazio et al. 2024", learningRate: 1,
      ["interpolation": 0.9, "stepPower": 0, "ratePower": 2]
    ) {
      ScheduleFreeSGD(
        interpolation: $0.interpolation,
        weighting: ScheduleFreeWeighting(stepPower: $0.stepPower, ratePower: $0.ratePower))
    },
    RuleEntry(
      "schedule-free-adamw", "AdamW beside its average, which needs no decaying rate",
      "z ← z - η (g / (√v̂ + ε) + λ θ); x ← x + c (z - x); θ ← (1 - β) z + β x", "Defazio et al. 2024",
      learningRate: 2.5e-3, ["interpolation": 0.9, "beta2": 0.999, "epsilon": 1e-8, "stepPower": 0, "ratePower": 2]
    ) {
      ScheduleFreeAdamW(
        interpolation: $0.interpolation, beta2: $0.beta2, epsilon: $0.epsilon,
        weighting: ScheduleFreeWeighting(stepPower: $0.stepPower, ratePower: $0.ratePower))
    },
    RuleEntry(
      "schedule-free-radam", "the same, warming itself up",
      "z ← z - η r (g / (√v̂ + ε) + λ θ); x ← x + c (z - x); θ ← (1 - β) z + β x",
      "Defazio et al. 2024, Liu et al. 2020",
      learningRate: 2.5e-3,
      ["interpolation": 0.9, "beta2": 0.999, "epsilon": 1e-8, "stepPower": 0, "ratePower": 2, "startsSilently": 1]
    ) {
      ScheduleFreeRAdam(
        interpolation: $0.interpolation, beta2: $0.beta2, epsilon: $0.epsilon,
        weighting: ScheduleFreeWeighting(stepPower: $0.stepPower, ratePower: $0.ratePower),
        startsSilently: $0.startsSilently)
    },
  ]
}
