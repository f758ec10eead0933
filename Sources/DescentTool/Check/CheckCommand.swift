internal import ArgumentParser
internal import Descent
internal import Foundation

/// `descent check`: the engine against the naive reference, on this machine.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare the engine with a naive reference on this very machine.",
    discussion: """
      Every rule with many clips, norms, refusals, learning rates and states are computed twice: by the engine, with both \
      backends, Float and Double, vectors around every tile edge, 1 to 8 threads and each instruction set of this \
      processor; and by plain loops that can be read against the papers. Each row of the table is one kind of case:

        compared    how many results were compared
        difference  the largest, in ulp, steps between neighbouring numbers; or,
                    where BLAS may fuse a multiplication with an addition, in
                    u = 2^-53 (2^-24 for Float) times |x| + |a g|; or, where sums
                    and products are taken in another order, in u times the
                    largest |x| of the tensor
        limit       the largest difference that agrees; 0 where bits must be equal
        bits        whether engine and loop, any number of threads, any instruction
                    set, one slab, a list of tensors or arrays all have the same

      A clip factor is compared with the naive one; what follows from it must have the bits of the loop that is given the \
      engine's factor.

      EXAMPLES
        descent check
            everything, in about a minute
        descent check --quick
            a selection, in well under a minute
        descent check --seed 7 --json > check.json
            with other numbers, for a program to read
        OPENBLAS_CORETYPE=Haswell descent check
            with the routines that OpenBLAS has for another processor

      JSON KEYS
        machine: processor, processors, instructionSet, instructionSets, blas,
        blasCore; mode ("full" or "quick"), seed, seconds, agrees; rows, each with
        section, what, comparisons, largestDifference ("inf" where a NaN or an
        infinity stands against a number), unit ("ulp", "u" or "u max|x|"), allowed,
        bitsEqual (left out where no bits are compared), failures, firstFailure
        (left out without), agrees.

      EXIT CODE
        0 where all rows agree; 1 where one does not: its name and its first failure
        are on standard error.
      """)

  @Flag(help: "Check a selection, in well under a minute.")
  var quick = false

  @Option(help: "Decides the numbers that are drawn; another seed, another sample.")
  var seed: UInt64 = 1

  @OptionGroup(title: "Output")
  var result: ResultOptions

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let start = ContinuousClock.now
    let mode = quick ? "quick" : "full"
    let machine = Machine()
    var rows: [CheckRow] = []
    let progress = CheckProgress(isQuiet: quiet || result.json)
    // On standard output the rows come as they are known.
    let isLive = !result.json && result.output == nil
    var text: [String] = []
    func show(_ lines: [String]) {
      guard isLive else { return text += lines }
      Terminal.output.write(LineWrap.wrapped(lines.joined(separator: "\n"), to: Terminal.output.width) + "\n")
    }
    if !result.json { show([machine.text, "sample             \(mode), seed \(seed)", "", CheckTable.header]) }
    try Check(scale: CheckScale(seed: seed, isQuick: quick)).run(
      report: { new in
        progress.clear()
        if !result.json { show([CheckTable.text(of: new)]) }
        rows += new
      }, progress: progress.show)
    progress.clear()

    let summary = CheckSummary(
      machine: machine, mode: mode, seed: seed, seconds: (ContinuousClock.now - start) / .seconds(1), rows: rows)
    show([result.json ? try summary.json() : "\n" + summary.text])
    if !isLive { try result.write(text.joined(separator: "\n")) }
    guard summary.agrees else {
      Terminal.errors.write(summary.failures + "\n")
      throw ExitCode(1)
    }
  }
}

/// What is being checked, on a terminal; nothing on anything else.
private struct CheckProgress {
  private let isShown: Bool

  init(isQuiet: Bool) {
    isShown = !isQuiet && Terminal.errors.isInteractive
  }

  func show(_ what: String) {
    if isShown { Terminal.errors.write("\r\u{1B}[2K" + "checking \(what)".prefix((Terminal.errors.width ?? 80) - 1)) }
  }

  func clear() {
    if isShown { Terminal.errors.write("\r\u{1B}[2K") }
  }
}
