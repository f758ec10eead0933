internal import Foundation

/// The memory of this machine, or of the container that this process is in.
enum SystemMemory {
  /// What can be taken without pushing others out, in bytes; nil where the system does not say.
  static var available: Int? {
    [free, groupLeft].compactMap(\.self).min()
  }

  private static var free: Int? {
    #if os(Linux)
      number("MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 }
    #else
      Int(ProcessInfo.processInfo.physicalMemory)
    #endif
  }

  /// What the control group leaves, where it has a limit; pages of files can be given up.
  private static var groupLeft: Int? {
    let group = "/sys/fs/cgroup/memory."
    guard let limit = text(of: group + "max").flatMap({ Int($0) }),
      let used = text(of: group + "current").flatMap({ Int($0) })
    else { return nil }
    return max(0, limit - used + (number("inactive_file", in: group + "stat") ?? 0))
  }

  private static func text(of path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func number(_ name: String, in path: String) -> Int? {
    guard let line = text(of: path)?.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }
}
