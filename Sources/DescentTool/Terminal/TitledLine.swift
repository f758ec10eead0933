internal import Foundation

/// A line of a summary: a title in a column of its own, and what is said of it.
enum TitledLine {
  static func of(_ title: String, _ text: String) -> String {
    title.padding(toLength: 16, withPad: " ", startingAt: 0) + text
  }
}
