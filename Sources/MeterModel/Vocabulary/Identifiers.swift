// The names that events and effects carry. They are small numbers, bound to the outside world's names
// (text, sockets) at the edge, so that the model holds no strings and compares no bytes.

/// A connection's number, dense and chosen by whoever feeds the meter: it may come again once its
/// connection is gone.
package struct ConnectionID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// Which connection in the order of their `opened` events: 1, 2, 3, … (modulo 2³², without 0). Unlike a
/// `ConnectionID` it is not reused, so it can name a connection that is gone.
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
}

/// A namespace's number, dense; bound to its name at the edge.
package struct NamespaceID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// A viewer id's number, dense; bound to its text at the edge.
package struct ViewerID: Equatable, Hashable, Sendable {
  package let number: UInt32

  /// The connection has no viewer id.
  package static let none = ViewerID(.max)

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// Another node's number, dense; bound to its session id at the edge.
package struct NodeID: Equatable, Hashable, Sendable {
  package let number: UInt32

  package init(_ number: UInt32) {
    self.number = number
  }
}

/// A message's number in the order of their events; the text stays at the edge.
package struct MessageID: Equatable, Hashable, Sendable {
  package let number: UInt64

  package init(_ number: UInt64) {
    self.number = number
  }
}
