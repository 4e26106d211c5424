import MeterIO
import Testing

extension Units {
  /// The size of the elements of a reactor's tables.
  @Suite struct ReactorMemoryTests {
    @Test func `a reactor's elements are as large as the documentation says`() {
      #expect(ReactorStrides.socket == 32)
      #expect(ReactorStrides.audience == 16)
    }
  }
}
