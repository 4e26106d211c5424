// What a connection costs a reactor in memory: for documentation that a test holds.

/// What one element of each of a reactor's tables costs, in bytes.
package enum ReactorStrides {
  /// The slot of a socket, whatever it is.
  package static let socket = MemoryLayout<Socket>.stride

  /// A namespace that has a stream there, its entry in the index of namespaces not included.
  package static let audience = MemoryLayout<Audience>.stride
}
