// The end of a request's body is found exactly, so that the bytes after it are read as the next
// request. Every deviation from RFC 9112 §6 and §7.1 is malformed and ends the connection.

/// The next result of the decoder.
package enum BodyProgress: Equatable, Sendable {
  /// All bytes were consumed and the body goes on.
  case incomplete

  /// This range of the bytes is content. More may follow.
  case content(Range<Int>)

  /// The body ended before the position; the next request starts there.
  case complete

  /// The body is malformed (400).
  case failed
}

/// Decodes one body.
package struct BodyDecoder: Sendable {
  /// The element to which the next byte belongs.
  private enum Phase: UInt8 {
    case length, size, sizeBlank, extensionName, afterName, extensionValueStart, extensionToken
    case quoted, quotedPair, afterQuoted, sizeEnd, data, dataReturn, dataEnd
    case trailerStart, trailerName, trailerValue, trailerLineEnd, lastLineEnd
    case complete, failed
  }

  private var phase: Phase

  /// The number of bytes of content that are still to come, of the body or of the chunk.
  private var remaining: UInt64 = 0

  /// The number of digits of the chunk's size so far.
  private var digits = 0

  /// Whether the name of the present extension has begun.
  private var hasExtensionName = false

  /// The number of bytes of extensions and trailers so far.
  private var overhead = 0

  /// The maximum number of bytes of all extensions and trailers of one body.
  package static let maximumOverhead = 8192

  /// The maximum number of digits of a chunk's size, with leading zeros.
  package static let maximumSizeDigits = 16

  /// A decoder of a body with this framing.
  package init(_ body: RequestBody) {
    switch body {
    case .none: phase = .complete
    case .length(let length):
      phase = length == 0 ? .complete : .length
      remaining = length
    case .chunked: phase = .size
    }
  }

  /// Whether the body has ended.
  package var isComplete: Bool { phase == .complete }

  /// Consumes `bytes` from `position` up to the next result, and moves `position` behind what was
  /// consumed. To be called until it returns `incomplete`, `complete` or `failed`; the last result
  /// does not depend on the split of the bytes. Precondition: `position` is within 0 to
  /// `bytes.count`.
  package mutating func decode(
    _ bytes: Span<UInt8>, from position: inout Int
  ) -> BodyProgress {
    while position < bytes.count {
      if phase == .complete { return .complete }
      if phase == .failed { return .failed }
      if phase == .length || phase == .data {
        let available = UInt64(bytes.count - position)
        let count = Int(min(remaining, available))
        let range = position..<position + count
        position += count
        remaining -= UInt64(count)
        if remaining == 0 { phase = phase == .length ? .complete : .dataReturn }
        return .content(range)
      }
      guard advance(over: bytes[position]) else {
        phase = .failed
        return .failed
      }
      position += 1
    }
    return phase == .complete ? .complete : phase == .failed ? .failed : .incomplete
  }

  /// Takes one byte of the framing. Returns false if it is malformed.
  private mutating func advance(over byte: UInt8) -> Bool {
    switch phase {
    case .size: return takeSize(byte)
    case .sizeBlank: return byte != ASCII.carriageReturn && endSize(byte)
    case .sizeEnd:
      digits = 0
      return byte == ASCII.lineFeed && go(to: remaining == 0 ? .trailerStart : .data)
    case .dataReturn: return byte == ASCII.carriageReturn && go(to: .dataEnd)
    case .dataEnd: return byte == ASCII.lineFeed && go(to: .size)
    case .extensionName:
      if byte == ASCII.carriageReturn { return hasExtensionName && go(to: .sizeEnd) }
      return isAffordable && takeExtensionName(byte)
    case .afterName:
      if byte == ASCII.equals { return go(to: .extensionValueStart) }
      return isAffordable && (byte == ASCII.semicolon ? startExtension() : byte.isBlank)
    case .extensionValueStart:
      if byte == ASCII.quote { return go(to: .quoted) }
      return isAffordable && (byte.isTokenCharacter ? go(to: .extensionToken) : byte.isBlank)
    case .extensionToken:
      if byte == ASCII.carriageReturn { return go(to: .sizeEnd) }
      return isAffordable && (byte.isTokenCharacter || endExtension(byte, blank: .sizeBlank))
    case .quoted:
      if byte == ASCII.quote { return go(to: .afterQuoted) }
      guard isAffordable else { return false }
      return byte == ASCII.backslash ? go(to: .quotedPair) : byte.isFieldCharacter
    case .quotedPair: return isAffordable && byte.isFieldCharacter && go(to: .quoted)
    case .afterQuoted:
      if byte == ASCII.carriageReturn { return go(to: .sizeEnd) }
      return isAffordable && endExtension(byte, blank: .sizeBlank)
    case .trailerStart:
      if byte == ASCII.carriageReturn { return go(to: .lastLineEnd) }
      return isAffordable && byte.isTokenCharacter && go(to: .trailerName)
    case .trailerName:
      return isAffordable && (byte.isTokenCharacter || byte == ASCII.colon && go(to: .trailerValue))
    case .trailerValue:
      if byte == ASCII.carriageReturn { return go(to: .trailerLineEnd) }
      return isAffordable && byte.isFieldCharacter
    case .trailerLineEnd: return byte == ASCII.lineFeed && go(to: .trailerStart)
    case .lastLineEnd: return byte == ASCII.lineFeed && go(to: .complete)
    case .length, .data, .complete, .failed: return false
    }
  }

  /// Counts one byte of extensions and trailers. False when the maximum is exceeded.
  private var isAffordable: Bool {
    mutating get {
      overhead += 1
      return overhead <= Self.maximumOverhead
    }
  }

  private mutating func go(to next: Phase) -> Bool {
    phase = next
    return true
  }
}

// MARK: - Chunk sizes and extensions

extension BodyDecoder {
  private mutating func takeSize(_ byte: UInt8) -> Bool {
    guard let value = byte.hexadecimalValue else { return digits > 0 && endSize(byte) }
    guard digits < Self.maximumSizeDigits else { return false }
    digits += 1
    remaining = remaining << 4 | UInt64(value)
    return true
  }

  /// Takes the byte after a size: the end of the line, or an extension, which blanks may precede.
  /// Blanks before the end of the line are malformed (RFC 9112 §7.1.1).
  private mutating func endSize(_ byte: UInt8) -> Bool {
    if byte == ASCII.carriageReturn { return go(to: .sizeEnd) }
    if byte == ASCII.semicolon { return startExtension() }
    return isAffordable && byte.isBlank && go(to: .sizeBlank)
  }

  private mutating func startExtension() -> Bool {
    hasExtensionName = false
    return go(to: .extensionName)
  }

  /// Takes a byte of the name in `BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ]`, or
  /// of the blanks before it.
  private mutating func takeExtensionName(_ byte: UInt8) -> Bool {
    if byte.isTokenCharacter {
      hasExtensionName = true
      return true
    }
    guard hasExtensionName else { return byte.isBlank }
    if byte == ASCII.equals { return go(to: .extensionValueStart) }
    return endExtension(byte, blank: .afterName)
  }

  private mutating func endExtension(_ byte: UInt8, blank: Phase) -> Bool {
    if byte == ASCII.semicolon { return startExtension() }
    return byte.isBlank && go(to: blank)
  }
}
