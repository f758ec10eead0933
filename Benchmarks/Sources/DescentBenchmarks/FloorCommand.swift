import ArgumentParser
import COpenBLAS
import Descent
import Foundation

/// Times norm, clipped SGD and momentum against the memory floor, the naive loop and OpenBLAS, and every rule against its
/// floor.
struct FloorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "floor",
    abstract: "Time every rule against its memory floor, and some also against the naive loop and OpenBLAS.",
    discussion: """
      All engines take turns in one process, round after round; ratios are formed within a round, and their medians and
      quartiles are printed. The floor is what plain loops need that read and write the same bytes. Timings never decide
      the exit status.

      Examples:
        descent-benchmarks
        descent-benchmarks --sizes 1e5,1e7 --filter 'clipped SGD, Double' --rounds 21
        descent-benchmarks --rule SGD --rule momentum
        descent-benchmarks --real-time --json benchmark.json --svg benchmark.svg
      """)

  @OptionGroup var conditions: Conditions

  @Option(help: "Rounds in which every engine has one turn.")
  var rounds = 11

  @Option(
    help: """
      A regular expression; only operations whose name, such as 'clipped SGD, Float', contains a match are measured. \
      'many tensors, Float', where the sizes include 1e7, and 'rules, Float' are two of them.
      """)
  var filter: String?

  @Option(help: "Measure only this rule against its floor, such as SGD; may be given several times.")
  var rule: [String] = []

  @Option(help: "Write everything measured to this file as JSON.", completion: .file(extensions: ["json"]))
  var json: String?

  @Option(help: "Draw the ratio to the floor over the length to this file; needs gnuplot.", completion: .file())
  var svg: String?

  func validate() throws {
    guard rounds >= 1 else { throw ValidationError("--rounds is \(rounds); at least 1 is needed") }
    _ = try pattern()
    _ = try chosenRules()
  }

  func run() throws {
    let gnuplot = try svg.map { _ in try Gnuplot.find() }
    let isRealTime = conditions.requestPriority()
    let threads = conditions.chosenThreads
    openblas_set_num_threads(Int32(threads))

    let load = Machine.load()
    var report = Report(
      machine: .current(), sampling: Sampling(rounds: rounds, sampleSeconds: 3e-3), threads: threads,
      isRealTime: isRealTime, loadBefore: load, loadAfter: load, measurements: [], manyTensors: [], rules: [], bars: [])
    show(report.header)
    try measure(Double.self, into: &report)
    try measure(Float.self, into: &report)
    report.loadAfter = Machine.load()
    report.bars = Bar.all(report.measurements, report.manyTensors, report.rules)
    if !report.bars.isEmpty { show("\n\(Report.table(report.bars))") }
    show("\nload average at the end \(significant(report.loadAfter, 2))")

    if let json { try write(report, asJSONTo: json) }
    if let svg, let gnuplot { try draw(report, to: svg, gnuplot: gnuplot) }
  }

  private func measure<Scalar: BenchmarkScalar>(_: Scalar.Type, into report: inout Report) throws {
    let (pattern, sizes) = (try pattern(), try conditions.parsedSizes())
    // A rule that is named is all that is wanted.
    func isChosen(_ name: String) -> Bool { rule.isEmpty && pattern.map { name.firstMatch(of: $0) != nil } ?? true }
    let operations = Operation.allCases.filter { isChosen("\($0.rawValue), \(Scalar.self)") }
    if !operations.isEmpty {
      var found: [Measurement] = []
      for size in sizes {
        let contest = Contest<Scalar>(count: size, threads: report.threads, operations: operations)
        found += try contest.measurements(report.sampling)
      }
      for operation in operations {
        show("\n\(Report.table(found.filter { $0.operation == operation }))")
      }
      report.measurements += found
    }
    if isChosen("many tensors, \(Scalar.self)"), sizes.contains(10_000_000) {
      let contest = ManyTensors<Scalar>(tensors: 10_000, elementsPerTensor: 1000, threads: report.threads)
      let results = try contest.results(report.sampling)
      show("\n\(Report.table(results))")
      report.manyTensors += results
    }
    if !rule.isEmpty || isChosen("rules, \(Scalar.self)") {
      let rules = try chosenRules()
      let results = try Shape.all(sizes: sizes).flatMap { shape in
        try RuleContest<Scalar>(shape: shape, threads: report.threads).measurements(of: rules, report.sampling)
      }
      show("\n\(Report.table(results))")
      report.rules += results
    }
  }

  private func draw(_ report: Report, to path: String, gnuplot: Gnuplot) throws {
    guard let first = report.measurements.first else { throw CleanExit.message("nothing measured, nothing drawn") }
    let operation = report.measurements.contains { $0.operation == .clippedSGD } ? .clippedSGD : first.operation
    let blas = report.machine.blas.split(separator: " ").prefix(2).joined(separator: " ")
    let caption =
      "\(report.machine.processor), \(report.threads) threads; \(blas); medians and quartiles of \(rounds) rounds"
    try Figure(operation: operation, measurements: report.measurements, caption: caption)
      .write(to: path, gnuplot: gnuplot)
  }

  // MARK: - Options

  private func chosenRules() throws -> [MeasuredRule] {
    guard !rule.isEmpty else { return MeasuredRule.all }
    guard let rules = MeasuredRule.named(rule) else {
      throw ValidationError(
        "--rule \(rule.joined(separator: ", ")); there are \(MeasuredRule.all.map(\.name).joined(separator: ", "))")
    }
    return rules
  }

  private func pattern() throws -> Regex<AnyRegexOutput>? {
    guard let filter else { return nil }
    guard let pattern = try? Regex(filter) else {
      throw ValidationError("--filter '\(filter)' is not a regular expression")
    }
    return pattern
  }
}
