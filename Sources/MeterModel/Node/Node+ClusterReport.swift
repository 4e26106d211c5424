// The answer to `GET /cluster` (§6), one JSON object:
//
// {"id":"…","nodes":[{"id":"…","address":"…","carrier":"redis","last_heard":1795350754.250,
// "namespaces":2,"members":5,"old":false,"dropped":{"bad key":1},"skipped":{}}],"duplicates":0,
// "lost_events":0,"dropped":{"unauthenticated":3},"skipped":{"bad name":2},"carriers":[{
// "carrier":"redis","address":"…","state":"up","sent":1,"unsent":0,"received":1,"overrun":0}]}

extension Node {
  /// Answers with the id of this node, the nodes that were heard within the timeout, the dropped
  /// datagrams by reason, and the state of the carriers. O(nodes + counts of other nodes)
  mutating func answerCluster(to handle: ConnectionHandle, on reactor: Int) {
    guard let membership else {
      outputs[reactor].append(.answer(handle, .failed(.notFound)))
      return
    }
    var json = JSONWriter()
    json.beginObject()
    membership.write(at: meter.now, meter: meter, into: &json)
    json.name("carriers")
    json.beginArray()
    for figures in carriers { figures.write(into: &json) }
    json.endArray()
    json.endObject()
    answer(handle, on: reactor, .json) { $0.append(json.bytes.span) }
  }
}

extension Membership {
  /// Writes the members of the object that concern nodes. `last_heard` is in UNIX seconds;
  /// `namespaces` and `members` are what the meter holds of the node.
  fileprivate func write(
    at instant: Instant, meter: borrowing Meter, into json: inout JSONWriter
  ) {
    let known = ContiguousArray(
      peers.live.filter { peers[$0].lastHeard + settings.nodeTimeout >= instant })
    let counted = counts(of: known, meter)
    json.member("id", session.text)
    json.name("nodes")
    json.beginArray()
    for (index, place) in known.enumerated() {
      write(peers[place], counted[index], into: &json)
    }
    json.endArray()
    json.member("duplicates", figures.duplicates)
    json.member("lost_events", journal.droppedEvents)
    json.name("dropped")
    dropped.write(into: &json)
    json.name("skipped")
    skipped.write(into: &json)
  }

  private func write(
    _ peer: Peer, _ figures: (namespaces: UInt64, members: UInt64), into json: inout JSONWriter
  ) {
    let heard = wallStart + peer.lastHeard.nanoseconds / 1_000_000
    let milliseconds = String(heard % 1000 + 1000).dropFirst()
    json.beginObject()
    json.member("id", peer.session.text)
    json.member("address", peer.address.text)
    json.member("carrier", peer.carrier.name)
    json.member("last_heard", decimal: "\(heard / 1000).\(milliseconds)")
    json.member("namespaces", figures.namespaces)
    json.member("members", figures.members)
    json.member("old", peer.isLegacy)
    json.name("dropped")
    peer.dropped.write(into: &json)
    json.name("skipped")
    peer.skipped.write(into: &json)
    json.endObject()
  }

  /// For each node, the number of namespaces in which it has members, and the number of members.
  private func counts(
    of known: ContiguousArray<UInt32>, _ meter: borrowing Meter
  ) -> ContiguousArray<(namespaces: UInt64, members: UInt64)> {
    var indices: [NodeID: Int] = [:]
    for (index, place) in known.enumerated() { indices[peers[place].id] = index }
    var figures = ContiguousArray(
      repeating: (namespaces: UInt64(0), members: UInt64(0)), count: known.count)
    meter.visitRemoteCounts { node, members in
      guard let index = indices[node] else { return }
      figures[index].namespaces += 1
      figures[index].members += members
    }
    return figures
  }
}

extension CarrierFigures {
  /// Writes the figures as an object.
  fileprivate func write(into json: inout JSONWriter) {
    json.beginObject()
    json.member("carrier", carrier.name)
    json.member("address", address)
    json.member("state", state)
    json.member("sent", sent)
    json.member("unsent", unsent)
    json.member("received", received)
    json.member("overrun", overrun)
    json.endObject()
  }
}
