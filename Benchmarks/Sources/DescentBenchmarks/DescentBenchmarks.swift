import ArgumentParser
import CFloor
import COpenBLAS
import Descent
import Foundation

/// Times norm, clipped SGD and momentum against the memory floor, the naive loop and OpenBLAS.
@main
struct DescentBenchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "descent-benchmarks",
    abstract: "Time norm, clipped SGD and momentum against the memory floor, the naive loop and OpenBLAS.",
    discussion: """
      All engines take turns in one process, round after round; ratios are formed within a round, and their medians and
      quartiles are printed. The floor is what plain loops need that read and write the same bytes. Timings never decide
      the exit status.

      Examples:
        descent-benchmarks
        descent-benchmarks --sizes 1e5,1e7 --filter 'clipped SGD, Double' --rounds 21
        descent-benchmarks --real-time --json benchmark.json --svg benchmark.svg
      """)

  @Option(help: "Lengths of the vectors, separated by commas; 1e6 is a number too.")
  var sizes = "1e3,1e4,1e5,1e6,1e7"

  @Option(help: "Rounds in which every engine has one turn.")
  var rounds = 11

  @Option(help: "Threads for the floor, Descent and OpenBLAS; one per processor, at most two, unless told otherwise.")
  var threads: Int?

  @Option(
    help: """
      A regular expression; only operations whose name, such as 'clipped SGD, Float', contains a match are measured. \
      'many tensors, Float' is one of them, and is measured where the sizes include 1e7.
      """)
  var filter: String?

  @Option(help: "Write everything measured to this file as JSON.", completion: .file(extensions: ["json"]))
  var json: String?

  @Option(help: "Draw the ratio to the floor over the length to this file; needs gnuplot.", completion: .file())
  var svg: String?

  @Flag(help: "Ask for real-time priority, which other programs on the machine then cannot disturb.")
  var realTime = false

  func validate() throws {
    guard rounds >= 1 else { throw ValidationError("--rounds is \(rounds); at least 1 is needed") }
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); at least 1 is needed") }
    _ = try parsedSizes()
    _ = try pattern()
  }

  func run() throws {
    let gnuplot = try svg.map { _ in try findGnuplot() }
    var isRealTime = false
    if realTime {
      let refusal = floor_request_real_time()
      isRealTime = refusal == 0
      if !isRealTime { warn("no real-time priority (\(String(cString: strerror(refusal)))); going on without it") }
    }
    // The bars are for two threads: more share the same memory bus and say little on another machine.
    let threads = threads ?? min(2, ProcessInfo.processInfo.activeProcessorCount)
    openblas_set_num_threads(Int32(threads))

    let load = Machine.load()
    var report = Report(
      machine: .current(), sampling: Sampling(rounds: rounds, sampleSeconds: 3e-3), threads: threads,
      isRealTime: isRealTime, loadBefore: load, loadAfter: load, measurements: [], manyTensors: [], bars: [])
    show(report.header)
    try measure(Double.self, into: &report)
    try measure(Float.self, into: &report)
    report.loadAfter = Machine.load()
    report.bars = Bar.all(report.measurements, report.manyTensors)
    if !report.bars.isEmpty { show("\n\(Report.table(report.bars))") }
    show("\nload average at the end \(significant(report.loadAfter, 2))")

    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(report).write(to: URL(fileURLWithPath: json))
    }
    if let svg, let gnuplot { try draw(report, to: svg, gnuplot: gnuplot) }
  }

  private func measure<Scalar: BenchmarkScalar>(_: Scalar.Type, into report: inout Report) throws {
    let (pattern, sizes) = (try pattern(), try parsedSizes())
    func isChosen(_ name: String) -> Bool { pattern.map { name.firstMatch(of: $0) != nil } ?? true }
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
  }

  private func draw(_ report: Report, to path: String, gnuplot: String) throws {
    guard let first = report.measurements.first else { throw CleanExit.message("nothing measured, nothing drawn") }
    let operation = report.measurements.contains { $0.operation == .clippedSGD } ? .clippedSGD : first.operation
    let blas = report.machine.blas.split(separator: " ").prefix(2).joined(separator: " ")
    let caption =
      "\(report.machine.processor), \(report.threads) threads; \(blas); medians and quartiles of \(rounds) rounds"
    try Figure(operation: operation, measurements: report.measurements, caption: caption)
      .write(to: path, gnuplot: gnuplot)
  }

  // MARK: - Options

  private func parsedSizes() throws -> [Int] {
    try sizes.split(separator: ",", omittingEmptySubsequences: false).map { text in
      let trimmed = text.trimmingCharacters(in: .whitespaces)
      guard let size = Double(trimmed).flatMap(Int.init(exactly:)), (1...Int(Int32.max)).contains(size) else {
        throw ValidationError(
          "--sizes has '\(text)'; each must be a whole number from 1 to \(Int32.max), the most that BLAS can count")
      }
      return size
    }
  }

  private func pattern() throws -> Regex<AnyRegexOutput>? {
    guard let filter else { return nil }
    guard let pattern = try? Regex(filter) else {
      throw ValidationError("--filter '\(filter)' is not a regular expression")
    }
    return pattern
  }

  private func findGnuplot() throws -> String {
    guard let path = Figure.findGnuplot() else {
      throw ValidationError(
        """
        --svg needs gnuplot, which is not on PATH; install it with apt-get install gnuplot-nox, dnf install \
        gnuplot-minimal or brew install gnuplot
        """)
    }
    return path
  }

  /// Prints at once, also into a pipe: a run takes a while.
  private func show(_ text: String) {
    print(text)
    fflush(nil)
  }

  private func warn(_ message: String) { FileHandle.standardError.write(Data("warning: \(message)\n".utf8)) }
}
