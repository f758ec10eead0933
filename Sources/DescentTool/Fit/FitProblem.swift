internal import Descent
internal import Problems

/// The rows to fit, those to judge by, and the model's objective.
struct FitProblem {
  let kind: ModelKind
  let regression: any Regression
  let training: Dataset
  let test: Dataset?
  let standardisation: Standardisation?
  let l2: Double
  let seed: UInt64

  init(contentsOf path: String, _ options: FitModelOptions) throws {
    let data = try Dataset(contentsOfCSV: path, target: options.target)
    var (training, test): (Dataset, Dataset?) = (data, nil)
    if let period = options.testEvery {
      let split = try data.split(every: period, offset: options.testOffset)
      (training, test) = (split.training, split.test)
    } else if let fraction = options.testFraction {
      let split = try data.split(testFraction: fraction, seed: options.seed)
      (training, test) = (split.training, split.test)
    }
    standardisation = options.standardize ? try Standardisation(fitting: training) : nil
    if let standardisation {
      training = try standardisation.applied(to: training)
      test = try test.map { try standardisation.applied(to: $0) }
    }
    (self.training, self.test) = (training, test)
    (kind, l2, seed) = (options.model, options.l2, options.seed)
    regression =
      switch options.model {
      case .linear: try LinearRegression(training, penalty: options.l2)
      case .logistic: try LogisticRegression(training, penalty: options.l2)
      case .softmax:
        try SoftmaxRegression(
          training, classCount: SoftmaxRegression.classCount(of: data), penalty: options.l2)
      }
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
