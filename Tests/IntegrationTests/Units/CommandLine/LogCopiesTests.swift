import Testing
import audience_meter

extension Units {
  @Suite struct `Copies of logs that can be read only once` {
    @Test(arguments: [9, 10, 11])
    func `have up to a number of bytes of all logs together`(length: Int) {
      var copies = LogCopies(logs: 2, limit: 10)
      let first = copies.append([1, 2, 3], to: 0)
      #expect(first)
      let rest = [UInt8](repeating: 4, count: length - 3)
      let isAdded = copies.append(rest, to: 1)
      #expect(isAdded == (length <= 10))
      #expect(copies.piece(of: 0, at: 0) == [1, 2, 3] && copies.piece(of: 0, at: 3) == [])
      #expect(copies.piece(of: 1, at: 0) == (isAdded ? rest : []))
    }

    @Test func `are read in pieces`() {
      var copies = LogCopies(logs: 1)
      let bytes = (0..<150_000).map { UInt8(truncatingIfNeeded: $0) }
      for half in [bytes[..<70_000], bytes[70_000...]] {
        let isAdded = copies.append(Array(half), to: 0)
        #expect(isAdded)
      }
      var read: [UInt8] = []
      while case let piece = copies.piece(of: 0, at: read.count), !piece.isEmpty {
        #expect(piece.count <= 65_536)
        read += piece
      }
      #expect(read == bytes)
    }
  }
}
