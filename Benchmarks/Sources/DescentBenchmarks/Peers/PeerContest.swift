import Descent

/// One step, taken by Descent and by others on vectors of one shape, in the same rounds.
struct PeerContest<Scalar: BenchmarkScalar> {
  let step: PeerCase
  let shape: Shape
  var hasZeros = false
  let threads: Int
  let workers: [PeerWorker]

  private var scalar: String { Scalar.self == Float.self ? "float32" : "float64" }

  /// Lets all contestants take a few steps to see that they agree, and then measures them.
  /// - Throws: `Disagreement`.
  func cell(_ sampling: Sampling) throws -> PeerCell {
    let vectors = try Vectors<Scalar>(shape)
    // Below the norm of every gradient that is given.
    let limit = step.clips ? 0.3 * vectors.gradientNorm : nil
    let checks: [ExecutionOptions.GradientCheck] = step.clips ? [.checked] : [.checked, .trusted]
    let steppers = try checks.map { try stepper(on: vectors, limit: limit, check: $0) }
    var absent: [String: String] = [:]
    let peers = try workers.flatMap { worker in
      try worker.library.modes.compactMap { mode -> PeerContestant? in
        // A loop over thousands of tensors is what the other modes are there to avoid.
        guard shape.tensors < 1000 || mode != "loop" else { return nil }
        switch try worker.make(rule: step.key, mode: mode, scalar: scalar, shape: shape, limit: limit) {
        case .success(let contestant): return contestant
        case .failure(let refusal):
          absent["\(worker.library.rawValue) \(mode)"] = refusal.reason
          return nil
        }
      }
    }

    var samples: [[Double]] = []
    for stepper in steppers {
      vectors.reset()
      for factor in Self.factors {
        vectors.setGradient(times: Scalar(factor))
        _ = try stepper.run(1)
      }
      samples.append(vectors.sample(Self.sampleSize(shape)))
    }
    for peer in peers {
      for factor in Self.factors {
        try peer.setGradient(times: factor)
        _ = try peer.run(1)
      }
      samples.append(try peer.sample(Self.sampleSize(shape)))
    }
    let names = checks.map { $0 == .checked ? "Descent" : "Descent trusted" } + peers.map(\.name)
    let differences = try samples.indices.map {
      try difference(of: samples[$0], from: samples[0], name: names[$0], gradientNorm: vectors.gradientNorm)
    }

    if hasZeros { try decay(steppers, peers, vectors) }
    let seconds = try sampling.takeTurns(steppers.map(\.contestant) + peers.map { Contestant(run: $0.run) })
    return PeerCell(
      step: step.name, scalar: "\(Scalar.self)", shape: shape, isClipped: step.clips, hasZeros: hasZeros,
      entries: names.indices.map { index in
        PeerCell.Entry(
          library: index < steppers.count ? nil : peers[index - steppers.count].worker.library, name: names[index],
          secondsByRound: seconds[index], seconds: Spread(seconds[index]), disagreement: differences[index])
      }, absent: absent)
  }

  private func stepper(
    on vectors: Vectors<Scalar>, limit: Double?, check: ExecutionOptions.GradientCheck
  ) throws -> Stepper<Scalar> {
    let optimizer = try Optimizer<Scalar>(
      step.rule.rule, learningRate: LearningRate(.constant(1e-3)), clipping: limit.map { .norm($0) } ?? .none,
      weightDecay: step.rule.weightDecay,
      options: ExecutionOptions(backend: .kernels, threads: threads, gradientCheck: check), for: vectors.layout)
    return Stepper(optimizer, on: vectors)
  }

  /// Takes so many steps with zeros in the gradient that the state has decayed as far as it does: 0.9^830 is below
  /// the least normal `Float`, 0.9^6720 below the least normal `Double`.
  private func decay(_ steppers: [Stepper<Scalar>], _ peers: [PeerContestant], _ vectors: Vectors<Scalar>) throws {
    let (period, steps) = (17, Scalar.self == Float.self ? 2000 : 8000)
    vectors.setGradient(times: 1, zeroEvery: period)
    for stepper in steppers { _ = try stepper.run(steps) }
    for peer in peers {
      try peer.setZeros(every: period)
      _ = try peer.run(steps)
    }
  }

  // MARK: - Agreement

  /// The gradients of the steps before the clock runs, as multiples of the one that is measured with, which is the last.
  private static var factors: [Double] { [1, -0.5, 2, 1] }

  private static func sampleSize(_ shape: Shape) -> Int { min(shape.count, 1000) }

  /// The largest difference over the largest movement from 1, where all parameters began.
  ///
  /// Four steps round each parameter, of about 1, four times or, with weight decay, eight. The rest of the arithmetic is
  /// of the size of the movement, and exact to some units of the last place, except where a gradient is clipped: PyTorch
  /// divides by the norm plus 1e-6, and sums squares of `Float` in `Float`. Where n numbers are summed in 16 lanes, each
  /// of n/16 additions may round by 2^-24, which is half as much in the root; on ten million elements PyTorch's norm is
  /// found to be 0.4 % from the right one.
  private func difference(
    of sample: [Double], from reference: [Double], name: String, gradientNorm: Double
  ) throws -> Double {
    let movement = reference.map { abs($0 - 1) }.max()!
    let largest = zip(sample, reference).map { abs($0 - $1) }.reduce(0) { $1 > $0 || $1.isNaN ? $1 : $0 }
    let isFloat = Scalar.self == Float.self
    let share = isFloat ? 1e-4 : 1e-9
    let clipping = step.clips ? 1e-6 / (0.5 * gradientNorm) + (isFloat ? Double(shape.count) / 32 * 0x1p-24 : 0) : 0
    let tolerance = 8 * Double(Scalar.ulpOfOne) + (share + clipping) * movement
    guard largest <= tolerance else {
      throw Disagreement(
        step: step.name, scalar: scalar, shape: shape, name: name, difference: largest, tolerance: tolerance)
    }
    return largest / movement
  }
}

/// Contestants compute different things, so that measuring them would mean nothing.
struct Disagreement: Error, CustomStringConvertible {
  let step, scalar: String
  let shape: Shape
  let name: String
  let difference, tolerance: Double
  var description: String {
    "\(step), \(scalar), \(shape.name): after four steps \(name) is \(difference) away from Descent; at most \(tolerance)"
  }
}
