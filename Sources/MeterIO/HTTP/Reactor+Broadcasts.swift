// Counts and messages are sent to all streams of a namespace, a slice at a time.

import MeterModel

extension Reactor {
  /// The number of streams of a slice: the work of a millisecond or two.
  private static var maximumSlice: Int { 128 }

  /// The time for which a reactor that stops goes on with broadcasts.
  private static var maximumEnd: Duration { .seconds(10) }

  /// Sends all streams of a namespace its count. A count is a state: of the counts that come during
  /// a pass only the newest is sent, after it.
  mutating func notify(_ namespace: NamespaceID, count: UInt64) {
    guard let row = audiences.row(of: namespace), !audiences[row].isEmpty else { return }
    let isFirst = makeBroadcast(row)
    broadcasts[audiences[row].broadcast].replaceCount(count, from: audiences[row].first)
    if isFirst { startBroadcast(row) }
  }

  /// Sends all streams of a namespace a framed message. It is acknowledged when its pass begins, so
  /// that a client that publishes faster than a reactor sends has to wait.
  mutating func broadcast(_ frame: Span<UInt8>, to namespace: NamespaceID) {
    guard let row = audiences.row(of: namespace), !audiences[row].isEmpty else {
      unacknowledgedMessages += 1
      return
    }
    let isFirst = makeBroadcast(row)
    audiences[row].messages &+= 1
    broadcasts[audiences[row].broadcast].append(message: frame)
    if isFirst { startBroadcast(row) }
  }

  /// Gives an audience a broadcast. Returns whether it had none.
  private mutating func makeBroadcast(_ row: UInt32) -> Bool {
    guard audiences[row].broadcast == .max else { return false }
    audiences[row].broadcast = broadcasts.add(Broadcast())
    return true
  }

  private mutating func startBroadcast(_ row: UInt32) {
    startPass(row)
    broadcasting.append(row)
  }

  private mutating func startPass(_ row: UInt32) {
    let audience = audiences[row]
    unacknowledgedMessages += broadcasts[audience.broadcast].startPass(
      from: audience.first, newest: audience.messages)
  }

  /// Removes an audience whose last stream has left. The messages of its broadcast are not needed
  /// any more: a stream that opens now is greeted with the newest count.
  mutating func removeAudience(_ row: UInt32) {
    let broadcast = audiences[row].broadcast
    guard broadcast != .max else {
      audiences.remove(row)
      return
    }
    // A slice may be under way. The pass ends at once, and the audience is then removed.
    while broadcasts[broadcast].hasMore { startPass(row) }
  }

  /// Sends the next slice of the broadcasts, in turn.
  mutating func sendBroadcasts() {
    var left = Self.maximumSlice
    while left > 0, let row = broadcasting.popFirst() {
      left -= sendSlice(row, limit: left)
      if audiences[row].broadcast != .max {
        broadcasting.append(row)
      } else if audiences[row].isEmpty {
        audiences.remove(row)
      }
    }
    sendKeptCounts()
  }

  /// Sends the messages of all broadcasts before the reactor stops, as far as `maximumEnd` allows;
  /// no counts.
  mutating func finishBroadcasts() {
    for broadcast in broadcasts.rows.indices { broadcasts.rows[broadcast].dropCounts() }
    let end = context.clock.now + Self.maximumEnd
    while !broadcasting.isEmpty, context.clock.now < end { sendBroadcasts() }
  }

  /// Sends the data of the present pass to at most `limit` streams of an audience. Returns the
  /// number of streams, and at least 1.
  private mutating func sendSlice(_ row: UInt32, limit: Int) -> Int {
    let broadcast = audiences[row].broadcast
    let count = broadcasts[broadcast].count
    let last = broadcasts[broadcast].lastSending
    // The number of messages for which each frame was made: once for a slice, not for a stream.
    var (chunked, plain, parts) = (-1, -1, -1)
    var events: ContiguousArray<UInt8> = []
    var done = 0
    while done < limit {
      let slot = broadcasts[broadcast].next
      guard slot != .max else {
        endPass(row)
        return max(done, 1)
      }
      broadcasts[broadcast].advance(to: table[slot].next)
      done += 1
      let missing = count == nil ? broadcasts[broadcast].missing(after: table[slot].messages) : 0
      // A stream that came after the messages of this pass gets none of them.
      if count == nil, missing == 0 { continue }
      if table[slot].state == .part {
        if let count {
          keepCount(count, for: slot)
        } else {
          if parts != missing {
            events.removeAll(keepingCapacity: true)
            broadcasts[broadcast].appendFrame(ofLast: missing, .plain, to: &events)
            parts = missing
          }
          table[slot].messages = last
          sendMessages(events.span, toPart: slot)
        }
        continue
      }
      switch table[slot].traits.framing {
      case .chunked where chunked != missing:
        Self.clear(&chunkedFrame)
        broadcasts[broadcast].appendFrame(ofLast: missing, .chunked, to: &chunkedFrame)
        chunked = missing
      case .plain where plain != missing:
        Self.clear(&plainFrame)
        broadcasts[broadcast].appendFrame(ofLast: missing, .plain, to: &plainFrame)
        plain = missing
      case .chunked, .plain: break
      }
      if count == nil { table[slot].messages = last }
      deliver(to: slot, count: count)
    }
    return done
  }

  private mutating func endPass(_ row: UInt32) {
    if broadcasts[audiences[row].broadcast].hasMore {
      startPass(row)
    } else {
      broadcasts.remove(audiences[row].broadcast)
      audiences[row].broadcast = .max
    }
  }

  /// Sends the frame of a stream's framing, a count or messages, to the stream, or keeps it if the
  /// stream is behind.
  mutating func deliver(to slot: UInt32, count: UInt64?) {
    let backlog = table[slot].attachment
    if backlog == .max {
      sendFrame(to: slot, count: count)
    } else if let count {
      backlogs[backlog].owedCount = count
    } else {
      let frame = frame(of: slot)
      guard
        backlogs[backlog].bytes.count - backlogs[backlog].sent + frame.count
          <= maximumBacklog(of: slot)
      else {
        drop(slot)
        return
      }
      backlogs[backlog].bytes.removeFirst(backlogs[backlog].sent)
      backlogs[backlog].sent = 0
      backlogs[backlog].bytes.append(contentsOf: frame)
    }
  }
}
