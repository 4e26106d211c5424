// JSON (RFC 8259), written from left to right. The writer puts the commas; it does not check that
// objects and arrays are closed in their order.

/// Writes JSON into an array of bytes.
///
/// A member is its name and then its value: `name("a")` and a `write`, or `member` for both.
package struct JSONWriter: Sendable {
  /// The bytes at the start, and the bytes that were written after them.
  package private(set) var bytes: ContiguousArray<UInt8>

  /// Whether the next name, or the next value without a name, follows another one.
  private var needsComma: Bool

  /// A writer that appends to `bytes`. `continuing`: `bytes`, or what was sent before them, end
  /// with a member or an element, and the next one belongs to the same object or array.
  package init(appendingTo bytes: consuming ContiguousArray<UInt8> = [], continuing: Bool = false) {
    self.bytes = bytes
    needsComma = continuing
  }

  /// The same as text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Begins an object, as a value.
  package mutating func beginObject() { begin(ASCII.openBrace) }
  /// Ends the object that was begun last.
  package mutating func endObject() { end(ASCII.closeBrace) }
  /// Begins an array, as a value.
  package mutating func beginArray() { begin(ASCII.openBracket) }
  /// Ends the array that was begun last.
  package mutating func endArray() { end(ASCII.closeBracket) }

  /// Writes a member's name, which needs no escape.
  package mutating func name(_ name: String) {
    let (name, needsComma) = (name.utf8.span, needsComma)
    bytes.append(addingCapacity: name.count + 4) { output in
      if needsComma { output.append(ASCII.comma) }
      output.append(ASCII.quote)
      for index in name.indices { output.append(name[index]) }
      output.append(ASCII.quote)
      output.append(ASCII.colon)
    }
    self.needsComma = false
  }

  /// Writes a member's name, which may be any bytes.
  package mutating func name(_ name: Span<UInt8>) {
    separate()
    JSONString.append(name, into: &bytes)
    bytes.append(ASCII.colon)
    needsComma = false
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(ASCII.comma) }
    needsComma = true
  }
}

// MARK: - Values

extension JSONWriter {
  /// Writes a number; `null` for nil.
  package mutating func write(_ number: UInt64?) {
    guard let number else { return write(literal: "null") }
    separate()
    bytes.append(decimal: number)
  }

  /// Writes `true` or `false`.
  package mutating func write(_ flag: Bool) { write(literal: flag ? "true" : "false") }

  /// Writes a string; `null` for nil. O(n)
  package mutating func write(_ text: String?) {
    guard let text else { return write(literal: "null") }
    write(ContiguousArray(text.utf8).span)
  }

  /// Writes bytes as a string; those that are no UTF-8 become U+FFFD. O(n)
  package mutating func write(_ text: Span<UInt8>) {
    separate()
    JSONString.append(text, into: &bytes)
  }

  /// Writes a number whose digits the caller has, `1.5`.
  package mutating func write(decimal: String) { write(literal: decimal) }

  private mutating func write(literal: String) {
    separate()
    bytes.append(contentsOf: literal.utf8)
  }
}

// MARK: - Members

extension JSONWriter {
  /// Writes a member with a number; `null` for nil.
  package mutating func member(_ name: String, _ number: UInt64?) {
    self.name(name)
    write(number)
  }

  /// Writes a member with `true` or `false`.
  package mutating func member(_ name: String, _ flag: Bool) {
    self.name(name)
    write(flag)
  }

  /// Writes a member with a string; `null` for nil. O(n)
  package mutating func member(_ name: String, _ text: String?) {
    self.name(name)
    write(text)
  }

  /// Writes a member with a string of any bytes. O(n)
  package mutating func member(_ name: String, _ text: Span<UInt8>) {
    self.name(name)
    write(text)
  }

  /// Writes a member with a number whose digits the caller has.
  package mutating func member(_ name: String, decimal: String) {
    self.name(name)
    write(decimal: decimal)
  }
}
