import Foundation

/// A Python process that owns one library and is asked line by line; Benchmarks/Peers/worker.py has the language.
final class PeerWorker {
  let library: PeerLibrary
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var unread = Data()
  private var contestants = 0

  init(_ library: PeerLibrary, python: String, folder: String, threads: Int) throws {
    self.library = library
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-B", folder + "/worker.py", library.rawValue]
    process.standardInput = requests
    process.standardOutput = answers
    // As many threads as Descent has, and huge pages, as it has. OpenBLAS's threads spin for 100 ms after a call, in
    // the turns of others; 2^16 cycles are about as long as Descent's workers spin.
    let settings = [
      "OMP_NUM_THREADS": "\(threads)", "OPENBLAS_NUM_THREADS": "\(threads)", "MKL_NUM_THREADS": "\(threads)",
      "OPENBLAS_THREAD_TIMEOUT": "16",
      "JAX_PLATFORMS": "cpu", "THP_MEM_ALLOC_ENABLE": "1", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(settings) { $1 }
    try process.run()
  }

  deinit {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// The library and its version.
  func describe() throws -> String { try ask("describe") }

  /// A new contestant, or the reason why the library has none such.
  func make(
    rule: String, mode: String, scalar: String, shape: Shape, limit: Double?
  ) throws -> Result<PeerContestant, PeerRefusal> {
    contestants += 1
    let limit = limit.map { "\($0)" } ?? "none"
    let words = "make \(contestants) \(rule) \(mode) \(scalar) \(shape.tensors) \(shape.elementsPerTensor) \(limit)"
    do {
      _ = try ask(words)
    } catch let refusal as PeerRefusal {
      return .failure(refusal)
    }
    return .success(PeerContestant(worker: self, number: contestants, mode: mode))
  }

  fileprivate func ask(_ request: String) throws -> String {
    try requests.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: unread[unread.startIndex..<end], as: UTF8.self)
        unread = Data(unread[unread.index(after: end)...])
        if line == "ok" { return "" }
        if line.hasPrefix("ok ") { return String(line.dropFirst(3)) }
        if line.hasPrefix("no ") { throw PeerRefusal(reason: String(line.dropFirst(3))) }
        throw PeerFailure(library: library, request: request, answer: line)
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { throw PeerFailure(library: library, request: request, answer: "none; it has ended") }
      unread += more
    }
  }
}

/// A step of a library, in one of its ways.
final class PeerContestant {
  let worker: PeerWorker
  let mode: String
  private let number: Int

  fileprivate init(worker: PeerWorker, number: Int, mode: String) {
    (self.worker, self.number, self.mode) = (worker, number, mode)
  }

  deinit { _ = try? worker.ask("drop \(number)") }

  /// Such as `torch fused`.
  var name: String { "\(worker.library.rawValue) \(mode)" }

  func setGradient(times factor: Double) throws { _ = try worker.ask("gradient \(number) \(factor)") }

  func setZeros(every period: Int) throws { _ = try worker.ask("zeros \(number) \(period)") }

  /// Takes so many steps and returns how many seconds that took.
  func run(_ count: Int) throws -> Double {
    let answer = try worker.ask("steps \(number) \(count)")
    guard let seconds = Double(answer) else {
      throw PeerFailure(library: worker.library, request: "steps", answer: answer)
    }
    return seconds
  }

  func sample(_ count: Int) throws -> [Double] {
    try worker.ask("sample \(number) \(count)").split(separator: " ").map { Double($0) ?? .nan }
  }
}

/// A library has no such rule or mode.
struct PeerRefusal: Error {
  let reason: String
}

/// A worker did not do what it was asked.
struct PeerFailure: Error, CustomStringConvertible {
  let library: PeerLibrary
  let request, answer: String
  var description: String { "the worker for \(library.title) answered '\(request)' with: \(answer)" }
}
