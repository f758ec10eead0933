/// What one engine needed for one operation, beside what the floor and the rivals needed in the same rounds.
struct Measurement: Codable {
  let operation: Operation
  let engine: Engine
  let scalar: String
  let count: Int
  /// Of the operation, not of the engine: an engine that moves more has a lower rate.
  let bytesPerElement: Int
  /// Seconds per operation, a number per round.
  let secondsByRound: [Double]
  let seconds: Spread
  /// Time over the floor's time.
  let ratioToFloor: Spread
  /// The naive loop's time over this engine's.
  let speedupOverNaive: Spread
  /// The time of whole-vector OpenBLAS calls over this engine's.
  let speedupOverWholeVectorBLAS: Spread
  let nanosecondsPerElement: Double
  let gigabytesPerSecond: Double

  init(
    operation: Operation, engine: Engine, scalar: String, count: Int, bytesPerElement: Int,
    secondsByRound all: [Engine: [Double]]
  ) {
    (self.operation, self.engine, self.scalar) = (operation, engine, scalar)
    (self.count, self.bytesPerElement) = (count, bytesPerElement)
    let own = all[engine]!
    secondsByRound = own
    seconds = Spread(own)
    ratioToFloor = Spread(of: own, over: all[.floor]!)
    speedupOverNaive = Spread(of: all[.naive]!, over: own)
    speedupOverWholeVectorBLAS = Spread(of: all[.wholeVectorBLAS]!, over: own)
    nanosecondsPerElement = seconds.median * 1e9 / Double(count)
    gigabytesPerSecond = Double(count * bytesPerElement) / seconds.median * 1e-9
  }
}
