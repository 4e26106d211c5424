import MeterIO
import Testing

extension Units {
  /// The size of the elements of a reactor's tables.
  @Suite struct ReactorMemoryTests {
    @Test func `a socket takes 32 bytes in a reactor, an audience 16, an HTTP connection 448`() {
      #expect(ElementSizes.socket == 32)
      #expect(ElementSizes.audience == 16)
      #expect(ElementSizes.httpConnection == 448)
    }
  }
}
