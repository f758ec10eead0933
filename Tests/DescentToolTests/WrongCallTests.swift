// What a new user does wrong: every message names the thing and says what to do.

import Foundation
import TestSupport
import Testing

@Suite struct WrongCallTests {
  private static let diabetes = ReferenceFile.repository.appending(path: "Examples/Data/diabetes.csv").path

  @Test(arguments: [
    (["--learning-rate=-1"], "--learning-rate is -1.0; it must be 0 or greater"),
    (["--learning-rate", "-1"], "--learning-rate is -1.0; it must be 0 or greater"),
    (["--epochs", "-3"], "--epochs is -3; it must be at least 1"), (["--standardize", "-1"], "Unknown option '-1'"),
    (["--learning-rate", "nan"], "--learning-rate is nan"), (["--l2=-1"], "--l2 is -1.0"),
    (["--threads", "0"], "--threads is 0; it must be at least 1"),
    (["--clip-norm", "0"], "--clip-norm is 0.0; it must be greater than 0"),
    (["--clip-value=-2"], "--clip-value is -2.0"),
    (["--momentum", "1"], "--momentum is 1.0; it must be 0 or greater and less than 1"),
    (["--weight-decay=-1"], "--weight-decay is -1.0"), (["--batch-size", "0"], "--batch-size is 0"),
    (["--epochs", "9999999999999"], "--epochs is 9999999999999; it must be at most 1000000000"),
    (["--test-every", "1"], "--test-every is 1; it must be at least 2"),
    (["--test-every", "5", "--test-offset", "5"], "--test-offset is 5; it must be 0 or greater and less than"),
    (["--test-fraction", "2"], "--test-fraction is 2.0"),
    (["--final-rate=-1", "--schedule", "cosine"], "--final-rate is -1.0"),
    (["--optimizer", "adm"], "did you mean \"adam\"?"),
    (["--optimzer", "adam"], "descent fit has no option --optimzer; did you mean --optimizer?"),
    (["--lr", "0.1"], "descent fit has no option --lr; did you mean --learning-rate?\nUsage: descent fit "),
    (["--zzz"], "descent fit has no option --zzz; \"descent help fit\" lists those"),
    (["--save", "/nowhere/model.json"], "--save /nowhere/model.json: there is no folder /nowhere; create it"),
    (["--save", "-"], "--save -: name a file; where standard output is a pipe, /dev/stdout is one"),
    (["--save", "/"], "--save / is a folder; name a file in it"),
    (["--plot", "/nowhere/fit.svg"], "--plot /nowhere/fit.svg: there is no folder /nowhere"),
    (["-o", "/nowhere/fit.json"], "--output /nowhere/fit.json: there is no folder /nowhere"),
    (["--nesterov", "--momentum", "0"], "--nesterov needs a --momentum greater than 0"),
    (["--set", "momentum=0.5", "--momentum", "0.9"], "give --momentum 0.9 or --set momentum=0.5, not both"),
    (["--optimizer", "adam", "--set", "beta1=2"], "--set: "), (["--known-minimum", "nan"], "--known-minimum is nan"),
    (["--schedule", "plateau", "--factor", "2"], "--factor is 2.0; it must be greater than 0 and less than 1"),
    (["--plot", "fit.png"], "pictures are SVG; give it a name that ends in .svg"),
    (["--backend", "cuda"], "'blas' and 'kernels'"),
  ])
  func aWrongOptionIsRefusedBeforeAnythingIsRead(_ options: [String], _ said: String) throws {
    let result = try Command.run(["fit", "nowhere.csv", "--model", "linear"] + options)
    #expect(result.exitCode == 64 && result.output == "")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  /// What a library would advise is of no use at a prompt.
  @Test func aFitThatDivergesNamesOptions() throws {
    let result = try Command.run(["fit", Self.diabetes, "--model", "linear", "--learning-rate", "1e300"])
    #expect(result.exitCode == 1 && result.output == "")
    #expect(result.errors.contains("step 2 was not taken. Lower the rate"), "\(result.errors)")
    #expect(!result.errors.contains(".skip"), "\(result.errors)")
  }

  /// The steps that were taken show why the next one was not.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot"), "gnuplot is not installed"))
  func aFitThatDivergesIsDrawn() throws {
    try withTemporaryDirectory { folder in
      let result = try Command.run(
        ["fit", Self.diabetes, "--model", "linear", "--learning-rate", "1e300", "--plot", "fit.svg"], in: folder)
      #expect(result.exitCode == 1)
      #expect(try String(contentsOf: folder.appending(path: "fit.svg"), encoding: .utf8).contains("gradient norm"))
    }
  }

  /// All steps were finite, but not what they led to.
  @Test func aFitThatEndsInInfinityIsNoSuccess() throws {
    let options = ["--standardize", "--learning-rate", "2"]
    let result = try Command.run(["fit", Self.diabetes, "--model", "linear", "--json"] + options)
    #expect(result.exitCode == 1 && result.output == "")
    #expect(result.errors.contains("the objective is inf after 200 steps"), "\(result.errors)")
  }

  @Test func aFitThatGrewIsWarnedOf() throws {
    let options = ["--standardize", "--learning-rate", "1"]
    let result = try Command.run(["fit", Self.diabetes, "--model", "linear"] + options)
    #expect(result.exitCode == 0 && result.errors.contains("the objective has grown from 1453"), "\(result.errors)")
  }

  /// Under whatever name, as data, configuration, log or model.
  @Test(arguments: [
    ["fit", "data.csv", "--model", "linear", "--output", "./data.csv"],
    ["fit", "data.csv", "--model", "linear", "--save", "link.csv"],
    ["fit", "data.csv", "--model", "linear", "--plot", "data.csv"],
    ["fit", "--config", "run.json", "--save", "run.json"],
    ["predict", "model.json", "data.csv", "--output", "data.csv"],
    ["predict", "model.json", "data.csv", "--output", "model.json"],
    ["tune", "data.csv", "--model", "linear", "--plot", "data.csv"],
    ["tune", "data.csv", "--model", "linear", "--resume", "study.jsonl", "--output", "study.jsonl"],
    ["recommend", "data.csv", "--model", "linear", "--output", "data.csv"],
    ["plot", "run.jsonl", "--output", "run.jsonl"],
  ])
  func whatIsReadIsNotWrittenOver(_ arguments: [String]) throws {
    try withTemporaryDirectory { directory in
      func file(_ name: String) -> URL { directory.appending(path: name) }
      let data = Data("a,y\n1,1\n2,3\n3,2\n".utf8)
      try data.write(to: file("data.csv"))
      try FileManager.default.linkItem(at: file("data.csv"), to: file("link.csv"))
      let configuration = try Command.run(
        ["fit", "data.csv", "--model", "linear", "--dump-config", "--log", "run.jsonl"], in: directory)
      try Data(configuration.output.replacing("\"run.jsonl\"", with: "null").utf8).write(to: file("run.json"))
      let fit = try Command.run(
        ["fit", "data.csv", "--model", "linear", "--save", "model.json", "--log", "run.jsonl"], in: directory)
      #expect(fit.exitCode == 0, "\(fit.errors)")
      try data.write(to: file("study.jsonl"))
      let names = ["data.csv", "run.json", "model.json", "run.jsonl", "study.jsonl"]
      let before = try names.map { try Data(contentsOf: file($0)) }
      let result = try Command.run(arguments, in: directory)
      #expect(result.exitCode == 64 && result.errors.contains("is a file that is read"), "\(result.errors)")
      #expect(try names.map { try Data(contentsOf: file($0)) } == before)
    }
  }

  @Test(arguments: [
    ["fit", "--epochs", "1"], ["recommend"], ["tune", "--epochs", "1", "--standardize", "--learning-rate", "0.1"],
  ])
  func aQuantityThatIsTakenForClassesIsWarnedOf(_ arguments: [String]) throws {
    let result = try Command.run([arguments[0], Self.diabetes, "--model", "softmax"] + arguments.dropFirst())
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.errors.contains("347 classes for 442 rows"), "\(result.errors)")
    #expect(result.errors.contains("--model linear"), "\(result.errors)")
  }

