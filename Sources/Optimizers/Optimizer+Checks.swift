internal import Tensors

/// What is refused before a step begins: tensors that do not fit the layout, memory that overlaps.
extension Optimizer {
  func check(_ found: Layout, absent: Set<String> = []) throws(StepError) { try layout.check(found, absent: absent) }

  func check(_ tensors: [Tensor<Scalar>], absent: Set<String> = []) throws(StepError) {
    try layout.check(tensors, absent: absent)
  }

  func check(count: Int) throws(StepError) { try layout.check(count: count) }

  /// Checks the number of elements of tensor `index`.
  func check(elements count: Int, of index: Int) throws(StepError) { try layout.check(elements: count, of: index) }

  /// Checks that no two of the tensors that the engine is to work on share memory, unless one only reads.
  ///
  /// Pointers that passed once are not looked at again while they stay the same.
  func checkSeparate() throws(StepError) {
    guard !engine.isKnownSeparate else { return }
    let entries = engine.layout.entries
    let size = MemoryLayout<Scalar>.stride
    var regions: [(start: UInt, end: UInt, tensor: Int, isParameter: Bool)] = []
    for (index, entry) in entries.enumerated() where entry.count > 0 {
      let (x, g) = (UInt(bitPattern: engine.parameters[index]), UInt(bitPattern: engine.gradients[index]))
      let bytes = UInt(entry.count * size)
      regions.append((x, x + bytes, index, true))
      regions.append((g, g + bytes, index, false))
    }
    regions.sort { $0.start < $1.start }
    // The region that reaches furthest so far, of parameters and of all.
    var furthestParameter: (end: UInt, place: Int)?
    var furthest: (end: UInt, place: Int)?
    for (place, region) in regions.enumerated() {
      if let other = region.isParameter ? furthest : furthestParameter, region.start < other.end {
        throw .overlap(describe(regions[other.place]), describe(region))
      }
      if region.isParameter, region.end > furthestParameter?.end ?? 0 { furthestParameter = (region.end, place) }
      if region.end > furthest?.end ?? 0 { furthest = (region.end, place) }
    }
    engine.rememberSeparate()
  }

  private func describe(_ region: (start: UInt, end: UInt, tensor: Int, isParameter: Bool)) -> String {
    "\(region.isParameter ? "the parameter" : "the gradient of") \"\(engine.layout.entries[region.tensor].name)\""
  }
}
