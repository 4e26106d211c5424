// The two connections to Redis in the hands of the cluster's thread: made, watched, and made again.

import MeterModel

extension Carriers {
  private static func key(_ connection: borrowing RedisConnection) -> UInt64 {
    UInt64(connection.generation) << 32 | (connection.role == .publish ? 8 : 9)
  }

  /// Something can be done on one of the connections.
  mutating func redisReady(_ key: UInt64, _ seen: Readiness) {
    guard var carrier = redis.take() else { return }
    let now = now
    if key == Self.key(carrier.publisher) {
      attempt(&carrier.publisher) { connection throws(RedisFailure) in
        try connection.ready(seen, at: now)
      }
    } else if key == Self.key(carrier.subscriber) {
      attempt(&carrier.subscriber) { connection throws(RedisFailure) in
        try connection.ready(seen, at: now)
      }
    }
    do {
      let input = carrier.subscriber.input
      for range in carrier.subscriber.datagrams {
        arrived(input.span.extracting(range), from: carrier.source, over: .redis)
      }
    }
    carrier.publisher.discardInput()
    carrier.subscriber.discardInput()
    redis = consume carrier
  }

  /// Publishes a datagram, if there is a server that takes it; `maintainRedis` is to follow.
  mutating func publish(_ datagram: Span<UInt8>) {
    guard let phase = redis?.publisher.phase else { return }
    if phase == .ready {
      redis?.publisher.publish(datagram)
      figures[.redis].sent += 1
    } else {
      figures[.redis].unsent += 1
    }
  }

  /// Makes connections whose time has come, and looks after those that there are.
  mutating func maintainRedis() {
    guard var carrier = redis.take() else { return }
    let now = now
    if carrier.publisher.isDue(at: now) || carrier.subscriber.isDue(at: now) {
      if let address = carrier.takeAddress() {
        attempt(&carrier.publisher) { connection throws(RedisFailure) in
          if connection.isDue(at: now) { try connection.connect(to: address, at: now) }
        }
        attempt(&carrier.subscriber) { connection throws(RedisFailure) in
          if connection.isDue(at: now) { try connection.connect(to: address, at: now) }
        }
      } else if let request = carrier.resolution() {
        resolver?.ask(request)
      }
    }
    attempt(&carrier.publisher) { connection throws(RedisFailure) in
      try connection.maintain(at: now)
      try connection.flush()
    }
    attempt(&carrier.subscriber) { connection throws(RedisFailure) in
      try connection.maintain(at: now)
    }
    watch(&carrier.publisher)
    watch(&carrier.subscriber)
    note(&carrier)
    redis = consume carrier
  }

  /// The server's name was resolved, or not.
  mutating func takeServer(_ resolution: Resolution) {
    guard var carrier = redis.take() else { return }
    if let error = carrier.take(resolution) {
      attempt(&carrier.publisher) { connection throws(RedisFailure) in
        if connection.phase == .waiting { throw RedisFailure(error.description) }
      }
      attempt(&carrier.subscriber) { connection throws(RedisFailure) in
        if connection.phase == .waiting { throw RedisFailure(error.description) }
      }
    }
    redis = consume carrier
  }

  /// Waits a moment for the server to take the last datagrams.
  mutating func finishRedis() {
    let deadline = clock.now + .milliseconds(500)
    maintainRedis()
    while !(redis?.publisher.isIdle ?? true), clock.now < deadline {
      let count = poller.wait(milliseconds: 10)
      now = clock.now
      for index in 0..<count {
        let event = poller.event(at: index)
        if event.key >> 32 > 0 { redisReady(event.key, event.seen) }
      }
      maintainRedis()
    }
  }

  /// Does something with a connection, which is over if that fails.
  private mutating func attempt(
    _ connection: inout RedisConnection,
    _ body: (inout RedisConnection) throws(RedisFailure) -> Void
  ) {
    do throws(RedisFailure) {
      try body(&connection)
    } catch {
      connection.fail(at: now, using: &random)
      redisFailure = error.reason
      complain(error.reason)
    }
  }

  /// Says at most once a second what is wrong.
  private mutating func complain(_ reason: String) {
    guard redisComplainsAt <= now else { return }
    redisComplainsAt = now + .seconds(1)
    console.say("redis: \(reason); trying again")
  }

  private mutating func watch(_ connection: inout RedisConnection) {
    guard let number = connection.number, connection.watched != connection.interest else { return }
    let (key, interest) = (Self.key(connection), connection.interest)
    guard connection.watched.isEmpty else {
      connection.watched = interest
      poller.change(number, interest, key: key)
      return
    }
    do throws(SystemError) {
      try poller.add(number, interest, key: key)
      connection.watched = interest
    } catch {
      connection.fail(at: now, using: &random)
      redisFailure = error.description
    }
  }

  private mutating func note(_ carrier: inout RedisCarrier) {
    figures[.redis].unsent += carrier.publisher.forgotten - carrier.forgotten
    carrier.forgotten = carrier.publisher.forgotten
    if carrier.isUp != carrier.wasUp {
      carrier.wasUp = carrier.isUp
      if carrier.isUp {
        console.debug("redis: connected")
        redisFailure = nil
        arrivals.hasReturned = true
      }
    }
    if let refusal = carrier.publisher.refusal { complain(refusal) }
    figures[.redis].state =
      carrier.isUp ? carrier.publisher.refusal ?? "up" : redisFailure ?? "connecting"
  }
}
