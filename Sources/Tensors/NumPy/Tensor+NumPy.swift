// The order of reading is the defence against a hostile file: magic, version, length of the header against the size of
// the file, shape, size of the elements against the size of the file, and only then memory for them.

extension Tensor {
  /// The array in a NumPy `.npy` file.
  ///
  /// The file must hold little-endian elements of this scalar type (`<f4` for `Float`, `<f8` for `Double`) in C order, in
  /// format version 1.0, 2.0 or 3.0; nothing is converted. ``NumPyArray`` reads either type.
  /// - Throws: ``NumPyError`` with the path and what was found. No memory is asked for that the file could not fill.
  public init(contentsOfNumPyFile path: String) throws(NumPyError) {
    do throws(NumPyError.Reason) {
      var source = try NumPyFileSource(path: path)
      self = try source.tensor(NumPyHeader(reading: &source))
    } catch {
      throw NumPyError(error, path: path)
    }
  }

  /// The array in the bytes of a NumPy `.npy` file, under the conditions of ``init(contentsOfNumPyFile:)``.
  public init(numPyBytes bytes: [UInt8]) throws(NumPyError) {
    do throws(NumPyError.Reason) {
      var source = NumPyMemorySource(bytes)
      self = try source.tensor(NumPyHeader(reading: &source))
    } catch {
      throw NumPyError(error, path: nil)
    }
  }

  /// The tensor as the bytes of a NumPy `.npy` file: C order, little-endian, format version 1.0.
  ///
  /// Every bit of every element is kept, those of NaN too.
  public var numPyBytes: [UInt8] {
    let header = numPyHeader
    return withUnsafeBufferPointer { header + UnsafeRawBufferPointer($0) }
  }

  /// Writes the tensor as a NumPy `.npy` file.
  ///
  /// The file appears as a whole under its name, or what was there before stays.
  public func write(toNumPyFile path: String) throws(NumPyError) {
    let header = numPyHeader
    do throws(FileError) {
      try withUnsafeBufferPointer { (elements) throws(FileError) in
        try header.withUnsafeBufferPointer { (header) throws(FileError) in
          try replaceFile(at: path, with: [UnsafeRawBufferPointer(header), UnsafeRawBufferPointer(elements)])
        }
      }
    } catch {
      throw NumPyError(.file(error), path: path)
    }
  }

  private var numPyHeader: [UInt8] {
    NumPyHeader(elementType: NumPyHeader.elementType(of: Scalar.self), isFortranOrder: false, shape: shape).bytes
  }
}

/// The array in a NumPy `.npy` file of either scalar type.
public enum NumPyArray: Sendable, Equatable {
  /// Elements of four bytes.
  case float(Tensor<Float>)

  /// Elements of eight bytes.
  case double(Tensor<Double>)

  /// Reads a file in the scalar type that it has.
  /// - Throws: ``NumPyError``, as ``Tensor/init(contentsOfNumPyFile:)``.
  public init(contentsOfFile path: String) throws(NumPyError) {
    do throws(NumPyError.Reason) {
      var source = try NumPyFileSource(path: path)
      let header = try NumPyHeader(reading: &source)
      let (float, double) = (NumPyHeader.elementType(of: Float.self), NumPyHeader.elementType(of: Double.self))
      switch header.elementType {
      case float: self = .float(try source.tensor(header))
      case double: self = .double(try source.tensor(header))
      default: throw .elementType(found: header.elementType, expected: [float, double])
      }
    } catch {
      throw NumPyError(error, path: path)
    }
  }
}
