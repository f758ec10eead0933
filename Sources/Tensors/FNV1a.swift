/// The hash FNV-1a with 64 bits, a word at a time: the same in every process and on every machine, unlike `Hasher`.
///
/// Words that are bytes give the hash as it is published: Fowler, Noll, Vo and Eastlake, "The FNV non-cryptographic hash
/// algorithm".
@inlinable package func fnv1a(_ words: some Sequence<UInt64>) -> UInt64 {
  words.reduce(0xcbf2_9ce4_8422_2325) { hash, word in (hash ^ word) &* 0x100_0000_01b3 }
}
