/// A part of a notation that has been taken apart, before it is known what is meant by it.
struct NotationNode {
  indirect enum Form {
    case number(NotationNumber)
    case word(String)
    case list([NotationNode])
    case call(String, [Argument])
    case product(NotationNode, NotationNode)
    /// At least two parts, joined by "then".
    case chain([Part])
    case perEpoch(steps: NotationNode, base: NotationNode)
  }

  struct Argument {
    let name: (text: String, offset: Int)?
    let value: NotationNode
    /// What follows an arrow, and where the arrow is.
    let target: (value: NotationNode, offset: Int)?
  }

  struct Part {
    let schedule: NotationNode
    /// What follows "for".
    let length: NotationNode?
    /// The place of the "then" before the part, if it is not the first.
    let join: Int
  }

  let form: Form
  /// The number of characters before the node.
  let offset: Int
  /// The place where it ends: for a call that of its closing parenthesis.
  let end: Int
  /// The number of nodes on the longest way from this one down.
  let depth: Int

  /// The node as it is named in an error.
  var found: String {
    switch form {
    case .number(let number): number.text.quoted
    case .word(let text): text.quoted
    case .list: "a list"
    case .call(let name, _): "\(name)(…)".quoted
    case .product, .chain, .perEpoch: "a schedule"
    }
  }
}
