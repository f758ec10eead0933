internal import Descent

/// A fit whose numbers became too large, with what the command can do about it.
struct FitError: Error, CustomStringConvertible {
  let description: String

  init(diverged finding: String) {
    description = "\(finding). Lower the rate, --standardize the features, or limit the gradient by --clip-norm"
  }
}

extension StepError {
  /// The error with the advice of the command, where the library's is for who writes code.
  var ofAFit: any Error {
    switch self {
    case .nonFiniteGradient, .nonFiniteParameter, .gradientTooLarge, .sumsOverflowed, .parametersOverflowed,
      .productsOverflowed, .nonFiniteLoss:
      FitError(diverged: finding)
    default: self
    }
  }
}
