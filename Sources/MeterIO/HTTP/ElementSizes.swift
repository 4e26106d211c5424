// The memory of a connection in a reactor's tables. A test compares the numbers of the
// documentation with it.

/// The sizes of the elements of a reactor's tables, in bytes.
package enum ElementSizes {
  /// The slot of a socket in any state.
  package static let socket = MemoryLayout<Socket>.stride

  /// The audience of a namespace, without its entry in the index of namespaces.
  package static let audience = MemoryLayout<Audience>.stride

  /// An HTTP connection, which a stream no longer has, without its buffers.
  package static let httpConnection = MemoryLayout<HTTPConnection>.stride
}
