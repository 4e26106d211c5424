// Names bound to numbers, by strangers.

import MeterModel
import Testing

struct NameTableTests {
  @Test func `SipHash-1-3 gives the values of its reference implementation`() {
    // Made with the reference code's key 00…0f over the bytes 00, 01, 02, …
    let key = HashKey(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
    let expected: [(Int, UInt64)] = [
      (0, 0xABAC_0158_050F_C4DC), (1, 0xC9F4_9BF3_7D57_CA93), (7, 0xD392_7D98_9BB1_1140),
      (8, 0x3690_9511_8D29_9A8E), (15, 0xD320_D86D_2A51_9956),
    ]
    for (count, hash) in expected {
      let bytes = (0..<count).map { UInt8($0) }
      #expect(key.hash(bytes.span) == hash, "\(count)")
    }
  }

  @Test func `a name keeps its number, and the number its name`() {
    var table = NameTable(key: HashKey(1, 2))
    let names = (0..<1000).map { name($0) }
    #expect(names.map { table.bind($0.span) } == (0..<1000).map { UInt32($0) })
    #expect(names.map { table.bind($0.span) } == (0..<1000).map { UInt32($0) })
    #expect(names.map { table.find($0.span) } == (0..<1000).map { UInt32($0) })
    #expect((0..<1000).map { table.name(of: UInt32($0)) } == names)
    #expect(table.count == 1000)
    #expect(table.find(name(1000).span) == nil)
    #expect(table.name(of: 1000) == nil)
  }

  @Test(arguments: [(0, false), (1, true), (16, true), (17, true), (256, true), (257, false)])
  func `a name has 1 to 256 bytes`(count: Int, isBound: Bool) {
    var table = NameTable(key: HashKey(1, 2))
    let name = [UInt8](repeating: 0xFF, count: count)
    #expect((table.bind(name.span) != nil) == isBound)
    #expect(table.name(of: 0) == (isBound ? name : nil))
  }

  @Test(arguments: [1, 2, 3])
  func `a full table binds no more until one is unbound`(limit: UInt32) {
    var table = NameTable(key: HashKey(1, 2), limit: limit)
    for number in 0..<limit { #expect(table.bind(name(Int(number)).span) == number) }
    #expect(table.bind(name(99).span) == nil)
    #expect(table.bind(name(0).span) == 0)
    table.unbind(0)
    #expect(table.find(name(0).span) == nil)
    #expect(table.bind(name(99).span) == 0)
  }

  @Test func `unbinding what has no name changes nothing`() {
    var table = NameTable(key: HashKey(1, 2))
    table.unbind(0)
    #expect(table.bind(name(1).span) == 0)
    table.unbind(1)
    table.unbind(0)
    table.unbind(0)
    #expect(table.count == 0)
    #expect(table.bind(name(2).span) == 0)
    #expect(table.bind(name(3).span) == 1)
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `it agrees with a dictionary whatever is bound and unbound`(seed: UInt64) {
    var source = RandomSource(seed: seed).fork("names")
    var table = NameTable(key: HashKey(seed, 7))
    var model: [[UInt8]: UInt32] = [:]
    // The table grows and shrinks in turn, so that the index is rebuilt at a larger and at a
    // smaller size.
    for step in 0..<4000 {
      let name = name(source.below(300))
      if source.chance(step / 500 % 2 == 0 ? 4 : 1, in: 5) {
        let number = table.bind(name.span)
        #expect(model[name] == nil || model[name] == number)
        model[name] = number
      } else if let number = model.removeValue(forKey: name) {
        #expect(table.find(name.span) == number)
        table.unbind(number)
      }
      #expect(table.count == model.count)
    }
    #expect(Set(model.values).count == model.count)
    for index in 0..<300 { #expect(table.find(name(index).span) == model[name(index)]) }
    for (name, number) in model { #expect(table.name(of: number) == name) }
  }

  /// A different name for each number. The names have many lengths.
  private func name(_ number: Int) -> [UInt8] {
    Array("\(number)".utf8) + [UInt8](repeating: 0x2D, count: number % 250)
  }
}
