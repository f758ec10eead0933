// Ctrl-C in `descent fit`.

import Foundation
import TestSupport
import Testing

@Suite struct FitInterruptTests {
  private static let digits = [
    "fit", ReferenceFile.repository.appending(path: "Examples/Data/digits.csv").path, "--model", "softmax",
    "--standardize", "--batch-size", "64", "--epochs", "1000000", "--learning-rate", "0.01",
  ]

  private struct Summary: Decodable {
    let isComplete: Bool
    let steps: Int
    let epochs: Int
    let objective: Double
  }

  @Test(arguments: [SIGINT, SIGTERM]) func anInterruptionLeavesWhatIsDone(_ signal: Int32) throws {
    try withTemporaryDirectory { folder in
      let result = try Command.run(Self.digits + ["--json", "--save", "model.json"], in: folder) { process in
        usleep(700_000)
        kill(process, signal)
      }
      #expect(result.exitCode == 130 && !result.ranOutOfTime, "\(result.errors)")
      let summary = try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8))
      #expect(!summary.isComplete && summary.steps > 0 && summary.objective < log(10))
      #expect(summary.steps / 29 == summary.epochs)
      #expect(
        result.errors == "interrupted after \(summary.steps) of 29000000 steps; the result is that of these steps\n",
        "\(result.errors)")
      let predicted = try Command.run(["predict", "model.json", Self.digits[1]], in: folder)
      #expect(predicted.exitCode == 0 && predicted.errors.hasPrefix("accuracy "))
    }
  }

  @Test func aSecondInterruptionEndsAtOnce() throws {
    try withTemporaryDirectory { folder in
      // A pipe into which nothing is written: reading never comes to an end by itself.
      let pipe = folder.appending(path: "pipe.csv").path
      #expect(mkfifo(pipe, 0o600) == 0)
      let writer = open(pipe, O_RDWR)
      defer { close(writer) }
      let result = try Command.run(["fit", pipe, "--model", "linear"]) { process in
        for _ in 1...2 {
          usleep(300_000)
          kill(process, SIGINT)
        }
      }
      #expect(result.exitCode == SIGINT && !result.ranOutOfTime, "\(result.errors)")
    }
  }
}
