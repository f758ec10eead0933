internal import Foundation

/// What runs are called in a legend: by their files, and by what tells them apart.
enum RunLabels {
  static func of(_ runs: [LoggedRun]) -> [String] {
    let names = runs.map { URL(fileURLWithPath: $0.path).deletingPathExtension().lastPathComponent }
    let settings = runs.map(settings)
    let first = ["data", "model", "optimizer", "learning-rate"]
    let all = first + Set(settings.flatMap(\.keys)).subtracting(first).sorted()
    let different = all.filter { key in settings.contains { $0[key] != settings[0][key] } }
    return runs.indices.map { index in
      let name = names.count { $0 == names[index] } == 1 ? names[index] : runs[index].path
      let told = different.compactMap { key in
        settings[index][key].map { $0 == "true" ? key : "\(key) \($0)" }
      }
      return shortened(told.isEmpty ? name : "\(name): \(told.joined(separator: ", "))")
    }
  }

  private static func settings(_ run: LoggedRun) -> [String: String] {
    var settings = run.header?.settings ?? [:]
    settings["data"] = run.header?.data.map { URL(fileURLWithPath: $0).lastPathComponent }
    settings["model"] = run.header?.model
    settings["optimizer"] = run.header?.optimizer
    return settings
  }

  /// As much as the picture is wide.
  private static func shortened(_ text: String) -> String { text.count > 110 ? text.prefix(109) + "…" : text }
}
