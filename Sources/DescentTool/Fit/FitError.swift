internal import Descent

/// A step of a fit that was refused because numbers became too large, with what the command can do about it.
struct FitError: Error, CustomStringConvertible {
  let description: String

  init(diverged finding: some StringProtocol) {
    description = "\(finding). Lower the rate, --standardize the features, or limit the gradient by --clip-norm"
  }
}

extension StepError {
  /// The error with the advice of the command, where the library's is for who writes code.
  var ofAFit: any Error {
    switch self {
    case .nonFiniteGradient, .gradientTooLarge, .sumsOverflowed, .parametersOverflowed:
      return FitError(diverged: description.split(separator: ". ", maxSplits: 1)[0])
    default: return self
    }
  }
}
