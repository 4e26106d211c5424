import Foundation
import Glibc
import MeterIO
import MeterModel
import Testing

extension Units {
  /// A capture whose disk stops for a while: a pipe without a reader stands for the disk.
  @Suite final class `A captured run on a slow disk` {
    private let folder: TemporaryFolder
    private let path: String
    private let pipe: Int32
    private var node = Node(
      NodeSettings(
        hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6))))
    private var opened: UInt32 = 0

    init() throws {
      folder = try TemporaryFolder()
      path = "\(folder.path)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      pipe = Glibc.open(path, O_RDONLY | O_NONBLOCK)
      #expect(pipe >= 0)
      node.log = MeterLog()
    }

    deinit { close(pipe) }

    /// A stream opens, a millisecond after the one before, which closes.
    private func open(_ capture: inout Capture) {
      opened += 1
      let now = Instant(nanoseconds: UInt64(opened) * 1_000_000)
      let name = Array("n\(opened % 50)".utf8)
      var batch = InputBatch(reactor: 0)
      let slot = opened % 2
      batch.inputs.append(.closed(slot: slot))
      batch.inputs.append(
        .opened(
          ConnectionHandle(slot: slot, generation: opened),
          namespace: batch.bytes.appendText(name.span), viewer: .none, after: nil,
          as: .viewer))
      node.apply(batch, at: now)
      _ = node.outputs.take(for: 0)
      if let log = node.log { capture.append(log) }
      node.log?.removeAll()
      if capture.isDue(at: now) { capture.finishBlock(node) }
    }

    private func drain(into log: inout [UInt8]) {
      var piece = [UInt8](repeating: 0, count: 65_536)
      while case let count = read(pipe, &piece, piece.count), count > 0 {
        log += piece.prefix(count)
      }
    }

    @Test func `a capture that its disk holds up has a gap, and is verified before and after it`()
      throws
    {
      var capture = try Capture.start(
        path, section: LogSection(configuration: Configuration()),
        policy: Capture.Policy(maximumPending: 200_000), console: Console(isVerbose: false),
        wake: {})
      let isWritten = Flag()
      let writing = capture.writing
      let thread = try JoinableThread(name: "capture") {
        writing()
        isWritten.raise()
      }
      while !capture.isLosing, opened < 2_000_000 { open(&capture) }
      #expect(capture.isLosing)
      for _ in 0..<1000 { open(&capture) }
      var log: [UInt8] = []
      let deadline = Deadline()
      while capture.isLosing, !deadline.hasPassed {
        drain(into: &log)
        open(&capture)
      }
      #expect(!capture.isLosing)
      for _ in 0..<1000 {
        drain(into: &log)
        open(&capture)
      }
      capture.end(node)
      while !isWritten.isRaised, !deadline.hasPassed { drain(into: &log) }
      try #require(isWritten.isRaised)
      thread.join()
      drain(into: &log)

      var replay = Replay()
      replay.append(log.span)
      replay.finish()
      var lost: [UInt64] = []
      while let step = replay.next() {
        if case .gap(let gap) = step { lost.append(gap.records) }
      }
      #expect(lost.count == 1 && lost.allSatisfy { $0 >= 1000 })
      #expect(replay.figures.verified == true)
      #expect(replay.figures.digest == node.digest)
      #expect(replay.figures.records + lost.reduce(0, +) == 2 * UInt64(opened))
    }
  }
}
