/// Which columns of a file make a table.
package enum CSVColumns: Sendable, Equatable {
  /// All: that of the target, or the last one, and the others in the order of the file.
  case all(target: String?)

  /// Those that a model was fitted to, in its order, wherever they stand in the file; the target may be missing. Other
  /// columns are refused, or passed over whatever they hold.
  case fitted(features: [String], target: String, passesOverOthers: Bool)
}
