public import Tensors

/// What a rule with `measuredScope` learns of all elements before it moves: up to four sums.
@frozen public struct MeasuredSums: Sendable, BitwiseCopyable, Hashable {
  @usableFromInline var values: SIMD4<Double>

  @inlinable init(_ values: SIMD4<Double>) { self.values = values }

  var isFinite: Bool { values.sum().isFinite }

  /// One of the sums.
  @inlinable public subscript(place: Int) -> Double { values[place] }
}

/// The sums of a tile under way, lane by lane, in double precision.
@frozen public struct MeasuredLanes<L: Lanes>: BitwiseCopyable, Sendable {
  @usableFromInline var sum0, sum1, sum2, sum3: SIMD8<Double>

  @inlinable @inline(__always) init() { (sum0, sum1, sum2, sum3) = (.zero, .zero, .zero, .zero) }

  /// Adds the lane-wise product of two registers, taken in double precision, to one of the four sums.
  @inlinable @inline(__always) public mutating func add(_ a: L, times b: L, to place: Int) {
    switch place {
    case 0: sum0 = L.addingProduct(sum0, a, b)
    case 1: sum1 = L.addingProduct(sum1, a, b)
    case 2: sum2 = L.addingProduct(sum2, a, b)
    default: sum3 = L.addingProduct(sum3, a, b)
    }
  }

  @inlinable @inline(__always) func combined(with high: MeasuredLanes) -> MeasuredSums {
    MeasuredSums(
      SIMD4(
        sumOfLanes(sum0 + high.sum0), sumOfLanes(sum1 + high.sum1), sumOfLanes(sum2 + high.sum2),
        sumOfLanes(sum3 + high.sum3)))
  }
}

/// The lanes, halves first.
@inlinable @inline(__always) func sumOfLanes(_ eight: SIMD8<Double>) -> Double {
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}
