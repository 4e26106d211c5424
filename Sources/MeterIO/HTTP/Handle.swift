// How a connection is named where it may be gone by the time the name arrives.

/// A slot of a reactor's table and which of its tenants is meant: a slot is let again at once, and what
/// comes late for its former tenant is then recognised.
struct Handle: Equatable, Sendable {
  let slot: UInt32
  let generation: UInt32
}
