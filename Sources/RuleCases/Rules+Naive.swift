package import Descent
package import NaiveReference

// Each rule beside its naive loop. A new rule is a new extension here and a new row of `RuleCase.all`.

extension SGD: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveSGD<Scalar>(
      momentum: momentum == 0 ? nil : NaiveSetting(momentum), dampening: NaiveSetting(dampening), isNesterov: nesterov,
      isMaximizing: maximize)
  }
}

extension Adam: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAdam<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon, rootEpsilon: rootEpsilon,
      isMaximizing: maximize)
  }
}

extension AMSGrad: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAMSGrad<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon, correctsFirst: convention == .optax,
      isMaximizing: maximize)
  }
}

extension NAdam: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveNAdam<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon, momentumDecay: momentumDecay,
      isScheduled: convention == .pyTorch)
  }
}

extension RAdam: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveRAdam<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon, isTorch: convention == .pyTorch)
  }
}

extension Adamax: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAdamax<Scalar>(beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon)
  }
}

extension AdaBelief: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAdaBelief<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon, accumulatedEpsilon: accumulatedEpsilon)
  }
}

extension Yogi: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveYogi<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon, initialMean: initialMean,
      initialMeanSquare: initialMeanSquare)
  }
}

extension Adan: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAdan<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), beta3: NaiveSetting(beta3), epsilon: epsilon,
      rootEpsilon: rootEpsilon, isPaper: convention == .paper)
  }
}

extension AdEMAMix: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAdEMAMix<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), beta3: NaiveSetting(beta3), alpha: NaiveSetting(alpha),
      epsilon: epsilon)
  }
}

extension ADOPT: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveADOPT<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon,
      countsFirst: convention == .pyTorchOptimizer)
  }
}

extension Lion: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveLion<Scalar>(beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2))
  }
}

extension Signum: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveSignum<Scalar>(momentum: momentum == 0 ? nil : NaiveSetting(momentum))
  }
}

extension QuasiHyperbolic: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveQuasiHyperbolic<Scalar>(momentum: NaiveSetting(momentum), nu: NaiveSetting(nu))
  }
}

extension Adagrad: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAdagrad<Scalar>(
      rateDecay: NaiveSetting(rateDecay), epsilon: epsilon, rootEpsilon: rootEpsilon,
      initialSumOfSquares: initialSumOfSquares)
  }
}

extension Adadelta: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveAdadelta<Scalar>(rho: NaiveSetting(rho), epsilon: epsilon)
  }
}

extension RMSprop: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveRMSprop<Scalar>(
      rho: NaiveSetting(rho), epsilon: epsilon, rootEpsilon: rootEpsilon,
      momentum: momentum == 0 ? nil : NaiveSetting(momentum), isNesterov: nesterov, isCentered: centered,
      correctsBias: correctsBias, initialMeanSquare: initialMeanSquare)
  }
}

extension Rprop: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveRprop<Scalar>(
      decrease: NaiveSetting(decrease), increase: NaiveSetting(increase), initialStep: initialStep,
      leastStep: leastStep, largestStep: largestStep)
  }
}

extension ASGD: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveASGD<Scalar>(lambda: NaiveSetting(lambda), power: NaiveSetting(power), averagingStart: averagingStart)
  }
}

extension FTRL: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveFTRL<Scalar>(lambda1: NaiveSetting(lambda1), lambda2: NaiveSetting(lambda2), beta: beta)
  }
}

extension OptimisticDescent: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveOptimisticDescent<Scalar>(alpha: NaiveSetting(alpha), beta: NaiveSetting(beta))
  }
}

extension OptimisticAdam: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveOptimisticAdam<Scalar>(
      beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), alpha: NaiveSetting(alpha), beta: NaiveSetting(beta),
      epsilon: epsilon, isNesterov: nesterov)
  }
}

extension LAMB: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveLAMB<Scalar>(beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon)
  }
}

extension LARS: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveLARS<Scalar>(
      momentum: NaiveSetting(momentum), trustCoefficient: NaiveSetting(trustCoefficient), epsilon: epsilon,
      isNesterov: nesterov, isPaper: convention == .paper)
  }
}

extension NovoGrad: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveNovoGrad<Scalar>(beta1: NaiveSetting(beta1), beta2: NaiveSetting(beta2), epsilon: epsilon)
  }
}

extension Fromage: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveFromage<Scalar>(leastNorm: leastNorm)
  }
}

extension ScheduleFreeSGD: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveScheduleFree<Scalar>(
      interpolation: NaiveSetting(interpolation), stepPower: weighting.stepPower, ratePower: weighting.ratePower)
  }
}

extension ScheduleFreeAdamW: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveScheduleFree<Scalar>(
      interpolation: NaiveSetting(interpolation), stepPower: weighting.stepPower, ratePower: weighting.ratePower,
      secondMoment: .init(beta2: NaiveSetting(beta2), epsilon: NaiveSetting(epsilon)))
  }
}

extension ScheduleFreeRAdam: RuleReference {
  package func naive<Scalar: TensorScalar>(_ type: Scalar.Type) -> any NaiveRule<Scalar> {
    NaiveScheduleFree<Scalar>(
      interpolation: NaiveSetting(interpolation), stepPower: weighting.stepPower, ratePower: weighting.ratePower,
      secondMoment: .init(beta2: NaiveSetting(beta2), epsilon: NaiveSetting(epsilon), isSilent: startsSilently))
  }
}
