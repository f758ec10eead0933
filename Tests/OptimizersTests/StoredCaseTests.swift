import TestSupport
import Testing

/// Every stored case is followed by a test, or is listed here with the reason.
@Suite struct StoredCaseTests {
  /// Methods that have a suite of their own, which takes all cases of this name.
  private static let ofOtherSuites: Set<String> = [
    "optax polyak_sgd", "optax dog", "optax dowg",  // ControllerTests
    "optax prodigy", "other prodigy", "optax dadapt_adamw",  // ParameterFreeRuleTests
    "optax schedule_free_sgd", "optax schedule_free_adamw",  // ScheduleFreeTests, but for a warm-up
    "other schedule_free_sgd", "other schedule_free_adamw", "other schedule_free_radam",
    "weights lookahead", "weights ema", "weights sam",  // LookaheadTests, WeightAverageTests, SAMTests
  ]

  /// Methods that no rule here claims to be: how many cases, and why not.
  private static let unfollowed: [String: (count: Int, reason: String)] = [
    "optax rprop": (
      3, "version 0.2.8 applies the update of the step before; Riedmiller and Braun, and torch, this one"
    ),
    "other lamb": (
      2,
      "pytorch_optimizer corrects no bias and clamps the norm of the parameters at 10; algorithm 2 of You et al. does not"
    ),
    "other dadapt_adam": (
      2, "pytorch_optimizer sums the numerator with the new second moment; algorithm 5 and Optax with the old one"
    ),
    "other dadapt_sgd": (2, "not built: D-Adaptation of SGD"),
    "optax madgrad": (3, "not built"), "optax sophia": (2, "not built: it needs draws of the curvature"),
  ]

  /// Optax's warm-up of a schedule-free rule, whose rates are one step behind its weights.
  private static let warmedUp = Set(ScheduleFreeTests.ofOptax.filter { $0.hyper["warmup_steps"] != nil }.map(\.id))

  @Test(arguments: [("torch", 166, 166), ("optax", 283, 271), ("other", 66, 60), ("weights", 24, 24)])
  func everyTrajectoryIsFollowedOrNamed(_ peer: String, _ count: Int, _ followed: Int) {
    let cases = OptimizerCase.all(peer: peer)
    #expect(cases.count == count && Set(cases.map(\.id)).count == count)
    let migrated = Set(PeerTests.all.filter { $0.peer == peer }.map(\.reference.id))
    var seen = 0
    for stored in cases {
      let method = "\(peer) \(stored.optimizer)"
      let isElsewhere = Self.ofOtherSuites.contains(method) && !(peer == "optax" && Self.warmedUp.contains(stored.id))
      let isFollowed = migrated.contains(stored.id) != isElsewhere
      let isNamed = Self.unfollowed[method] != nil || peer == "optax" && Self.warmedUp.contains(stored.id)
      #expect(isFollowed != isNamed, "\(peer) \(stored.id)")
      if isFollowed { seen += 1 }
    }
    #expect(seen == followed)
    for (method, named) in Self.unfollowed where method.hasPrefix(peer + " ") {
      #expect(cases.count { "\(peer) \($0.optimizer)" == method } == named.count && !named.reason.isEmpty)
    }
  }

  /// A case of clipping.json is a norm, clipped tensors, or an error, and each kind has its test.
  @Test func everyClipIsTried() {
    let counts = ClippingCase.all.reduce(into: [:] as [String: Int]) { $0[$1.operation, default: 0] += 1 }
    #expect(
      counts == [
        "clip_global_norm": 124, "clip_value": 10, "clip_block_rms": 9, "clip_per_tensor_norm": 19, "adaptive_clip": 5,
        "norms_of_long": 3,
      ])
    for stored in ClippingCase.all {
      let expected = stored.expected
      let isTried =
        switch stored.operation {
        case "adaptive_clip", "norms_of_long": true
        case "clip_global_norm": stored.clipped != nil || expected.totalNorm != nil || expected.error != nil
        case "clip_per_tensor_norm": stored.clipped != nil || expected.norms != nil || expected.error != nil
        default: stored.clipped != nil || expected.error != nil
        }
      #expect(isTried, "\(stored.id)")
      #expect(expected.error.map { ["nonfinite", "invalid_parameter"].contains($0) } ?? true, "\(stored.id)")
    }
  }
}
