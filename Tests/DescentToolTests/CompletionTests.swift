// The completions that a shell is given.

import Foundation
import TestSupport
import Testing

@Suite struct CompletionTests {
  private func script(_ shell: String) throws -> String {
    let result = try Command.run(["--generate-completion-script", shell])
    #expect(result.exitCode == 0, "\(result.errors)")
    return result.output
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func everyShellKnowsWhatCanBeTyped(_ shell: String) throws {
    let script = try script(shell)
    for word in ["predict", "cosine", "adamw", "softmax", "quasi-random", "csv", "known-minimum"] {
      #expect(script.contains(word), "\(word)")
    }
  }

  /// What bash offers after some words.
  private func completions(_ words: [String]) throws -> [String] {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "completions")
      try Data(script("bash").utf8).write(to: file)
      for name in ["rows.csv", "notes.txt", "steps.jsonl"] { try Data().write(to: folder.appending(path: name)) }
      let typed = words.map { "'\($0)'" }.joined(separator: " ")
      let result = try Command.run(
        [
          "--norc", "-c",
          """
          source completions
          COMP_WORDS=(\(typed)) COMP_CWORD=\(words.count - 1) COMP_LINE="\(words.joined(separator: " "))"
          COMP_POINT=${#COMP_LINE}
          _descent descent "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
          printf '%s\\n' "${COMPREPLY[@]}"
          """,
        ], in: folder, executable: URL(filePath: "/bin/bash"))
      #expect(result.exitCode == 0, "\(result.errors)")
      return result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "bash is not installed"),
    arguments: [
      (["descent", "pre"], ["predict"]), (["descent", "fit", "--model", "s"], ["softmax"]),
      (["descent", "fit", "--schedule", "cos"], ["cosine"]), (["descent", "fit", "--optimizer", "adamw"], ["adamw"]),
      (["descent", "fit", "--known"], ["--known-minimum"]), (["descent", "fit", "r"], ["rows.csv"]),
      (["descent", "fit", "n"], []), (["descent", "fit", "--log", "s"], ["steps.jsonl"]),
      (["descent", "plot", "s"], ["steps.jsonl"]), (["descent", "plot", "n"], []),
      (["descent", "rules", "lio"], ["lion"]),
    ])
  func bashCompletes(_ words: [String], _ expected: [String]) throws {
    #expect(try completions(words) == expected)
  }
}
