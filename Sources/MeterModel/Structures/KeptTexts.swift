// The texts of kept messages (§2 rule 13). The meter has only their numbers; a node and a replay
// keep the texts beside it.

/// The text that a service keeps in a namespace.
package struct KeptText: Equatable, Sendable {
  package var service = ServiceID(.max)
  package var message = MessageID(0)

  /// The bytes of the text; any, but not none.
  package var text: ContiguousArray<UInt8> = []

  package init() {}

  init(service: ServiceID, message: MessageID, text: ContiguousArray<UInt8>) {
    (self.service, self.message, self.text) = (service, message, text)
  }
}

/// The texts of all namespaces.
package struct KeptTexts: Sendable {
  private var namespaces: [UInt32: ContiguousArray<KeptText>] = [:]

  /// No texts.
  package init() {}

  /// Whether there are no texts.
  package var isEmpty: Bool { namespaces.isEmpty }

  /// The texts of a namespace, in no order that means anything. O(1)
  package subscript(namespace: NamespaceID) -> ContiguousArray<KeptText> {
    namespaces[namespace.number] ?? []
  }

  /// The text of a kept message; nil if there is none. O(services)
  package func text(of message: MessageID, in namespace: NamespaceID) -> KeptText? {
    namespaces[namespace.number]?.first { $0.message == message }
  }

  /// The text of a service; nil if there is none. O(services)
  package func text(of service: ServiceID, in namespace: NamespaceID) -> KeptText? {
    namespaces[namespace.number]?.first { $0.service == service }
  }

  /// Keeps a text in place of the service's last one. An empty text only ends the keeping.
  /// O(services + bytes)
  package mutating func keep(
    _ text: Span<UInt8>, as message: MessageID, of service: ServiceID, in namespace: NamespaceID
  ) {
    var texts = namespaces.removeValue(forKey: namespace.number) ?? []
    texts.removeAll { $0.service == service }
    if !text.isEmpty {
      var copy: ContiguousArray<UInt8> = []
      copy.append(text)
      texts.append(KeptText(service: service, message: message, text: copy))
    }
    if !texts.isEmpty { namespaces[namespace.number] = texts }
  }

  /// Forgets the texts of a namespace.
  package mutating func forget(_ namespace: NamespaceID) {
    if !namespaces.isEmpty { namespaces[namespace.number] = nil }
  }

  /// Follows a meter: its effects, the last of which may be those of an event with a text.
  package mutating func follow(
    _ event: Event?, text: @autoclosure () -> [UInt8], effects: ContiguousArray<Effect>
  ) {
    var isRejected = false
    if !namespaces.isEmpty || event?.isRetained == true {
      for effect in effects {
        switch effect.action {
        case .retire(let namespace): forget(namespace)
        case .reject(.retain): isRejected = true
        case .greet, .notify, .message, .send, .pong, .end, .refuse, .reject: break
        }
      }
    }
    guard case .retained(let namespace, let service, let message, _) = event, !isRejected else {
      return
    }
    keep(text().span, as: message, of: service, in: namespace)
  }
}

extension Event {
  /// Whether the event is a message to be kept.
  package var isRetained: Bool {
    if case .retained = self { true } else { false }
  }
}
