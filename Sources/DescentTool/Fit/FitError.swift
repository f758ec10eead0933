internal import Descent

/// A step of a fit that was refused because numbers became too large, with what the command can do about it.
struct FitError: Error, CustomStringConvertible {
  let description: String
}

extension StepError {
  /// The error with the advice of the command, where the library's is for who writes code.
  var ofAFit: any Error {
    switch self {
    case .nonFiniteGradient, .gradientTooLarge, .sumsOverflowed, .parametersOverflowed:
      let finding = description.split(separator: ". ", maxSplits: 1)[0]
      return FitError(
        description:
          "\(finding). Lower --learning-rate, --standardize the features, or limit the gradient by --clip-norm")
    default: return self
    }
  }
}
