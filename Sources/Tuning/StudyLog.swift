internal import Foundation
internal import Tensors

/// The file that keeps a study: a line that says which study it is, then a line for each evaluation, as JSON.
///
/// Lines are only ever appended, each written whole and brought to the disk before the next. A line without an end was
/// torn by an interruption: it is dropped, and what it told of is done again. Evaluations may stand in any order.
final class StudyLog: @unchecked Sendable {
  /// Which study it is.
  struct Header: Codable, Hashable {
    var format = "descent-study/1"
    let study: Study
    let folds: FoldsKey?
  }

  /// Which folds they are, without listing all rows.
  struct FoldsKey: Codable, Hashable, CustomStringConvertible {
    let kind: Folds.Kind
    let count: Int
    let rows: Int
    /// FNV-1a of the rows' folds, 64 bits.
    let fingerprint: UInt64

    init(_ folds: Folds) {
      (kind, count, rows) = (folds.kind, folds.count, folds.rowCount)
      fingerprint = fnv1a(folds.assignment.lazy.map { UInt64(truncatingIfNeeded: $0) })
    }

    var description: String { "\(count) \(kind) folds of \(rows) rows (fingerprint \(fingerprint))" }
  }

  /// What the file had when it was opened.
  let evaluations: [Evaluation]

  private let path: String
  // Used under the lock of the study's state alone, which is what makes this class safe to share.
  private let handle: FileHandle

  /// Opens the log of a study, or begins it.
  init(_ file: URL, header: Header) throws(StudyLogError) {
    path = file.path(percentEncoded: false)
    let head = try Self.line(header, path: path)
    let bytes: Data
    do {
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: file) }
      bytes = try Data(contentsOf: file)
      handle = try FileHandle(forUpdating: file)
    } catch { throw .cannotOpen(path: path, reason: error.localizedDescription) }

    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let lines = bytes[..<end].split(separator: UInt8(ascii: "\n"))
    // A file that breaks off inside this very header was interrupted there; anything else is not ours to write over.
    if lines.isEmpty, !head.starts(with: bytes) { throw .notALog(path: path) }
    if let first = lines.first {
      guard let other = try? JSONDecoder().decode(Header.self, from: first) else { throw .notALog(path: path) }
      let differences = header.differences(to: other)
      guard differences.isEmpty else { throw .otherStudy(path: path, differences: differences) }
    }
    var evaluations: [Evaluation] = []
    for (number, line) in lines.enumerated().dropFirst() {
      do {
        evaluations.append(try JSONDecoder().decode(Evaluation.self, from: line))
      } catch { throw .damaged(path: path, line: number + 1, reason: "\(error)") }
    }
    self.evaluations = evaluations
    do {
      try handle.truncate(atOffset: UInt64(end))
      try handle.seekToEnd()
    } catch { throw .cannotWrite(path: path, reason: error.localizedDescription) }
    if lines.isEmpty { try write(head) }
  }

  deinit { try? handle.close() }

  /// Adds an evaluation.
  func append(_ evaluation: Evaluation) throws(StudyLogError) { try write(Self.line(evaluation, path: path)) }

  private func write(_ line: Data) throws(StudyLogError) {
    do {
      try handle.write(contentsOf: line)
      try handle.synchronize()
    } catch { throw .cannotWrite(path: path, reason: error.localizedDescription) }
  }

  private static func line(_ value: some Encodable, path: String) throws(StudyLogError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(value) + Data("\n".utf8)
    } catch { throw .cannotWrite(path: path, reason: error.localizedDescription) }
  }
}

extension StudyLog.Header {
  /// A sentence for each difference; `other` is in the log.
  func differences(to other: StudyLog.Header) -> [String] {
    var sentences: [String] = []
    func compare<T: Equatable>(_ what: String, _ mine: T, _ its: T, text: (T) -> String = { "\($0)" }) {
      if mine != its { sentences.append("\(what) is \(text(its)) in the log and \(text(mine)) here") }
    }
    compare("the format", format, other.format)
    compare("the name", study.name, other.study.name) { "\"\($0)\"" }
    compare("the seed", study.seed, other.study.seed)
    compare("the order of the parameters", names, other.names)
    for name in Set(names + other.names).sorted() {
      compare("\"\(name)\"", domain(name), other.domain(name)) { $0.map(Self.json) ?? "no parameter" }
    }
    compare("the search", study.search, other.study.search, text: Self.json)
    for note in Set(study.notes.keys).union(other.study.notes.keys).sorted() {
      compare("the note \"\(note)\"", study.notes[note], other.study.notes[note]) { $0.map { "\"\($0)\"" } ?? "absent" }
    }
    compare("the cross-validation", folds, other.folds) { $0?.description ?? "absent" }
    return sentences
  }

  private var names: [String] { study.space.parameters.map(\.name) }

  private func domain(_ name: String) -> ParameterDomain? {
    study.space.parameters.first { $0.name == name }?.domain
  }

  private static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
  }
}

/// Why a study cannot go on with a log. The file has not been changed, unless it could not be written.
public enum StudyLogError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case cannotOpen(path: String, reason: String)
  /// The file is not the log of a study.
  case notALog(path: String)
  /// The log belongs to another study: every difference, one sentence each.
  case otherStudy(path: String, differences: [String])
  /// A line that is not the last cannot be read.
  case damaged(path: String, line: Int, reason: String)
  /// The log has an evaluation that the study has no place for.
  case notInThePlan(trial: Int, fold: Int)
  /// The file cannot be written.
  case cannotWrite(path: String, reason: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "the log \(path) cannot be opened: \(reason)"
    case .notALog(let path): "\(path) is not the log of a study; name another file, or one that does not exist yet"
    case .otherStudy(let path, let differences):
      "the log \(path) is of another study, so this one was not begun: \(differences.joined(separator: "; "))"
    case .damaged(let path, let line, let reason):
      "line \(line) of the log \(path) cannot be read; remove it, and what it told of is done again: \(reason)"
    case .notInThePlan(let trial, let fold):
      "the log has an evaluation of trial \(trial) on fold \(fold), which the study does not have; remove that line"
    case .cannotWrite(let path, let reason): "the log \(path) cannot be written: \(reason)"
    }
  }
}
