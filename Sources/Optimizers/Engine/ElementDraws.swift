internal import Tensors

/// The random rates of one step, one for each element: multiplier · min(cap, ε / √U), where ε is the tile's rate.
struct ElementDraws {
  private let controller: RandomRate
  /// A generator for each tensor.
  private let generators: [Philox]
  private var step = 0
  private var multiplier = 1.0

  init(_ controller: RandomRate, layout: Layout) {
    self.controller = controller
    generators = layout.entries.map { Philox(seed: controller.seed, tensor: $0.name) }
  }

  /// Sets the number of updates applied before the step, and what follows the draws.
  mutating func begin(step: Int, multiplier: Double) { (self.step, self.multiplier) = (step, multiplier) }

  /// The largest rate that can be drawn.
  func largestRate(epsilon: Double, scale: Double) -> Double {
    multiplier * scale * controller.largestRate(epsilon)
  }

  /// Calls `body` with pieces of a tile, each with its rates; returns the sum of what it returns.
  func forEachPiece<Scalar: TensorScalar>(
    of tile: Tile<Scalar>, tensor: Int, start: Int, scale: Double, _ body: (Tile<Scalar>) -> Double
  ) -> Double {
    // Short enough for the rates to stay on the stack.
    let length = 64
    let (generator, epsilon, factor) = (generators[tensor], tile.modifiers.rate, multiplier * scale)
    return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: length) { rates in
      var sum = 0.0
      for first in stride(from: 0, to: tile.count, by: length) {
        var piece = tile.piece(from: first, count: min(length, tile.count - first))
        for i in 0..<piece.count {
          let uniform = generator.uniform(step: step, index: start + first + i)
          rates[i] = Scalar(factor * controller.rate(epsilon, uniform: uniform))
        }
        piece.elementRates = UnsafePointer(rates.baseAddress)
        sum += body(piece)
      }
      return sum
    }
  }
}

extension Tile {
  /// Some of the tile's elements.
  func piece(from first: Int, count: Int) -> Tile {
    var piece = self
    (piece.x, piece.gradient, piece.count) = (x + first, gradient + first, count)
    (piece.slot0, piece.slot1) = (slot0 + first, slot1 + first)
    (piece.slot2, piece.slot3) = (slot2 + first, slot3 + first)
    return piece
  }
}
