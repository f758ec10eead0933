import Descent
import RuleCases
import TestSupport
import Testing

@Suite struct RuleCatalogueTests {
  /// The rules as Swift makes them, which is what the numbers of the catalogue must make too.
  private static let defaults: [String: any UpdateRule] = [
    "sgd": SGD(), "qhm": QuasiHyperbolic(), "optimistic": OptimisticDescent(), "asgd": ASGD(), "adam": Adam(),
    "adamw": Adam(), "amsgrad": AMSGrad(), "nadam": NAdam(), "radam": RAdam(), "adamax": Adamax(),
    "adabelief": AdaBelief(), "yogi": Yogi(), "adan": Adan(), "ademamix": AdEMAMix(), "adopt": ADOPT(),
    "optimistic-adam": OptimisticAdam(), "lion": Lion(), "signum": Signum(), "rprop": Rprop(), "adagrad": Adagrad(),
    "adadelta": Adadelta(), "rmsprop": RMSprop(), "ftrl": FTRL(), "lamb": LAMB(), "lars": LARS(),
    "novograd": NovoGrad(), "fromage": Fromage(), "prodigy": Prodigy(), "d-adaptation": DAdaptation(),
    "muon": Muon(), "adafactor": Adafactor(), "sm3": SM3(), "schedule-free-sgd": ScheduleFreeSGD(),
    "schedule-free-adamw": ScheduleFreeAdamW(), "schedule-free-radam": ScheduleFreeRAdam(),
  ]

  @Test func everyEntryMakesTheRuleOfItsName() throws {
    #expect(Set(RuleCatalogue.all.map(\.name)) == Set(Self.defaults.keys))
    #expect(Set(RuleCatalogue.all.map(\.name)).count == RuleCatalogue.all.count)
    for entry in RuleCatalogue.all {
      func check<Rule: UpdateRule>(_ expected: Rule) throws {
        #expect(try entry.rule() as? Rule == expected, "\(entry.name)")
        #expect(entry.slots == expected.slots)
        #expect(Rule.name == (entry.name == "adamw" ? "adam" : entry.name))
        let optimizer = try Optimizer<Float>(
          entry.rule(), learningRate: LearningRate(.constant(entry.learningRate)), weightDecay: entry.weightDecay,
          count: 3)
        #expect(try optimizer.dryRun([1, 2, 3], gradient: [1, 1, 1]).outcome == .dryRun)
      }
      let expected = try #require(Self.defaults[entry.name])
      try check(expected)
    }
  }

  /// Each setting reaches the rule: another number, another rule.
  @Test(arguments: RuleCatalogue.all.map(\.name)) func everySettingMatters(_ name: String) throws {
    let entry = try #require(RuleCatalogue.entry(named: name))
    for (setting, value) in entry.settings {
      func check<Rule: UpdateRule>(_ plain: Rule) throws {
        // A switch is turned, any other number halved.
        let other = value == 0 || value == 1 ? 1 - value : value / 2
        #expect(try entry.rule([setting: other]) as? Rule != plain, "\(setting)")
      }
      let plain = try entry.rule()
      try check(plain)
    }
    let error = try #require(throws: SettingError.self) { try entry.rule(["betta": 1]) }
    #expect(error.name == "\(name).betta" && error.description.contains(entry.settings.first?.key ?? "none"))
  }

  /// The catalogue and the tables of what is tested, here and by `descent check`, cannot part.
  @Test func everyRuleIsInATableOfCases() {
    let tried = RuleCase.all.map(\.row) + ModelCase.all.map(\.row)
    #expect(Set(tried).union(["adamw"]) == Set(RuleCatalogue.all.map(\.name)))
    #expect(Set(RuleCase.all.map(\.row)).isDisjoint(with: ModelCase.all.map(\.row)))
    #expect(RuleCatalogue.entry(named: "none") == nil)
  }
}
