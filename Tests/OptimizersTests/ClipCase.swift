import Descent

/// One row of the table of clips.
struct ClipCase: Sendable, CustomStringConvertible {
  let description: String
  let clipping: GradientClipping

  init(_ description: String, _ clipping: GradientClipping) {
    (self.description, self.clipping) = (description, clipping)
  }

  /// Values, norms of every order and scope, and both; limits that do and that do not bind.
  static let all: [ClipCase] = {
    var cases = [
      ClipCase("none", .none),
      ClipCase("value", .value(0.5)),
      ClipCase("value that does not bind", .value(100)),
      ClipCase("norm that does not bind", .norm(1e6)),
    ]
    let orders: [(String, NormOrder, Double)] = [
      ("1", .one, 50), ("2", .two, 0.7), ("infinity", .infinity, 0.3), ("3", .p(3), 0.9), ("1.5", .p(1.5), 0.9),
    ]
    for (name, order, limit) in orders {
      for scope in Scope.allCases {
        cases.append(ClipCase("\(name)-norm, \(scope)", .norm(limit, order: order, scope: scope)))
        cases.append(
          ClipCase("value, \(name)-norm, \(scope)", .value(0.6).thenNorm(limit, order: order, scope: scope)))
      }
    }
    return cases
  }()
}

/// The clipped gradients: from zeros, a plain step with rate 1 goes to minus the gradient, with no rounding.
func clip<Scalar: TensorScalar>(
  _ gradients: [[Scalar]], _ clipping: GradientClipping, _ backend: Backend
) throws -> [[Scalar]] {
  let model = try Model(gradients.enumerated().map { ("tensor \($0)", [$1.count]) })
  var optimizer = try Optimizer<Scalar>(
    SGD(maximize: true), learningRate: 1, clipping: clipping, options: ExecutionOptions(backend: backend),
    for: model.layout)
  var parameters = ParameterSet<Scalar>(zeros: model.layout)
  try optimizer.step(&parameters, gradients: model.set(gradients))
  return model.arrays(parameters)
}

extension NormOrder {
  /// The p of the order.
  var exponent: Double {
    switch self {
    case .one: 1
    case .two: 2
    case .infinity: .infinity
    case .p(let p): p
    }
  }
}
