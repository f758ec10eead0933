internal import Descent
internal import NaiveReference

/// Norms of every order by both backends, of ordinary numbers and over the whole range, against compensated sums.
package struct NormCheck {
  private let norms: [NormCase]
  private let scale: CheckScale
  private var ordinary: [CheckRow]
  private var extreme: [CheckRow]

  package init(norms: [NormCase] = NormCase.withExtremes, scale: CheckScale) {
    (self.norms, self.scale) = (norms, scale)
    let section = "Norms, against compensated sums"
    ordinary = norms.map { CheckRow(section, $0.row, limit: $0.limit) }
    extreme = norms.map { CheckRow(section, "\($0.row), 5e-324…1.7e308", limit: $0.limit) }
  }

  /// The rows of the table: every order for ordinary numbers, then for extreme ones.
  package mutating func run(_ progress: (String) -> Void = { _ in }) throws -> [CheckRow] {
    progress("norms")
    try compare(Double.self)
    try compare(Float.self)
    return ordinary + extreme
  }

  private mutating func compare<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    let draws = Draws(seed: scale.seed &+ 1)
    for size in scale.sizes {
      let vectors: [(String, [Scalar])] = [
        ("ordinary numbers", draws.ordinary(count: size, stream: size)),
        ("0.1 everywhere", Array(repeating: 0.1, count: size)),
      ]
      for (what, x) in vectors { try compare([x], "\(what), n = \(size)", isExtreme: false) }
    }

    let range = Scalar.exponents
    let (least, greatest) = (Scalar.leastNonzeroMagnitude, Scalar.greatestFiniteMagnitude)
    for size in scale.sizes where size > 0 && size < 20_000 {
      func spread(_ exponents: ClosedRange<Int>) -> [Scalar] {
        draws.spread(count: size, exponents: exponents, stream: size)
      }
      let large = spread(range.upperBound - 4...range.upperBound)
      let vectors: [(String, [Scalar])] = [
        ("the least number everywhere", Array(repeating: least, count: size)),
        ("the largest number everywhere", Array(repeating: greatest, count: size)),
        ("subnormal numbers", spread(range.lowerBound...Int(Scalar.leastNormalMagnitude.exponent))),
        ("the largest numbers", large),
        ("numbers of the whole range", spread(range)),
        ("the largest numbers before the least", large + Array(repeating: least, count: size)),
        ("the least numbers before the largest", Array(repeating: least, count: size) + large),
      ]
      for (what, x) in vectors { try compare([x], "\(what), n = \(x.count)", isExtreme: true) }
    }
    // Neighbouring powers of two, in one vector and in tensors of their own: wherever sums change their scale, one lies
    // on each side.
    for exponent in stride(from: range.lowerBound, through: range.upperBound, by: scale.exponentStride) {
      let x: [Scalar] = [0, 1, 2, 30].enumerated().map { index, lower in
        let significand = 1 + draws.uniform(exponent - range.lowerBound, index)
        return Scalar(Double(sign: .plus, exponent: exponent - lower, significand: significand).nextDown)
      }.filter(\.isFinite)
      try compare([x], "powers of two from 2^\(exponent) in one vector", isExtreme: true)
      try compare(x.map { [$0] }, "powers of two from 2^\(exponent), a tensor each", isExtreme: true)
    }
  }

  private mutating func compare<Scalar: TensorScalar>(
    _ tensors: [[Scalar]], _ what: String, isExtreme: Bool
  ) throws {
    for (index, norm) in norms.enumerated() {
      let naive = NaiveNorm.of(tensors.joined(), order: norm.naive)
      var row = isExtreme ? extreme[index] : ordinary[index]
      for backend in Backend.allCases {
        let place = { "\(norm.row), \(Scalar.typeCode), \(backend.rawValue), \(what)" }
        let base = engineNorm(tensors, norm.order, backend, .baseline)
        row.measure(ulps(between: base, naive)) {
          "\(place()): \(base.mantissa) * 2^\(base.exponent), naively \(naive.mantissa) * 2^\(naive.exponent)"
        }
        for instructionSet in scale.instructionSets where instructionSet != .baseline {
          let found = engineNorm(tensors, norm.order, backend, instructionSet)
          row.same([found.mantissa, Double(found.exponent)], [base.mantissa, Double(base.exponent)]) {
            "\(place()), \(instructionSet.rawValue)"
          }
        }
        guard tensors.count == 1 else { continue }
        for threads in scale.threads {
          let x = tensors[0]
          let found = try Descent.norm(x.span, order: norm.order, backend: backend, threads: threads)
          row.same([found.mantissa, Double(found.exponent)], [base.mantissa, Double(base.exponent)]) {
            "\(place()), \(threads) threads"
          }
        }
      }
      if isExtreme { extreme[index] = row } else { ordinary[index] = row }
    }
  }

  /// The norm of tensors together, as a step takes it, with the kernels of an instruction set.
  private func engineNorm<Scalar: TensorScalar>(
    _ tensors: [[Scalar]], _ order: NormOrder, _ backend: Backend, _ instructionSet: InstructionSet
  ) -> ScaledNorm {
    let plan = TilePlan(counts: tensors.map(\.count))
    let norms = TileNorms(
      plan, NormStatistic<Scalar>(order: order, backend: backend, instructionSet: instructionSet))
    for (tensor, tiles) in plan.tensors.enumerated() {
      tensors[tensor].withUnsafeBufferPointer { x in
        for tile in tiles { norms.read(tile, of: x.baseAddress!) }
      }
    }
    norms.combine()
    return norms.total
  }
}
