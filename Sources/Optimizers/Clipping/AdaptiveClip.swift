internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Gradients clipped unit by unit, in memory of their own: the caller's stay as they are.
///
/// A tensor is the piece of work, because a unit may lie across all of its tiles.
final class AdaptiveClip<Scalar: TensorScalar>: @unchecked Sendable {
  // Unchecked, as the engine that owns it: chunks write tensors of their own.
  private let limit: AdaptiveLimit
  private let layout: Layout
  private let clipped: TensorStorage<Scalar>
  private let smallest: UnsafeMutablePointer<Double>
  /// For the units of each tensor, of weights and then of gradients: the largest magnitude, the power of two that brings it
  /// to about one, and the sum of the squares of what is scaled by that.
  private let table: UnsafeMutablePointer<Double>
  private let tableOffsets: [Int]
  /// How each tensor falls into units.
  private let divisions: [(units: Int, areContiguous: Bool)]

  init(_ limit: AdaptiveLimit, layout: Layout) {
    (self.limit, self.layout) = (limit, layout)
    clipped = TensorStorage(AlignedBuffer(zeros: layout.slabCount))
    smallest = .allocate(capacity: max(1, layout.entries.count))
    smallest.initialize(repeating: 1, count: max(1, layout.entries.count))
    divisions = layout.entries.map { limit.division(of: $0.shape) }
    var (offsets, total) = ([Int](), 0)
    for division in divisions {
      offsets.append(total)
      total += 6 * division.units
    }
    tableOffsets = offsets
    table = .allocate(capacity: max(1, total))
    table.initialize(repeating: 0, count: max(1, total))
  }

  deinit {
    smallest.deallocate()
    table.deallocate()
  }

  /// Where the clipped gradient of a tensor begins.
  func base(of tensor: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(clipped.buffer.base + layout.entries[tensor].offset)
  }

  /// The smallest factor of a tensor's units.
  func smallestFactor(of tensor: Int) -> Double { smallest[tensor] }

  /// Clips one tensor.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func clip(_ tensor: Int, _ x: UnsafePointer<Scalar>, _ g: UnsafePointer<Scalar>) {
    let entry = layout.entries[tensor]
    let (units, areContiguous) = divisions[tensor]
    smallest[tensor] = 1
    guard entry.count > 0 else { return }
    let length = entry.count / units
    // Elements of unit u: u · length + i where they are neighbours, else i · units + u.
    let (unitStride, elementStride) = areContiguous ? (length, 1) : (1, units)
    let weights = table + tableOffsets[tensor]
    let gradients = weights + 3 * units
    sumSquares(x, units, length, unitStride, elementStride, weights)
    sumSquares(g, units, length, unitStride, elementStride, gradients)

    // The two parts of each factor take the place of the weights' largest magnitudes and scales.
    let (scales, prescales) = (weights, weights + units)
    for unit in 0..<units {
      let weight = max(norm(weights, unit, units).value, limit.floor)
      let factor = ClipFactor(
        limit: limit.ratio * weight, norm: norm(gradients, unit, units),
        leastExponent: Int(Scalar.leastNormalMagnitude.exponent))
      (scales[unit], prescales[unit]) = (factor.scale, factor.prescale)
      smallest[tensor] = min(smallest[tensor], factor.value)
    }
    let target = clipped.buffer.base + entry.offset
    if areContiguous {
      for unit in 0..<units {
        let (scale, prescale) = (Scalar(scales[unit]), Scalar(prescales[unit]))
        for i in unit * length..<(unit + 1) * length { target[i] = (g[i] * prescale) * scale }
      }
    } else {
      for i in 0..<length {
        for unit in 0..<units {
          target[i * units + unit] = (g[i * units + unit] * Scalar(prescales[unit])) * Scalar(scales[unit])
        }
      }
    }
  }

  /// Fills a part of the table.
  private func sumSquares(
    _ v: UnsafePointer<Scalar>, _ units: Int, _ length: Int, _ unitStride: Int, _ elementStride: Int,
    _ largest: UnsafeMutablePointer<Double>
  ) {
    let (scales, sums) = (largest + units, largest + 2 * units)
    largest.update(repeating: 0, count: 3 * units)
    // Whichever index moves between neighbours goes inside.
    if elementStride == 1 {
      for unit in 0..<units {
        let row = v + unit * unitStride
        var most = 0 as Scalar
        for i in 0..<length { most = max(most, row[i].magnitude) }
        largest[unit] = Double(most)
        let scale = Self.scale(largest[unit])
        scales[unit] = scale
        sums[unit] = pairwiseSum(length, blockSize: 256) { block in
          var sum = 0.0
          for i in block { sum += (Double(row[i]) * scale) * (Double(row[i]) * scale) }
          return sum
        }
      }
    } else {
      for i in 0..<length {
        let row = v + i * elementStride
        for unit in 0..<units { largest[unit] = max(largest[unit], Double(row[unit].magnitude)) }
      }
      for unit in 0..<units { scales[unit] = Self.scale(largest[unit]) }
      for i in 0..<length {
        let row = v + i * elementStride
        for unit in 0..<units { sums[unit] += (Double(row[unit]) * scales[unit]) * (Double(row[unit]) * scales[unit]) }
      }
    }
  }

  private func norm(_ table: UnsafeMutablePointer<Double>, _ unit: Int, _ units: Int) -> ScaledNorm {
    ScaledNorm(mantissa: table[2 * units + unit].squareRoot(), exponent: -Int(table[units + unit].exponent))
  }

  private static func scale(_ largest: Double) -> Double {
    largest == 0 ? 1 : scalbn(1, -Int32(min(max(largest.exponent, -1000), 1000)))
  }
}
