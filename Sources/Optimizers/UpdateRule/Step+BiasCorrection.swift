internal import RealModule
public import Schedules

extension Step {
  /// 1 - βᵏ at step k: what a running mean that begins at zero is divided by to be unbiased. Accurate also for β near 1,
  /// where the difference cancels; of a β that changes the value in this step counts.
  public func biasCorrection(_ beta: Schedule) -> Double {
    -Double.expMinusOne(Double(number) * Double.log(onePlus: self(beta) - 1))
  }
}
