// The node thread's part of the captured log. It encodes the inputs of the meter, and hands over a
// block when it is full or a second old. When too many bytes wait to be written, records are left
// out, and the log continues with a snapshot once the disk has caught up. When the file was changed
// by another program, a new section begins with a snapshot.

import MeterModel

/// The capture of one run.
package struct Capture {
  /// The operator's options.
  package struct Policy: Sendable {
    /// The size from which a file is put aside, in bytes; nil for never.
    let rotation: UInt64?

    /// The key with which viewer ids are hashed; nil to write them unchanged.
    let viewerKey: HashKey?

    /// The bytes that may wait to be written; above it records are left out.
    let maximumPending: Int

    /// The options with their defaults: no rotation, unchanged viewer ids, at most 64 MiB waiting.
    package init(
      rotation: UInt64? = nil, viewerKey: HashKey? = nil, maximumPending: Int = 64 * 1024 * 1024
    ) {
      self.rotation = rotation
      self.viewerKey = viewerKey
      self.maximumPending = maximumPending
    }
  }

  private let writer: CaptureWriter
  private let section: LogSection
  private let policy: Policy
  private let console: Console
  private var encoder: LogEncoder
  private var fileBytes: UInt64

  /// The bytes of the snapshot and the header with which its last section begins; 0 for a run from
  /// its start.
  private var beginningBytes: UInt64 = 0

  /// Whether the file is being put aside.
  private var isRotating = false

  /// The time after the first record of a block at which the block is finished at the latest.
  private static let maximumBlockDuration = Duration.seconds(1)

  /// Opens the file and writes a header to it; a damaged log is put aside first. Throws all errors
  /// that can occur at start. `wake` is called on another thread when `isDue` has become true
  /// without an event.
  package static func start(
    _ path: String, section: LogSection, policy: Policy, console: Console,
    wake: @escaping @Sendable () -> Void
  ) throws(StartError) -> Capture {
    do throws(CaptureFileError) {
      var file = try CaptureFile.open(
        appendingTo: path, section, judgingUpTo: CaptureWriter.maximumJudgedAtStart
      ) {
        console.log("--capture: \(path): \($0)")
      }
      var encoder = LogEncoder(section: section, offset: file.length)
      let header = encoder.take()
      do throws(SystemError) {
        var written = 0
        while written < header.count {
          written += try file.write(header.span.extracting(droppingFirst: written))
        }
        let length = file.length
        let writer = try CaptureWriter(
          file, path: path, section: section, console: console, wake: wake)
        return Capture(
          writer: writer, section: section, policy: policy, console: console, encoder: encoder,
          fileBytes: length)
      } catch {
        throw CaptureFileError.system(error)
      }
    } catch {
      throw StartError(reason: "--capture: \(path): \(error.description)")
    }
  }

  /// The body of the thread that writes.
  package var writing: @Sendable () -> Void {
    { [writer] in writer.run() }
  }

  /// Whether records are being left out because the disk does not keep up.
  package var isLosing: Bool { encoder.lostSince != nil }

  /// The instant when the current block must be finished; nil if there is none.
  var deadline: Instant? { encoder.openSince.map { $0 + Self.maximumBlockDuration } }
}

// MARK: - Records

extension Capture {
  /// Encodes the inputs of the meter. To be called after each mutating function of the node, before
  /// `finishBlock`.
  package mutating func append(_ log: MeterLog) {
    for (instant, entry) in log.entries {
      switch entry {
      case .namespaceBound(let namespace, let name):
        encoder.name(namespace, log.bytes.span.extracting(name.bounds))
      case .namespaceUnbound(let namespace): encoder.forget(namespace)
      case .viewerBound(let viewer, let name):
        encoder.name(viewer, policy.written(log.bytes.span.extracting(name.bounds)).span)
      case .viewerUnbound(let viewer): encoder.forget(viewer)
      case .sourceBound(let source, let name):
        encoder.name(source, log.bytes.span.extracting(name.bounds))
      case .sourceUnbound(let source): encoder.forget(source)
      case .serviceBound(let service, let name):
        encoder.name(service, log.bytes.span.extracting(name.bounds))
      case .serviceUnbound(let service): encoder.forget(service)
      case .event(let event):
        nameNode(of: event)
        encoder.append(event, at: instant)
      case .message(let namespace, let message, let text):
        encoder.append(
          message, to: namespace, text: log.bytes.span.extracting(text.bounds), at: instant)
      case .retained(let namespace, let service, let message, let text):
        encoder.append(
          message, to: namespace, keptBy: service, text: log.bytes.span.extracting(text.bounds),
          at: instant)
      case .effect: break
      }
    }
  }

  private mutating func nameNode(of event: Event) {
    switch event {
    case .peer(let node, _, _, _), .bye(let node), .arrived(_, let node), .moved(_, let node):
      name(node)
    case .transferred(_, let from, let to):
      name(from)
      name(to)
    case .opened, .closed, .excluded, .message, .retained, .external, .cut, .restarted, .pinged,
      .left:
      break
    }
  }

