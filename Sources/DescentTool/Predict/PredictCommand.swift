internal import ArgumentParser
internal import Descent
internal import Foundation
internal import Problems

/// `descent predict`: what a fitted model says of other rows.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict the target for the rows of a CSV file by a fitted model.",
    discussion: """
      The model is a file that "descent fit --save" wrote. It knows the names of its columns, whose order in the data plays \
      no part, and how they were standardized. A column that is missing is an error; one that the model was not fitted to \
      too, unless --ignore-other-columns passes over it.

      Predictions are printed as CSV, one line for each row: the target, or the class for logistic and softmax. If the \
      data have the target too, the score is told on standard error: R² for linear, else the share of rows whose class is \
      right. Rows of a class that the model does not know count as wrong.

      EXAMPLES
        descent fit train.csv --model softmax --standardize --save model.json
        descent predict model.json new.csv -o predictions.csv
            fit, and predict the rows of another file
        descent predict model.json new.csv --probabilities
            the probability of every class beside it

      JSON KEYS
        target, predictions, classes and probabilities (an array for each row) with
        --probabilities; score ("r2" or "accuracy"), scoreValue and correct
        (classifiers) where the data have the target.
      """)

  @Argument(help: "The model, a file that \"descent fit --save\" wrote.", completion: .file(extensions: ["json"]))
  var model: String

  @Argument(help: "The CSV file, or - for standard input.", completion: .file(extensions: ["csv"]))
  var data: String

  @Flag(help: "Print the probability of each class too, for logistic and softmax.")
  var probabilities = false

  @Flag(help: "Pass over columns that the model was not fitted to.")
  var ignoreOtherColumns = false

  @Flag(help: "Read the file even if it seems to need more memory than is free.")
  var ignoreMemory = false

  @OptionGroup(title: "Output")
  var result: ResultOptions

  @Flag(name: .shortAndLong, help: "Show neither progress nor score.")
  var quiet = false

  func run() throws {
    try OutputFile.check(["--output": result.output], areNot: [model, data])
    let file = try ModelFile(contentsOf: model)
    if probabilities, file.model == .linear {
      throw ValidationError("--probabilities is for logistic and softmax; \(model) is a linear model, leave it out")
    }
    Interrupt.listen()
    let isQuiet = quiet || result.json
    var (rows, hasTarget) = try DataFile(data).read(
      .fitted(features: file.features, target: file.target, passesOverOthers: ignoreOtherColumns),
      scores: file.outputs, ignoresMemory: ignoreMemory, isQuiet: isQuiet)
    if let standardisation = file.standardisation { try rows.standardise(by: standardisation) }
    let prediction = try Prediction(of: rows, by: file)
    let score = hasTarget ? PredictionScore(prediction, targets: rows.targets) : nil
    let report = PredictionReport(prediction, target: file.target, withProbabilities: probabilities, score: score)
    try result.write(result.json ? report.json() : report.csv)
    if let score, !isQuiet { Terminal.errors.write(score.text + "\n") }
  }
}
