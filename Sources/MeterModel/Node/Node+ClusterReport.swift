// What `GET /cluster` answers (§6), as one JSON object:
// {"id":"…","nodes":[{"id":"…","address":"…","carrier":"redis","last_heard":1795350754.250,
// "namespaces":2,"members":5,"old":false,"dropped":{"bad name":1}}],"duplicates":0,
// "lost_events":0,"dropped":{"unauthenticated":3},"carriers":[{"carrier":"redis","address":"…",
// "state":"up","sent":1,"unsent":0,"received":1,"overrun":0}]}

extension Node {
  /// Answers with this node's id, the nodes that were heard within the timeout, what was dropped and why, and
  /// the state of the carriers. O(nodes + counts of other nodes)
  mutating func answerCluster(to handle: ConnectionHandle, on reactor: Int) {
    guard let membership else {
      outputs[reactor].append(.answer(handle, .failed(.notFound)))
      return
    }
    var json: ContiguousArray<UInt8> = []
    membership.report(at: meter.now, meter: meter, into: &json)
    json.append(contentsOf: ",\"carriers\":[".utf8)
    for (index, figures) in carriers.enumerated() {
      if index > 0 { json.append(ASCII.comma) }
      figures.append(into: &json)
    }
    json.append(contentsOf: "]}".utf8)
    answer(handle, on: reactor, .json) { $0.append(json.span) }
  }
}

extension Membership {
  /// Appends the members of the object that are about nodes, and leaves it open. `last_heard` is in UNIX
  /// seconds; namespaces and members are what the meter holds of the node.
  fileprivate func report(
    at instant: Instant, meter: borrowing Meter, into output: inout ContiguousArray<UInt8>
  ) {
    let known = ContiguousArray(
      peers.live.filter { peers[$0].lastHeard + settings.nodeTimeout >= instant })
    let counted = counts(of: known, meter)
    output.append(contentsOf: "{\"id\":\"\(session.text)\",\"nodes\":[".utf8)
    for (index, place) in known.enumerated() {
      if index > 0 { output.append(ASCII.comma) }
      append(peers[place], counted[index], into: &output)
    }
    output.append(contentsOf: "],\"duplicates\":\(figures.duplicates)".utf8)
    output.append(contentsOf: ",\"lost_events\":\(journal.droppedEvents)".utf8)
    output.append(contentsOf: ",\"dropped\":".utf8)
    dropped.append(into: &output)
  }

  private func append(
    _ peer: Peer, _ figures: (namespaces: UInt64, members: UInt64),
    into output: inout ContiguousArray<UInt8>
  ) {
    output.append(contentsOf: "{\"id\":".utf8)
    var id: ContiguousArray<UInt8> = []
    peer.session.append(into: &id)
    JSONString.append(id.span, into: &output)
    output.append(contentsOf: ",\"address\":".utf8)
    JSONString.append(ContiguousArray(peer.address.text.utf8).span, into: &output)
    output.append(contentsOf: ",\"carrier\":\"\(peer.carrier.name)\"".utf8)
    let heard = wallStart + peer.lastHeard.nanoseconds / 1_000_000
    let milliseconds = String(heard % 1000 + 1000).dropFirst()
    output.append(contentsOf: ",\"last_heard\":\(heard / 1000).\(milliseconds)".utf8)
    output.append(contentsOf: ",\"namespaces\":\(figures.namespaces)".utf8)
    output.append(contentsOf: ",\"members\":\(figures.members)".utf8)
    output.append(contentsOf: ",\"old\":\(peer.isLegacy),\"dropped\":".utf8)
    peer.dropped.append(into: &output)
    output.append(UInt8(ascii: "}"))
  }

  /// The namespaces in which each node has members, and the members.
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
  /// Appends the figures as a JSON object.
  fileprivate func append(into json: inout ContiguousArray<UInt8>) {
    json.append(contentsOf: #"{"carrier":"\#(carrier.name)","address":"#.utf8)
    JSONString.append(Array(address.utf8).span, into: &json)
    json.append(contentsOf: #","state":"#.utf8)
    JSONString.append(Array(state.utf8).span, into: &json)
    let counts = [
      ("sent", sent), ("unsent", unsent), ("received", received), ("overrun", overrun),
    ]
    for (name, count) in counts { json.append(contentsOf: ",\"\(name)\":\(count)".utf8) }
    json.append(UInt8(ascii: "}"))
  }
}