  private mutating func name(_ node: NodeID) {
    if !encoder.knows(node) { encoder.name(node, Self.name(of: node).span) }
  }

  /// The name of a node in the log: its number, which needs no table that strangers could fill.
  fileprivate static func name(of node: NodeID) -> [UInt8] { Array("\(node.number)".utf8) }
}

extension Capture.Policy {
  /// A viewer id as it is written: unchanged, or as 16 hexadecimal digits of its hash.
  func written(_ viewer: Span<UInt8>) -> [UInt8] {
    guard let viewerKey else { return viewer.array }
    let digits = String(viewerKey.hash(viewer), radix: 16)
    return Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
  }
}

// MARK: - Blocks

extension Capture {
  /// Whether `finishBlock` must be called: the block is full or old enough, the disk has caught up
  /// after a loss, or the file was changed by another program.
  package func isDue(at now: Instant) -> Bool {
    if writer.isSectionWanted { return true }
    if isLosing { return writer.pendingBytes < policy.maximumPending / 2 }
    return encoder.isFull || (deadline ?? .never) <= now
  }

  /// Hands over the block, begins a new section or a new file, or continues after a loss.
  /// Precondition: the whole log of the node was appended.
  package mutating func finishBlock(_ node: borrowing Node) {
    if let offset = writer.takeWantedOffset() {
      writer.begin(beginSection(at: offset, node), at: offset)
      return
    }
    if isLosing {
      console.log("--capture: the log goes on; \(encoder.lost) records are left out")
      resume(&encoder, node)
      handOver()
      return
    }
    guard writer.pendingBytes < policy.maximumPending else {
      console.log("--capture: the disk does not keep up; records are left out")
      encoder.discardBlock(at: node.meter.now)
      return
    }
    encoder.endBlock(at: node.meter.now, digest: node.digest)
    handOver()
    // A file has at least as many bytes of records as of its snapshot, however large that is.
    if let rotation = policy.rotation, fileBytes >= max(rotation, 2 * beginningBytes), !isRotating {
      isRotating = true
      writer.rotate()
    }
  }

  /// Ends the log. If the file was changed by another program, its last section has a snapshot and
  /// the end.
  package mutating func end(_ node: borrowing Node) {
    if isLosing { console.log("--capture: the log ends; \(encoder.lost) records are left out") }
    encoder.endBlock(at: node.meter.now, digest: node.digest)
    handOver()
    writer.settle()
    if let offset = writer.takeWantedOffset() {
      writer.begin(beginSection(at: offset, node), at: offset)
    }
    encoder.end(at: node.meter.now, digest: node.digest)
    handOver()
    writer.close()
  }

  /// Ends the section and begins another one with a snapshot, at an offset in its file. Returns its
  /// bytes so far.
  private mutating func beginSection(
    at offset: UInt64, _ node: borrowing Node
  ) -> ContiguousArray<UInt8> {
    encoder.end(at: node.meter.now, digest: node.digest)
    handOver()
    isRotating = false
    encoder = LogEncoder(section: section, offset: offset)
    resume(&encoder, node)
    let beginning = encoder.take()
    beginningBytes = UInt64(beginning.count)
    fileBytes = offset + beginningBytes
    return beginning
  }

  private func resume(_ encoder: inout LogEncoder, _ node: borrowing Node) {
    encoder.resume(
      from: node.meter.snapshot, texts: node.texts,
      names: CapturedNames(
        namespaces: node.namespaces, viewers: node.viewers, sources: node.sources,
        services: node.services, policy: policy),
      messages: node.messageCount, digest: node.digest)
  }

  private mutating func handOver() {
    let bytes = encoder.take()
    guard !bytes.isEmpty else { return }
    fileBytes += UInt64(bytes.count)
    writer.write(bytes)
  }
}

/// The names of the ids in a snapshot.
private struct CapturedNames: LogNames {
  let namespaces: NameTable
  let viewers: NameTable
  let sources: NameTable
  let services: NameTable
  let policy: Capture.Policy

  func number(of connection: ConnectionID) -> UInt64 { UInt64(connection.number) }
  func name(of namespace: NamespaceID) -> [UInt8] { namespaces.name(of: namespace.number) ?? [] }
  func name(of node: NodeID) -> [UInt8] { Capture.name(of: node) }
  func name(of source: SourceID) -> [UInt8] { sources.name(of: source.number) ?? [] }

  func name(of service: ServiceID) -> [UInt8] { services.name(of: service.number) ?? [] }

  func reference(to connection: ConnectionKey) -> ConnectionReference {
    .ordinal(connection.ordinal)
  }

  func name(of viewer: ViewerID) -> [UInt8] {
    viewers.withName(of: viewer.number) { policy.written($0) } ?? []
  }
}
