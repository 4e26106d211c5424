// The identifiers in events and effects. They are small numbers. The node binds them to texts and
// sockets, so that the meter stores no strings and compares no bytes.

/// The number of a connection, dense and chosen by the caller of the meter. It may be used again
/// after the connection has closed.
package struct ConnectionID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// The number of a connection in the order of the `opened` events: 1, 2, 3, … (modulo 2³², without
/// 0). Unlike a `ConnectionID` it is not used again at once, so it can name a connection that is
/// closed.
package struct ConnectionOrdinal: Equatable, Hashable, Sendable {
  package let number: UInt32

  /// Names no connection.
  package static let none = ConnectionOrdinal(0)

  package init(_ number: UInt32) {
    self.number = number
  }

  /// The ordinal after this one.
  package var next: ConnectionOrdinal {
    ConnectionOrdinal(number == .max ? 1 : number + 1)
  }

  /// The number of steps of `next` from an earlier ordinal to this one. Precondition: neither is
  /// `none`.
  func distance(since earlier: ConnectionOrdinal) -> UInt32 {
    number >= earlier.number ? number - earlier.number : number &- earlier.number &- 1
  }

  /// Whether this connection opened after another one, if fewer than 2³¹ opened between them.
  package func isNewer(than other: ConnectionOrdinal) -> Bool {
    Int32(bitPattern: number &- other.number) > 0
  }
}

/// A name of a connection that may be closed already. Both numbers are needed: the ordinal is never
/// used again soon, and the id finds the connection without a search while it is open.
package struct ConnectionKey: Equatable, Hashable, Sendable {
  package let connection: ConnectionID
  package let ordinal: ConnectionOrdinal

  /// Names no connection.
  package static let none = ConnectionKey(ConnectionID(.max), .none)

  package init(_ connection: ConnectionID, _ ordinal: ConnectionOrdinal) {
    self.connection = connection
    self.ordinal = ordinal
  }
}

/// The number of a namespace, dense. The node binds it to the name.
package struct NamespaceID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// The number of a viewer id, dense. The node binds it to the text.
package struct ViewerID: Equatable, Hashable, Sendable {
  package let number: UInt32

  /// The value of a connection without a viewer id.
  package static let none = ViewerID(.max)

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// The number of another node, dense. The cluster membership binds it to a session id.
package struct NodeID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// The number of a source of external counts, dense. The node binds it to the name.
package struct SourceID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// The number of a service that sends retained messages, dense. The node binds it to the name.
package struct ServiceID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// The number of a message in the order of the `message` events. The meter does not have the text.
package struct MessageID: Equatable, Hashable, Sendable {
  package let number: UInt64

  package init(_ number: UInt64) {
    self.number = number
  }
}
