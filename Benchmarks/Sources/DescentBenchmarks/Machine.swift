import CFloor
import COpenBLAS
import Descent
import Foundation

/// Where the numbers come from.
struct Machine: Codable {
  let processor: String
  let processors: Int
  let system: String
  /// Of OpenBLAS: version and build options.
  let blas: String
  /// The kernels that OpenBLAS chose.
  let blasCore: String
  let blasThreads: Int
  let floorInstructionSet: String
  let descentInstructionSet: String

  static func current() -> Machine {
    let threading = ["none", "pthreads", "OpenMP"]
    let parallel = Int(openblas_get_parallel())
    let name = threading.indices.contains(parallel) ? threading[parallel] : "unknown"
    return Machine(
      processor: processorName(), processors: ProcessInfo.processInfo.activeProcessorCount,
      system: ProcessInfo.processInfo.operatingSystemVersionString,
      blas: String(cString: openblas_get_config()).trimmingCharacters(in: .whitespaces) + ", threads by \(name)",
      blasCore: String(cString: openblas_get_corename()), blasThreads: Int(openblas_get_num_threads()),
      floorInstructionSet: String(cString: floor_instruction_set()),
      descentInstructionSet: InstructionSet.best.rawValue)
  }

  /// The load average over the last minute, or NaN where the system tells none.
  static func load() -> Double {
    var averages = [Double](repeating: .nan, count: 1)
    return getloadavg(&averages, 1) == 1 ? averages[0] : .nan
  }

  private static func processorName() -> String {
    #if os(Linux)
      let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
      let line = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("CPU part") }
      return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
    #else
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      guard size > 0 else { return "unknown" }
      var name = [UInt8](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0)
      return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    #endif
  }
}
