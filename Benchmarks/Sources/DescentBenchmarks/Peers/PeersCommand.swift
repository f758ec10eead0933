import ArgumentParser
import Descent
import Foundation

/// Times steps of Descent against the same steps of other libraries.
struct PeersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peers",
    abstract: "Time Descent against PyTorch, Optax and NumPy, in the same rounds.",
    discussion: """
      Each library is in a Python process of its own; all take turns, and none is asked before the threads of the one \
      before are at rest. Before the clock runs all take the same four steps, and must agree in the parameters. A ratio \
      is formed within a round, like for like: clipped against clipped, and otherwise Descent without its look at the \
      gradient, which nobody else takes. Timings never decide the exit status.

      Examples:
        descent-benchmarks peers --python .build/peers/bin/python
        descent-benchmarks peers --sizes 1e3,1e6 --step AdamW --step 'AdamW + clip' --library torch
      """)

  @OptionGroup var conditions: Conditions

  @Option(help: "Rounds in which every contestant has one turn.")
  var rounds = 7

  @Option(help: "Measure only this step, such as AdamW or 'AdamW + clip'; may be given several times.")
  var step: [String] = []

  @Option(help: "Measure only against this library: torch, optax or numpy; may be given several times.")
  var library: [PeerLibrary] = []

  @Option(help: "A Python that has the libraries.", completion: .file())
  var python = ".build/peers/bin/python"

  @Option(help: "The folder with the workers.", completion: .directory)
  var workers = "Benchmarks/Peers"

  @Option(help: "Write everything measured to this file as JSON.", completion: .file(extensions: ["json"]))
  var json: String?

  @Option(help: "Draw the ratios to this file; needs gnuplot.", completion: .file())
  var svg: String?

  func validate() throws {
    guard rounds >= 1 else { throw ValidationError("--rounds is \(rounds); at least 1 is needed") }
    _ = try chosenSteps()
  }

  func run() throws {
    let gnuplot = try svg.map { _ in try Gnuplot.find() }
    // A worker that has ended is an error with a text, not the end of this process.
    signal(SIGPIPE, SIG_IGN)
    let isRealTime = conditions.requestPriority()
    let threads = conditions.chosenThreads
    let libraries = library.isEmpty ? PeerLibrary.allCases : library
    let processes = try libraries.map { try PeerWorker($0, python: python, folder: workers, threads: threads) }
    let load = Machine.load()
    var report = PeerReport(
      machine: .current(), libraries: try processes.map { try $0.describe() },
      sampling: Sampling(rounds: rounds, sampleSeconds: 3e-3), threads: threads, isRealTime: isRealTime,
      loadBefore: load, loadAfter: load, cells: [], bars: [])
    show(report.header)
    for step in try chosenSteps() {
      try measure(step, Float.self, processes, into: &report)
      try measure(step, Double.self, processes, into: &report)
    }
    report.loadAfter = Machine.load()
    report.bars = PeerReport.bars(report.cells)
    show("\n\(report.summary)")
    if !report.bars.isEmpty { show("\n\(Report.table(report.bars))") }
    show("\nload average at the end \(significant(report.loadAfter, 2))")
    if let json { try write(report, asJSONTo: json) }
    if let svg, let gnuplot { try gnuplot.draw(PeerFigure(report: report).script(output: svg), to: svg) }
  }

  private func measure<Scalar: BenchmarkScalar>(
    _ step: PeerCase, _: Scalar.Type, _ workers: [PeerWorker], into report: inout PeerReport
  ) throws {
    let sizes = try conditions.parsedSizes()
    var contests = Shape.all(sizes: sizes).map {
      PeerContest<Scalar>(step: step, shape: $0, threads: report.threads, workers: workers)
    }
    if step.isMeasuredWithZeros, sizes.contains(100_000) {
      contests.append(
        PeerContest(
          step: step, shape: Shape(tensors: 1, elementsPerTensor: 100_000), hasZeros: true, threads: report.threads,
          workers: workers))
    }
    let cells = try contests.map { try $0.cell(report.sampling) }
    show("\n\(PeerReport.table(cells))")
    report.cells += cells
  }

  private func chosenSteps() throws -> [PeerCase] {
    guard !step.isEmpty else { return PeerCase.all }
    return try step.map { name in
      guard let found = PeerCase.all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
        throw ValidationError("--step \(name); there are \(PeerCase.all.map(\.name).joined(separator: ", "))")
      }
      return found
    }
  }
}

extension PeerLibrary: ExpressibleByArgument {}
