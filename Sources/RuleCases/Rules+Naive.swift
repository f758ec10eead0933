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
