import Foundation
import TestSupport
import Testing

/// The articles' code compiles, because it is the code of the files in Snippets, and these run as tests.
@Suite struct ArticleTests {
  @Test(arguments: Article.all) func everySnippetIsCompiledAndRun(_ article: Article) throws {
    guard !article.snippets.isEmpty else { return }
    let path = ReferenceFile.repository.appending(
      path: "Tests/DocumentationTests/Snippets/\(article.name)Snippets.swift")
    let source = substance(of: try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n"))
    for snippet in article.snippets {
      #expect(
        source.contains(substance(of: snippet)),
        "not in \(path.lastPathComponent):\n\(snippet.joined(separator: "\n"))")
    }
  }

  @Test func thereAreSnippets() {
    #expect(Article.all.map(\.snippets.count).reduce(0, +) >= 20)
  }

  /// `SomeTests/someTest` on a page names a test that is there.
  @Test(arguments: Article.all) func everyTestThatIsNamedIsThere(_ article: Article) throws {
    for reference in article.text.matches(of: /`(\w+Tests)(?:\/(\w+))?`/) {
      let (_, suite, test) = reference.output
      let source = try #require(Self.sources[String(suite)], "\(article.name) names \(suite)")
      if let test { #expect(source.contains("func \(test)("), "\(article.name) names \(suite)/\(test)") }
    }
  }

  /// The sources of all suites, by name.
  private static let sources: [String: String] = {
    let tests = ReferenceFile.repository.appending(path: "Tests")
    let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).reduce(into: [:]) { sources, file in
      guard file.lastPathComponent.hasSuffix("Tests.swift") else { return }
      sources[file.deletingPathExtension().lastPathComponent] = try? String(contentsOf: file, encoding: .utf8)
    }
  }()
}