  @Test(arguments: [
    (["fit"], "name the CSV file"), (["fti"], "there is no subcommand \"fti\"; did you mean \"fit\"?"),
    ([diabetes], "there are fit, predict, tune"), (["fit", diabetes, "--modle", "linear"], "did you mean --model?"),
    (["fit", diabetes], "--model"),
    (["fit", "/", "--model", "linear"], "/ is a folder"),
    (["predict"], "<model>"), (["predict", "nowhere.json", diabetes], "the model nowhere.json cannot be read"),
    (["predict", diabetes, diabetes], "the model is named before the data"),
    (["rules", "adamm"], "did you mean \"adam"), (["rules", "x"], "Usage: descent rules "),
    (["fit", diabetes, "--model", "linear", "--set", "beta2=1"], "sgd has no setting \"beta2\"; there are momentum,"),
    (["help", "fti"], "there is no subcommand \"fti\"; did you mean \"fit\"?"),
    (["tune", diabetes, "--model", "linear", "--folds", "1"], "--folds is 1; it must be at least 2"),
    (["tune", diabetes, "--model", "linear", "--points", "0"], "--points is 0; it must be at least 1"),
    (
      ["tune", diabetes, "--model", "linear", "--search", "range", "--passes", "10000000000"],
      "--passes is 10000000000; it must be at most"
    ),
    (["fit", diabetes, "--model", "linear", "--save", "x", "--log", "./x"], "--save and --log are both ./x"),
    (["schedule", "cosin(1, 5)"], "did you mean \"cosine\"?"),
    (["recommend", diabetes, "--model", "linear", "--epochs", "0"], "--epochs is 0"),
    (["recommend", "-", "--model", "linear", "--compare"], "--compare reads the data twice"),
  ])
  func everySubcommandSaysWhatItNeeds(_ arguments: [String], _ said: String) throws {
    let result = try Command.run(arguments)
    #expect(result.exitCode != 0 && result.output == "")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  @Test(arguments: [
    ("a,y\n1,0\n2,1\n3,2.5\n", "softmax", "row 3 below the column names: the target \"y\" is 2.5"),
    ("a,y\n1,0\n2,1\n3,2\n", "logistic", "row 3 below the column names: the target \"y\" is 2.0"),
    ("a,y\n1,0\n2,0\n", "softmax", "the target \"y\" is 0 in every row; at least two classes are needed"),
    ("a,y\n1,cat\n", "softmax", "the target \"cat\" is not a number; number classes 0, 1, 2"),
    ("a;y\n1;0\n", "linear", "separate columns by commas"),
  ])
  func aTargetThatCannotBeLearnedIsNamedByItsRow(_ text: String, _ model: String, _ said: String) throws {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "data.csv")
      try Data(text.utf8).write(to: file)
      let result = try Command.run(["fit", file.path, "--model", model])
      #expect(result.exitCode == 1 && result.output == "")
      #expect(result.errors.contains("data.csv") && result.errors.contains(said), "\(result.errors)")
    }
  }

  @Test(arguments: [
    ("a,b,y\n1,2,3\n2,1,4\n", "linear", "2 rows for 3 parameters: many weights fit equally well"),
    ("a,y\n1,2\n", "linear", "1 row for 2 parameters: many"),
    ("a,y\n1,1\n2,1\n3,1\n", "logistic", "every fitted row has the target 1.0"),
  ])
  func whatIsSeldomMeantIsWarnedOf(_ text: String, _ model: String, _ said: String) throws {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "data.csv")
      try Data(text.utf8).write(to: file)
      let result = try Command.run(["fit", file.path, "--model", model, "--quiet"])
      #expect(result.exitCode == 0 && result.errors.hasPrefix("warning: \(said)"), "\(result.errors)")
      #expect(
        try Command.run(["fit", file.path, "--model", model, "--quiet", "--l2", "1"]).errors.contains("rows for")
          == false)
    }
  }

  /// The result goes to a file from every subcommand, and is the same there as on standard output.
  @Test(arguments: [
    ["rules", "adamw"], ["rules", "--json"], ["schedule", "cosine(1 -> 0, 10)"],
    ["schedule", "cosine(1 -> 0, 10)", "--csv"], ["schedule", "--list"], ["recommend", diabetes, "--model", "linear"],
    ["tune", diabetes, "--model", "linear", "--standardize", "--epochs", "5", "--json"],
  ])
  func everyResultCanGoToAFile(_ arguments: [String]) throws {
    try withTemporaryDirectory { folder in
      let direct = try Command.run(arguments)
      let toFile = try Command.run(arguments + ["-o", "result"], in: folder)
      #expect(toFile.exitCode == 0 && toFile.output == "", "\(toFile.errors)")
      #expect(try String(contentsOf: folder.appending(path: "result"), encoding: .utf8) == direct.output)
    }
  }
}
