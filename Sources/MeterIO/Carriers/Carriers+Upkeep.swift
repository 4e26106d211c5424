// What the cluster's thread does without being spoken to: it joins the group again, in case that the
// membership went with an interface, and has names resolved.

import MeterModel

extension Carriers {
  /// Does what is due.
  mutating func maintain() {
    if multicast != nil, joinsAt <= now { join() }
    let silence = nodeTimeout
    for request in unicast?.namesToResolve(at: now, silence: silence) ?? [] {
      resolver?.ask(request)
    }
    maintainRedis()
  }

  private mutating func join() {
    joinsAt = now + Self.joinInterval
    let wasWorking = joinError == nil && sendError == nil
    do throws(SystemError) {
      if let renewed = try multicast?.renewed() {
        try poller.add(renewed.socket.number, .readable, key: Self.multicastKey)
        multicast = consume renewed
      }
      try multicast?.join()
      joinError = nil
    } catch {
      if joinError == nil {
        console.say("multicast: the group cannot be joined: \(error.description); trying again")
      }
      joinError = error
    }
    noteMulticast(wasWorking: wasWorking)
  }

  /// Looks whether multicast works, and whether it does again.
  mutating func noteMulticast(wasWorking: Bool) {
    let error = joinError ?? sendError
    if error == nil, !wasWorking {
      console.debug("multicast: the group is joined again")
      arrivals.hasReturned = true
    }
    figures[.multicast].state = error?.description ?? "up"
  }

  /// A name was resolved, or not.
  mutating func take(_ resolution: Resolution) {
    if resolution.target == RedisCarrier.target {
      takeServer(resolution)
      return
    }
    switch unicast?.take(resolution, at: now, using: &random) {
    case .moved: arrivals.hasReturned = true
    case .lost(let endpoint, let error):
      console.say("unicast: \(endpoint.description): \(error.description); trying again")
    case .same, nil: break
    }
    describePeers()
  }
}
