// The binary form as docs/LOG-FORMAT.md describes it.

import Foundation
import MeterModel
import Testing

struct LogFormatTests {
  @Test func `the worked example is what the encoder makes`() throws {
    let documented = try Self.documentedBytes()
    let made = Self.example
    #expect(made == documented, "\(hexadecimal(made))")
  }

  @Test func `the worked example replays, and its digest is right`() throws {
    let bytes = try Self.documentedBytes()
    var replay = Replay()
    replay.append(bytes.span)
    replay.finish()
    while replay.next() != nil {}
    #expect(replay.figures.verified == true)
    #expect(replay.figures.records == 4)
  }

  /// The log of the document.
  private static var example: [UInt8] {
    var configuration = Configuration()
    configuration.incrementDelay = .seconds(1)
    configuration.viewerIDs = .exclusive
    var meter = Meter(configuration: configuration)
    var effects = EffectBuffer()
    var encoder = LogEncoder(
      section: LogSection(
        configuration: configuration, wallStart: 1_800_000_000_000_000_000,
        viewersAreHashed: true),
      offset: 0)
    let football = NamespaceID(0)
    let records = [
      LogRecord(
        .start, .opened(ConnectionID(0), football, viewer: ViewerID(0), after: .none, as: .viewer)),
      LogRecord(
        Instant(nanoseconds: 500_000_000),
        .opened(
          ConnectionID(1), football, viewer: .none,
          after: ConnectionKey(ConnectionID(0), ConnectionOrdinal(1)), as: .viewer)),
      LogRecord(Instant(nanoseconds: 500_000_000), .message(football, MessageID(1))),
      LogRecord(Instant(nanoseconds: 900_000_000), .closed(ConnectionID(0))),
    ]
    encoder.name(football, "football".utf8.span)
    encoder.name(ViewerID(0), "ab12".utf8.span)
    for record in records {
      meter.apply(record.event, at: record.instant, into: &effects)
      if case .message(let namespace, let message) = record.event {
        encoder.append(message, to: namespace, text: "score=1-0".utf8.span, at: record.instant)
      } else {
        encoder.append(record.event, at: record.instant)
      }
    }
    let end = Instant.start + .seconds(5)
    meter.advance(to: Instant.start + .seconds(1), into: &effects)
    encoder.endBlock(at: meter.now, digest: effects.digest)
    meter.advance(to: end, into: &effects)
    encoder.end(at: end, digest: effects.digest)
    return Array(encoder.take())
  }

  /// The pairs of digits before the bar, in the lines of the document that have a bar.
  private static func documentedBytes() throws -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../docs/LOG-FORMAT.md")
    let document = try String(contentsOf: root, encoding: .utf8)
    return document.split(separator: "\n").flatMap { line -> [UInt8] in
      guard line.hasPrefix("    "), let bar = line.firstIndex(of: "|") else { return [] }
      return line[..<bar].split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
