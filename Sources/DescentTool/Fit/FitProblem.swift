internal import Descent
internal import Problems

/// The rows of a file, divided into those to fit and those to judge by.
struct FitRows {
  private(set) var training: Dataset
  private(set) var test: Dataset?
  /// Of all rows, so that no part can lack the last class.
  let classCount: Int?

  init(training: Dataset, test: Dataset?, classCount: Int?) {
    (self.training, self.test, self.classCount) = (training, test, classCount)
  }

  /// - Parameter folds: how often the rows to fit will be copied.
  init(contentsOf path: String, _ options: FitModelOptions, folds: Int = 0, isQuiet: Bool = true) throws {
    let testShare = options.testEvery.map { 1 / Double($0) } ?? options.testFraction ?? 0
    training = try DataFile(path).read(
      .all(target: options.target), testShare: testShare, folds: folds, ignoresMemory: options.ignoreMemory,
      isQuiet: isQuiet
    ).data
    classCount = try options.model.checkTargets(of: training, path: path)
    if let warning = ModelKind.warning(classes: classCount, rows: training.rowCount, target: training.targetName) {
      Terminal.warn(warning)
    }
    if options.model == .softmax, !training.targets.contains(0) {
      Terminal.warn(
        "no row has the target 0, and classes are numbered from 0: there is one without rows; number them from 0")
    }
    if let period = options.testEvery {
      test = try training.setAside(every: period, offset: options.testOffset)
    } else if let fraction = options.testFraction {
      test = try training.setAside(testFraction: fraction, seed: options.seed)
    }
  }

  /// Shifts and scales the features where they are, if that is asked for, by the rows to fit.
  mutating func standardise(_ options: FitModelOptions) throws -> Standardisation? {
    guard options.standardize else { return nil }
    let standardisation = try Standardisation(fitting: training)
    try training.standardise(by: standardisation)
    try test?.standardise(by: standardisation)
    return standardisation
  }
}

/// The rows to fit, those to judge by, and the model's objective.
struct FitProblem: Sendable {
  let kind: ModelKind
  let regression: any Regression
  let training: Dataset
  let test: Dataset?
  let standardisation: Standardisation?
  let l2: Double
  let seed: UInt64

  /// The problem of rows as they are in the file; shift and scale are those of the rows to fit.
  init(_ rows: FitRows, _ options: FitModelOptions) throws {
    var rows = rows
    let standardisation = try rows.standardise(options)
    try self.init(prepared: rows, standardisation, options)
  }

  /// The problem of rows that are standardised already, if they have to be.
  init(prepared rows: FitRows, _ standardisation: Standardisation?, _ options: FitModelOptions) throws {
    (training, test, self.standardisation) = (rows.training, rows.test, standardisation)
    (kind, l2, seed) = (options.model, options.l2, options.seed)
    regression = try options.model.regression(
      training, classCount: rows.classCount, penalty: options.l2, hasIntercept: options.intercept)
  }

  /// What is legal in the data but seldom meant.
  var warnings: [String] {
    var warnings: [String] = []
    let (rows, parameters) = (training.rowCount, regression.layout.count)
    if l2 == 0, training.columnCount >= rows {
      warnings.append(
        "\(counted(rows, "row")) for \(counted(parameters, "parameter")): many weights fit equally well; a penalty such as "
          + "--l2 0.01 chooses among them")
    }
    if training.targets.allSatisfy({ $0 == training.targets[0] }) {
      warnings.append("every fitted row has the target \(training.targets[0]): there is nothing to learn from it")
    }
    return warnings
  }

  /// How well the model does on some rows.
  func score(on data: Dataset, at parameters: ParameterSet<Double>) throws -> Score {
    switch regression {
    case let model as LinearRegression: .r2(try model.quality(on: data, at: parameters).rSquared)
    case let model as LogisticRegression: .accuracy(try model.quality(on: data, at: parameters))
    case let model as SoftmaxRegression: .accuracy(try model.quality(on: data, at: parameters))
    default: preconditionFailure("a model without a score")
    }
  }

  /// The mean loss of some rows, without the penalty.
  func loss(on data: Dataset, at parameters: ParameterSet<Double>) throws -> Double {
    try kind.regression(
      data, classCount: regression.model.outputs, penalty: 0, hasIntercept: regression.model.hasIntercept
    ).objective(at: parameters)
  }

  /// R² of a linear model, or how many rows a classifier puts into their class.
  enum Score {
    case r2(Double)
    case accuracy(ClassificationQuality)

    var value: Double {
      switch self {
      case .r2(let value): value
      case .accuracy(let quality): quality.accuracy
      }
    }
    var name: String { if case .r2 = self { "r2" } else { "accuracy" } }
    var correct: Int? { if case .accuracy(let quality) = self { quality.correct } else { nil } }
  }
}

extension ModelKind {
  /// The objective of the model over some rows. Only softmax asks for the number of classes.
  func regression(_ data: Dataset, classCount: Int?, penalty: Double, hasIntercept: Bool) throws -> any Regression {
    switch self {
    case .linear: try LinearRegression(data, penalty: penalty, hasIntercept: hasIntercept)
    case .logistic: try LogisticRegression(data, penalty: penalty, hasIntercept: hasIntercept)
    case .softmax:
      try SoftmaxRegression(data, classCount: classCount, penalty: penalty, hasIntercept: hasIntercept)
    }
  }
}
