/// What all contestants needed for one step, in the same rounds.
struct PeerCell: Codable {
  /// One contestant.
  struct Entry: Codable {
    /// Nil for Descent.
    let library: PeerLibrary?
    /// Such as `torch fused` or `Descent trusted`.
    let name: String
    /// Seconds per step, a number per round.
    let secondsByRound: [Double]
    let seconds: Spread
    /// The largest difference from Descent in the parameters, as a share of the largest movement, after a few steps
    /// before the clock ran.
    let disagreement: Double
  }

  /// Such as `AdamW + clip`.
  let step: String
  let scalar: String
  let shape: Shape
  let isClipped: Bool
  /// Whether 6 % of the gradient are zero, and the state has decayed into subnormal numbers.
  let hasZeros: Bool
  let entries: [Entry]
  /// Contestants that are not there, with the reason.
  let absent: [String: String]

  /// Descent doing what the others do: clipped, or without a look at the gradient.
  var likeForLike: Entry { entries.last { $0.library == nil }! }

  /// The fastest of the others, or of one library.
  func best(of library: PeerLibrary? = nil) -> Entry? {
    entries.filter { $0.library != nil && (library == nil || $0.library == library) }
      .min { $0.seconds.median < $1.seconds.median }
  }

  /// How many times as long as Descent another takes.
  func ratio(of entry: Entry) -> Spread { Spread(of: entry.secondsByRound, over: likeForLike.secondsByRound) }

  /// The name of the row.
  var place: String { hasZeros ? "\(shape.name), 6 % zero" : shape.name }
}
