/// What is searched: parameters with names, and the values that each may have.
///
/// ```swift
/// let space: SearchSpace = [
///   "learningRate": .logUniform(from: 1e-4, to: 1),
///   "momentum": .choice(of: [0, 0.9, 0.99]),
/// ]
/// ```
///
/// The order counts: the last parameter of a grid changes fastest, and a quasi-random sequence gives each place a base.
public struct SearchSpace: Sendable, Codable, Hashable {
  /// A parameter of the space.
  public struct Parameter: Sendable, Codable, Hashable {
    /// What a configuration calls it.
    public let name: String
    /// The values that it may have.
    public let domain: ParameterDomain

    /// A parameter.
    public init(_ name: String, _ domain: ParameterDomain) { (self.name, self.domain) = (name, domain) }
  }

  /// The parameters, in their order.
  public let parameters: [Parameter]

  /// A space of these parameters.
  public init(_ parameters: [Parameter]) { self.parameters = parameters }

  /// Throws `TuningError` naming what is wrong with the first parameter that cannot be searched.
  public func validate() throws(TuningError) {
    if parameters.isEmpty { throw .noParameters }
    var names: Set<String> = []
    for parameter in parameters {
      if parameter.name.isEmpty { throw .emptyName }
      if !names.insert(parameter.name).inserted { throw .repeatedName(parameter.name) }
      try parameter.domain.validate(parameter.name)
    }
  }
}

extension SearchSpace: ExpressibleByDictionaryLiteral {
  /// A space of parameters in the order in which they are written.
  public init(dictionaryLiteral elements: (String, ParameterDomain)...) {
    self.init(elements.map { Parameter($0.0, $0.1) })
  }
}
