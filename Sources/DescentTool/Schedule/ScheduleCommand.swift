internal import ArgumentParser
internal import Descent
internal import Foundation

/// `descent schedule`: a schedule in its notation, as a table, numbers or a picture.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Print or draw a learning rate, or any other schedule.",
    discussion: """
      A schedule is a function of the number of applied updates, the first of which uses its value at step 0.

      NOTATION
        A number is a constant. A call names a kind and its parameters: those
        without a default may stand without their names, in order; "a -> b" is a
        value and the one it ends with; the other parameters follow by name. --list
        shows all kinds.

        A then B          A to its end, then B from its own step 0 on
        A for N then B    A for N steps, then B
        X * A             A times a number; A * B is the product
        per epoch N: A    A by epochs of N steps
        repeat(A, N)      the first N steps of A over and over
        min(A, B)  max(A, B)  clamp(A, min X, max Y)  shift(A, N)

        A warm-up before "then" rises to the first value of what follows. Numbers:
        0.1, 1e-3, 3_000, 10k, 2M, inf.

      EXAMPLES
        descent schedule "warmup(500) then cosine(0.1 -> 0, 9500)"
            a table, a picture of characters, and what is probably not meant
        descent schedule "0.1 for 30 then 0.01 for 30 then 0.001" --steps 90 --csv
            every value, as many digits as it has
        descent schedule "per epoch 391: step(0.1, 30)" --steps 35190 \\
            --plot rate.svg
            a picture
        descent schedule --gallery schedules.svg
            all kinds on one page

      JSON KEYS
        notation (in its usual form), steps, duration (null if it never ends),
        warnings, completedSteps, values.

      Warnings of what is legal but seldom meant go to standard error.
      """)

  @Argument(help: "The schedule.")
  var notation: String?

  @Option(
    help: ArgumentHelp(
      "The number of updates; if not given, as many as the schedule takes, or 1000 if it never ends.",
      valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Print every k-th step.", valueName: "k"))
  var every: Int?

  @Flag(help: "Print steps and values as comma-separated lines.")
  var csv = false

  @OptionGroup(title: "Output")
  var result: ResultOptions

  @Option(
    help: ArgumentHelp("Draw the schedule (SVG, by gnuplot).", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var plot: String?

  @Flag(help: "List all kinds with their parameters, defaults and formulas.")
  var list = false

  @Option(
    help: ArgumentHelp("Draw all kinds on one page (SVG, by gnuplot).", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var gallery: String?

  func validate() throws {
    if notation == nil, !list, gallery == nil {
      throw ValidationError("say which schedule, as in descent schedule \"cosine(0.1 -> 0, 1000)\"; --list shows all")
    }
    if notation != nil, list || gallery != nil {
      throw ValidationError("--list and --gallery show all kinds; leave out the schedule")
    }
    if let plot { try OutputFile.checkPicture(plot, option: "--plot") }
    if let gallery { try OutputFile.checkPicture(gallery, option: "--gallery") }
    if csv && result.json { throw ValidationError("give --csv or --json, not both") }
    if let steps, steps < 1 { throw ValidationError("--steps is \(steps); it must be at least 1") }
    if let every, every < 1 { throw ValidationError("--every is \(every); it must be at least 1") }
    guard let notation else { return }
    // Here and not in run(), so that the usage shown with an error is that of this subcommand.
    let last = try view(of: notation).last
    // More rows would fill a screen or a disk before anyone has seen one.
    let most = csv || result.json ? 10_000_000 : 100_000
    if csv || result.json || every != nil, last / (every ?? 1) >= most {
      throw ValidationError("that would be more than \(most) rows; print fewer with --every \(last / most + 1)")
    }
  }

  func run() throws {
    if list { try result.write(ScheduleList().text) }
    if let gallery { try ScheduleGallery().write(to: gallery) }
    guard let notation else { return }
    let view = try view(of: notation)
    if plot != nil { try Gnuplot.check() }
    for warning in view.warnings { Terminal.warn("\(warning)") }
    if csv {
      var lines = "step,value"
      view.forEachStep(every: every ?? 1) { lines += "\n\($0),\($1)" }
      try result.write(lines)
    } else {
      try result.write(result.json ? view.json(every: every ?? 1) : ScheduleTable(view, every: every).text)
    }
    if let plot { try SchedulePlot(view).write(to: plot) }
  }

  private func view(of notation: String) throws(ValidationError) -> ScheduleView {
    do throws(NotationError) {
      return ScheduleView(try Schedule(notation: notation), steps: steps)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
