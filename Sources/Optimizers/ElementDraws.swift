internal import Tensors

/// The random rates of one step, one for each element: multiplier · min(cap, ε / √U).
struct ElementDraws {
  var controller: RandomRate
  var epsilon: Double
  var multiplier: Double
  /// The number of updates applied before the step.
  var step: Int

  /// Calls `body` with pieces of a tile, each with its rates; returns the sum of what it returns.
  func forEachPiece<Scalar: TensorScalar>(
    of tile: Tile<Scalar>, generator: Philox, start: Int, _ body: (Tile<Scalar>) -> Double
  ) -> Double {
    // Short enough for the rates to stay on the stack.
    let length = 64
    return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: length) { rates in
      var sum = 0.0
      for first in stride(from: 0, to: tile.count, by: length) {
        var piece = tile.piece(from: first, count: min(length, tile.count - first))
        for i in 0..<piece.count {
          let uniform = generator.uniform(step: step, index: start + first + i)
          rates[i] = Scalar(multiplier * controller.rate(epsilon, uniform: uniform))
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
