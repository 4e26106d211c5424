// Retained messages (§2 rule 13): the message `service=text` for all streams of a namespace, here
// and on the other nodes, whose text is kept for newcomers. The meter decides what is kept; the
// node has the texts and the names of the services.

extension Node {
  /// Accepts a message of a client to be kept. The answer is the number of this node's streams that
  /// it is for. It is sent now, or when fewer messages are in flight. Precondition: the name of the
  /// service has 1 to 255 visible ASCII bytes.
  mutating func retain(
    _ text: Span<UInt8>, of service: Span<UInt8>, in namespace: Span<UInt8>,
    from handle: ConnectionHandle, on reactor: Int
  ) {
    guard let number = namespaces.find(namespace) else {
      outputs[reactor].append(.answer(handle, .failed(.noNamespace)))
      return
    }
    guard makeFrame(of: service, text) else {
      outputs[reactor].append(.answer(handle, .failed(.contentTooLarge)))
      return
    }
    let (name, namespace) = (namespace, NamespaceID(number))
    guard keep(text, of: service, in: namespace) else {
      outputs[reactor].append(.answer(handle, .failed(.keepsTooMuch)))
      return
    }
    membership?.retained(text, of: service, in: name, at: meter.now)
    let streams = text.isEmpty ? 0 : meter.openConnections(of: namespace)
    let sender = MessageSender(handle: handle, reactor: reactor, streams: streams)
    if streams == 0 || !flow.delays(sender) { answer(sender) }
  }

  /// Feeds the meter a message to be kept, whose event is in `frame`. Returns whether the meter
  /// accepts it. Precondition: the namespace exists.
  mutating func keep(
    _ text: Span<UInt8>, of service: Span<UInt8>, in namespace: NamespaceID
  ) -> Bool {
    let service = bind(service: service)
    messageCount += 1
    let message = MessageID(messageCount)
    if log != nil, let copy = log?.copy(text) {
      log?.append(.retained(namespace, service, message, text: copy), at: meter.now)
    }
    let rejected = figures.rejectedEvents
    meter.apply(
      .retained(namespace, service, message, bytes: UInt32(text.count)), at: meter.now,
      into: &effects)
    performEffects()
    let isAccepted = figures.rejectedEvents == rejected
    if isAccepted { texts.keep(text, as: message, of: service, in: namespace) }
    unbindIfUnknown(service)
    return isAccepted
  }

  /// Makes the event of the message of a service, once for all reactors. Returns false if it is too
  /// large.
  mutating func makeFrame(of service: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
    var line: ContiguousArray<UInt8> = []
    line.append(service)
    line.append(ASCII.equals)
    line.append(text)
    return makeFrame(of: line.span)
  }

  /// Directs the reactor of a new stream to send it a kept message.
  mutating func send(
    _ message: MessageID, in namespace: NamespaceID, to handle: ConnectionHandle, on reactor: Int
  ) {
    guard let kept = texts.text(of: message, in: namespace) else {
      fatalError("the text of a kept message is not known")
    }
    let frame = outputs[reactor].frame(of: message) { bytes in
      var line: ContiguousArray<UInt8> = []
      services.withName(of: kept.service.number) { line.append($0) }
      line.append(ASCII.equals)
      line.append(contentsOf: kept.text)
      ServerSentEvents.append(message: line.span, into: &bytes)
    }
    outputs[reactor].append(.send(handle, frame: frame))
  }

  /// Forgets the texts of a namespace that retired.
  mutating func forgetTexts(of namespace: NamespaceID) {
    guard !texts.isEmpty else { return }
    let kept = texts[namespace]
    texts.forget(namespace)
    for text in kept { unbindIfUnknown(text.service) }
  }

  /// Binds the name of a service to an id. Precondition: it has 1 to 255 bytes.
  private mutating func bind(service name: Span<UInt8>) -> ServiceID {
    let count = services.count
    guard let number = services.bind(name) else {
      fatalError("the name of a service has \(name.count) bytes")
    }
    let service = ServiceID(number)
    if log != nil, services.count > count, let copy = log?.copy(name) {
      log?.append(.serviceBound(service, name: copy), at: meter.now)
    }
    return service
  }

  /// Frees the id of a service if the meter keeps no message of it.
  private mutating func unbindIfUnknown(_ service: ServiceID) {
    guard !meter.isKnown(service), services.isBound(service.number) else { return }
    services.unbind(service.number)
    log?.append(.serviceUnbound(service), at: meter.now)
  }
}

// MARK: - Other nodes

extension Node {
  /// Keeps a text of another node, if the namespace exists.
  mutating func keepRemote(_ note: KeptNote, of bytes: Span<UInt8>) {
    let name = bytes.extracting(note.namespace.bounds)
    let service = bytes.extracting(note.service.bounds)
    let text = bytes.extracting(note.text.bounds)
    guard let number = namespaces.find(name), membership?.awaits(note, bytes) == true else {
      return
    }
    // A node of this program accepts no text that becomes a larger event.
    let isAccepted =
      makeFrame(of: service, text) && text.count <= Int(Configuration.maximumKeptBytes)
      && keep(text, of: service, in: NamespaceID(number))
    membership?.received(
      text, of: service, in: name, time: note.time, isAccepted: isAccepted, at: meter.now)
  }

  /// Asks another node for a text, if the namespace exists.
  mutating func want(_ note: KeptNote, of bytes: Span<UInt8>) {
    guard namespaces.find(bytes.extracting(note.namespace.bounds)) != nil else { return }
    membership?.want(note, bytes, at: meter.now)
  }

  /// Sends the other nodes a text, or that its keeping was ended.
  mutating func tell(_ note: KeptNote, of bytes: Span<UInt8>) {
    let name = bytes.extracting(note.namespace.bounds)
    let service = bytes.extracting(note.service.bounds)
    guard let namespace = namespaces.find(name) else { return }
    let kept = services.find(service).flatMap {
      texts.text(of: ServiceID($0), in: NamespaceID(namespace))
    }
    let text = kept?.text ?? []
    membership?.tell(text.span, of: service, in: name)
  }
}
