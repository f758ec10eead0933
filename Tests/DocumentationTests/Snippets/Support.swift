import Descent

/// A model for the articles: ½ ‖θ - 1‖² over all tensors.
struct Bowl {
  func gradients(at parameters: ParameterSet<Float>, batch: Int) -> ParameterSet<Float> {
    var gradients = parameters
    for entry in parameters.layout.entries {
      gradients.withUnsafeMutableBufferPointer(of: entry.name) { elements in
        for i in elements.indices { elements[i] -= 1 }
      }
    }
    return gradients
  }

  func loss(at parameters: ParameterSet<Float>) -> Double {
    parameters.layout.entries.reduce(0) { sum, entry in
      sum + (parameters[entry.name]?.elements ?? []).reduce(0) { $0 + Double(($1 - 1) * ($1 - 1)) / 2 }
    }
  }
}

/// Keeps what the articles print out of the tests' output.
func print(_ items: Any...) {}
