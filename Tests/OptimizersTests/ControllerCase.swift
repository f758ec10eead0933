import Descent
import NaiveReference

/// One row of the table of controllers that look at parameters, gradients and losses.
struct ControllerCase: Sendable, CustomStringConvertible {
  /// The rate of the next step: of the schedule's value, θ, g and the loss.
  typealias Naive = (_ base: Double, _ x: [Double], _ gradient: [Double], _ loss: Double) -> Double

  let description: String
  let controller: LearningRate.Controller
  /// A naive controller that has seen nothing.
  let naive: @Sendable () -> Naive

  /// Whether the rate depends on what became of the gradient, which the naive controllers are not told.
  var seesTheClipFactor: Bool {
    if case .barzilaiBorwein(let rate) = controller { rate.safeguard != nil } else { false }
  }

  static let all: [ControllerCase] =
    [
      polyak(PolyakRate(cap: 1)), polyak(PolyakRate(leastLoss: -3, cap: 0.01, scale: 0.5, epsilon: 1e-3)),
      polyak(PolyakRate(leastLoss: 1e9)), distance(.dog()), distance(.dog(beginning: .distance(0.01), epsilon: 1e-3)),
      distance(.dog(beginning: .rate(0.003))), distance(.dowg()),
      distance(.dowg(beginning: .relative(1e-3), epsilon: 1e-2)),
      hypergradient(HypergradientRate(hyperRate: 0.05, range: 0...1)),
      hypergradient(HypergradientRate(.additive, hyperRate: 1e-7, range: 0.01...0.03)),
    ]
    + [BarzilaiBorweinRate.Form.long, .short, .alternating].flatMap { form in
      [
        barzilaiBorwein(BarzilaiBorweinRate(initialRate: 0.01, form: form)),
        barzilaiBorwein(
          BarzilaiBorweinRate(
            initialRate: 1.9, form: form, range: 1e-3...0.2,
            safeguard: .init(window: 2, sufficientDecrease: 0.5, backoff: 0.25))),
        barzilaiBorwein(BarzilaiBorweinRate(initialRate: 0.01, form: form, safeguard: nil)),
      ]
    }

  private static func polyak(_ rate: PolyakRate) -> ControllerCase {
    ControllerCase(description: "\(rate)", controller: .polyak(rate)) {
      { base, _, gradient, loss in
        base
          * NaivePolyakRate.rate(
            loss: loss, leastLoss: rate.leastLoss, gradient: gradient, cap: rate.cap, scale: rate.scale,
            epsilon: rate.epsilon)
      }
    }
  }

  private static func distance(_ rate: DistanceRate) -> ControllerCase {
    ControllerCase(description: "\(rate)", controller: .distance(rate)) {
      let beginning: NaiveDistanceRate.Beginning =
        switch rate.beginning {
        case .relative(let share): .relative(share)
        case .distance(let distance): .distance(distance)
        case .rate(let rate): .rate(rate)
        }
      var naive = NaiveDistanceRate(isWeighted: rate.form == .dowg, beginning: beginning, epsilon: rate.epsilon)
      return { base, x, gradient, _ in base * naive.rate(x, gradient: gradient) }
    }
  }

  private static func hypergradient(_ rate: HypergradientRate) -> ControllerCase {
    ControllerCase(description: "\(rate)", controller: .hypergradient(rate)) {
      var naive = NaiveHypergradientRate(
        isAdditive: rate.form == .additive, beta: rate.hyperRate, least: rate.range.lowerBound,
        most: rate.range.upperBound)
      return { base, _, gradient, _ in naive.rate(base, gradient: gradient) }
    }
  }

  private static func barzilaiBorwein(_ rate: BarzilaiBorweinRate) -> ControllerCase {
    ControllerCase(description: "\(rate)", controller: .barzilaiBorwein(rate)) {
      let form: NaiveBarzilaiBorweinRate.Form =
        switch rate.form {
        case .long: .long
        case .short: .short
        case .alternating: .alternating
        }
      var naive = NaiveBarzilaiBorweinRate(
        initialRate: rate.initialRate, form: form, least: rate.range.lowerBound, most: rate.range.upperBound,
        window: rate.safeguard?.window ?? 0, gamma: rate.safeguard?.sufficientDecrease ?? 0,
        backoff: rate.safeguard?.backoff ?? 1)
      return { base, x, gradient, loss in naive.rate(base, x, gradient: gradient, loss: loss) }
    }
  }
}
