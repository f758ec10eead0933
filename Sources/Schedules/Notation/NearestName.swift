extension [String] {
  /// The name that someone who typed `word` may have meant: one that is equal but for case and joints, else one that
  /// `word` begins, else the one with the fewest letters to change, if these are at most a third.
  package func nearest(to word: String) -> String? {
    let typed = word.spelling
    guard !typed.isEmpty, typed.count <= 40 else { return nil }
    if let same = first(where: { $0.spelling == typed }) { return same }
    if let abbreviated = first(where: { $0.initials == typed }) { return abbreviated }
    if typed.count >= 3 {
      let begun = filter { $0.spelling.starts(with: typed) }
      if let shortest = begun.min(by: { $0.count < $1.count }) { return shortest }
    }
    let nearest = map { (name: $0, distance: editDistance($0.spelling, typed)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= Swift.max(1, typed.count / 3) else { return nil }
    return nearest.distance < nearest.name.count ? nearest.name : nil
  }
}

extension String {
  /// The letters and digits in lower case.
  fileprivate var spelling: [Character] { lowercased().filter { $0.isLetter || $0.isNumber } }

  /// The first letters of a name of several words: "lr" of "learning-rate".
  fileprivate var initials: [Character] {
    let words = split(separator: "-")
    return words.count > 1 ? words.flatMap { $0.lowercased().prefix(1) } : []
  }
}

/// The number of letters to insert, delete or replace, and of neighbours to exchange, to make one word of the other
/// (optimal string alignment).
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in left.indices {
    var row = [i + 1]
    for j in right.indices {
      var least = Swift.min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        least = Swift.min(least, beforeLast[j - 1] + 1)
      }
      row.append(least)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
