package import Descent
internal import Foundation

/// What decides the last bits and the speed of this machine's arithmetic.
package struct Machine: Sendable, Codable {
  /// The processor's name.
  package let processor: String
  /// How many processors are there for this process.
  package let processors: Int
  /// The kernels that are used.
  package let instructionSet: InstructionSet
  /// All kernels that can be.
  package let instructionSets: [InstructionSet]
  /// How OpenBLAS was built.
  package let blas: String
  /// Whose routines OpenBLAS chose.
  package let blasCore: String

  package init() {
    processor = Self.processorName
    processors = ProcessInfo.processInfo.activeProcessorCount
    (instructionSet, instructionSets) = (.best, InstructionSet.available)
    (blas, blasCore) = (BLAS.configuration, BLAS.coreName)
  }

  /// A line for each thing.
  package var text: String {
    let sets = instructionSets.map(\.rawValue).joined(separator: ", ")
    return """
      processor          \(processor), \(processors) \(processors == 1 ? "processor" : "processors")
      instruction set    \(instructionSet.rawValue) (of \(sets))
      BLAS               \(blas)
      BLAS routines for  \(blasCore)
      """
  }

  /// Linux names it in a file, or on some architectures not at all.
  private static var processorName: String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = info.split(separator: "\n").first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
    let name = line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    return name ?? "an unnamed processor"
  }
}
