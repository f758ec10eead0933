import Foundation
import TestSupport
import Testing

/// The page of errors has every public error of the libraries, and every case.
@Suite struct ErrorTests {
  /// A public error: its name, and the cases of it and of what is inside.
  struct ErrorType: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cases: [String]
  }

  static let all: [ErrorType] = ["Optimizers", "Problems", "Schedules", "Tensors", "Tuning"].flatMap { module in
    let folder = ReferenceFile.repository.appending(path: "Sources/\(module)")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).flatMap { file -> [ErrorType] in
      guard let source = try? String(contentsOf: file, encoding: .utf8) else { return [] }
      return source.matches(of: /(?m)^public (?:enum|struct) (\w+): [^{\n]*Error\b[^{\n]*\{$/).map { match in
        // To the brace that closes the type; a case in a pattern begins with a dot.
        let body = source[match.range.upperBound...].components(separatedBy: "\n}").first ?? ""
        let cases = body.matches(of: /(?m)^ +case `?([a-z]\w*)/).map { String($0.output.1) }
        return ErrorType(testDescription: String(match.output.1), cases: cases)
      }
    }
  }

  @Test func errorsAreFound() {
    #expect(Set(all).isSuperset(of: ["StepError", "SettingError", "CSVError", "TuningError", "NumPyError"]))
  }

  private var all: [String] { Self.all.map(\.testDescription) }

  @Test(arguments: all) func everyErrorAndCaseIsOnThePage(_ error: ErrorType) throws {
    let text = try Article("Errors").text
    let name = error.testDescription
    #expect(text.contains("/\(name)``") || text.contains("`\(name)`"), "\(name)")
    for name in error.cases { #expect(text.contains("`\(name)`"), "\(error.testDescription).\(name)") }
  }
}
