internal import Descent
internal import Problems

/// The rows of a file, divided into those to fit and those to judge by.
struct FitRows {
  let training: Dataset
  let test: Dataset?
  /// Of all rows, so that no part can lack the last class.
  let classCount: Int?

  init(contentsOf path: String, _ options: FitModelOptions) throws {
    let data = try Dataset(contentsOfCSV: path, target: options.target)
    if let period = options.testEvery {
      let split = try data.split(every: period, offset: options.testOffset)
      (training, test) = (split.training, split.test)
    } else if let fraction = options.testFraction {
      let split = try data.split(testFraction: fraction, seed: options.seed)
      (training, test) = (split.training, split.test)
    } else {
      (training, test) = (data, nil)
    }
    classCount = options.model == .softmax ? try SoftmaxRegression.classCount(of: data) : nil
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
    try self.init(training: rows.training, test: rows.test, classCount: rows.classCount, options)
  }

  /// The problem of some rows, as they are in the file.
  init(training: Dataset, test: Dataset?, classCount: Int?, _ options: FitModelOptions) throws {
    let standardisation = options.standardize ? try Standardisation(fitting: training) : nil
    func prepared(_ data: Dataset) throws -> Dataset { try standardisation?.applied(to: data) ?? data }
    (self.training, self.test) = (try prepared(training), try test.map(prepared))
    (self.standardisation, kind, l2, seed) = (standardisation, options.model, options.l2, options.seed)
    regression = try options.model.regression(
      self.training, classCount: classCount, penalty: options.l2, hasIntercept: !options.noIntercept)
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
