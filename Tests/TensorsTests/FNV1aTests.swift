import Tensors
import Testing

@Suite struct FNV1aTests {
  /// The values that the authors of the hash publish.
  @Test(
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("b", 0xaf63_df4c_8601_f1a5),
      ("foobar", 0x8594_4171_f739_67e8),
    ] as [(String, UInt64)])
  func bytesHaveThePublishedHash(_ text: String, _ hash: UInt64) {
    #expect(fnv1a(text.utf8.lazy.map { UInt64($0) }) == hash)
  }
}
