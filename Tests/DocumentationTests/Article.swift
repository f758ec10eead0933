import Foundation
import TestSupport
import Testing

/// A page of the documentation's catalogue.
struct Article: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String

  var testDescription: String { name }

  init(_ name: String) throws {
    self.name = name
    text = try String(contentsOf: Self.catalogue.appending(path: name + ".md"), encoding: .utf8)
  }

  static let catalogue = ReferenceFile.repository.appending(path: "Sources/Descent/Descent.docc")

  /// Every page, by name.
  static let all: [Article] = {
    do {
      let files = try FileManager.default.contentsOfDirectory(atPath: catalogue.path)
      return try files.filter { $0.hasSuffix(".md") }.sorted().map { try Article(String($0.dropLast(3))) }
    } catch {
      fatalError("\(catalogue.path): \(error)")
    }
  }()

  /// The lines of each block of Swift.
  var snippets: [[String]] {
    text.components(separatedBy: "```swift\n").dropFirst().map { rest in
      (rest.components(separatedBy: "\n```").first ?? "").components(separatedBy: "\n")
    }
  }
}

/// What code says, without its indentation, empty lines and imports.
func substance(of lines: [String]) -> String {
  lines.map { $0.trimmingCharacters(in: .whitespaces) }
    .filter { !$0.isEmpty && !$0.hasPrefix("import ") }
    .joined(separator: "\n")
}
