public import Tensors

/// A function of real parameters that is to be made small, and its gradient.
///
/// Parameters are the tensors of ``layout``. Where they come as plain numbers they are packed: one tensor after the
/// other in the order of the layout, each row after row, without gaps.
public protocol Problem: Sendable {
  /// The names and shapes of the parameters.
  var layout: Layout { get }

  /// The value at packed parameters; the gradient is written over `gradient`.
  ///
  /// - Throws: ``ProblemError`` before anything is written. A value or gradient that is not finite is no error here: it
  ///   is what the formula gives at this point, and whoever steps along it has to look at it.
  func evaluate(
    at parameters: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>
  ) throws(ProblemError) -> Double

  /// The value at named parameters; the gradient is written over `gradient`, which has the same layout.
  func evaluate(
    at parameters: ParameterSet<Double>, gradient: inout ParameterSet<Double>
  ) throws(ProblemError) -> Double
}

extension Problem {
  /// The value at packed parameters; the gradient is written over `gradient`.
  public func evaluate(at parameters: [Double], gradient: inout [Double]) throws(ProblemError) -> Double {
    try parameters.withUnsafeBufferPointer { (parameters) throws(ProblemError) in
      try gradient.withUnsafeMutableBufferPointer { (gradient) throws(ProblemError) in
        try evaluate(at: parameters, gradient: gradient)
      }
    }
  }

  /// The value at packed parameters and the gradient there, in memory of its own.
  public func valueAndGradient(at parameters: [Double]) throws(ProblemError) -> (value: Double, gradient: [Double]) {
    var gradient = [Double](repeating: 0, count: layout.count)
    let value = try evaluate(at: parameters, gradient: &gradient)
    return (value, gradient)
  }

  /// The value at named parameters; the gradient is written over `gradient`, which has the same layout.
  public func evaluate(
    at parameters: ParameterSet<Double>, gradient: inout ParameterSet<Double>
  ) throws(ProblemError) -> Double {
    try checkLayouts(parameters.layout, gradient.layout)
    let (value, packed) = try valueAndGradient(at: parameters.packed)
    gradient.setPacked(packed)
    return value
  }

  func checkLayouts(_ parameters: Layout, _ gradient: Layout) throws(ProblemError) {
    if parameters != layout { throw .layout(expected: layout, found: parameters) }
    if gradient != layout { throw .layout(expected: layout, found: gradient) }
  }

  func checkPacked(
    _ parameters: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>
  ) throws(ProblemError) {
    if parameters.count != layout.count {
      throw .parameterCount(expected: layout.count, found: parameters.count)
    }
    if gradient.count != layout.count { throw .gradientCount(expected: layout.count, found: gradient.count) }
    guard let x = parameters.baseAddress, let g = UnsafePointer(gradient.baseAddress) else { return }
    if x < g + gradient.count && g < x + parameters.count { throw .overlap }
  }
}

extension ParameterSet where Scalar == Double {
  /// The elements of all tensors in the order of the layout, without the gaps of the slab.
  var packed: [Double] {
    layout.entries.flatMap { UnsafeBufferPointer(start: storage.buffer.base + $0.offset, count: $0.count) }
  }

  mutating func setPacked(_ elements: [Double]) {
    let base = mutableBase()
    var first = 0
    for entry in layout.entries {
      for i in 0..<entry.count { base[entry.offset + i] = elements[first + i] }
      first += entry.count
    }
  }
}
