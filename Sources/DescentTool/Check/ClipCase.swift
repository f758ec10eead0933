package import Descent
internal import NaiveReference

/// A way of clipping and what the naive reference is told of it. A new clip is a new line of ``all``.
package struct ClipCase: Sendable {
  /// The row of the table.
  package var row: String
  /// What the engine is told.
  package var clipping: GradientClipping
  /// The bound on each element, or nil.
  package var valueBound: Double?
  /// The limit on the norm, its order and its scope, or nil.
  package var norm: (limit: Double, order: Double, scope: Scope)?

  package init(
    _ row: String, _ clipping: GradientClipping, valueBound: Double? = nil,
    norm: (limit: Double, order: Double, scope: Scope)? = nil
  ) {
    (self.row, self.clipping, self.valueBound, self.norm) = (row, clipping, valueBound, norm)
  }

  /// No clip, by value, by every norm in every scope, and by value and then by norm.
  package static let all: [ClipCase] = {
    var cases = [
      ClipCase("none", .none),
      ClipCase("by value", .value(bound), valueBound: bound),
    ]
    for order in NormCase.all {
      for scope in Scope.allCases {
        cases.append(
          ClipCase(
            "by \(order.row), \(scope.rawValue)", .norm(limit, order: order.order, scope: scope),
            norm: (limit, order.naive, scope)))
      }
      cases.append(
        ClipCase(
          "by value, then by \(order.row)", .value(bound).thenNorm(limit, order: order.order, scope: .tensor),
          valueBound: bound, norm: (limit, order.naive, .tensor)))
    }
    return cases
  }()

  // Samples have elements up to 1, and up to 2^-30 in one step: clipped in one step, left alone in the other.
  private static let (bound, limit) = (0.25, 0.37)

  /// Whether the norm takes powers, element by element, and so a hundred times as long as the others.
  var isSlow: Bool { norm.map { ![1, 2, .infinity].contains($0.order) } ?? false }

  /// For each tensor, the tensors that share its norm.
  func unit(of tensor: Int, in layout: Layout, groups: [ParameterGroup]) -> [Int] {
    switch norm?.scope ?? .global {
    case .global: return Array(layout.entries.indices)
    case .tensor: return [tensor]
    case .group:
      func group(_ tensor: Int) -> String? { groups.first { $0.tensors.contains(layout.entries[tensor].name) }?.name }
      return layout.entries.indices.filter { group($0) == group(tensor) }
    }
  }

  /// The naive clip factor of each tensor.
  func naiveFactors<Scalar: TensorScalar>(
    of gradients: [[Scalar]], in layout: Layout, groups: [ParameterGroup]
  ) -> [Double] {
    guard let norm else { return gradients.map { _ in 1 } }
    let bounded = valueBound.map { bound in gradients.map { NaiveClip.byValue($0, bound: bound) } } ?? gradients
    var known: [[Int]: Double] = [:]
    return gradients.indices.map { tensor in
      let unit = unit(of: tensor, in: layout, groups: groups)
      if let factor = known[unit] { return factor }
      let elements = unit.flatMap { bounded[$0] }
      let factor = NaiveClip.factor(norm: NaiveNorm.of(elements, order: norm.order), limit: norm.limit)
      known[unit] = factor
      return factor
    }
  }
}
