// The namespaces that one step of a replay may have changed.

/// A set of namespaces, in the order in which they were added.
struct NamespaceList {
  /// The namespaces, each once.
  private(set) var namespaces: ContiguousArray<NamespaceID> = []
  private var isMember: ContiguousArray<Bool> = []

  /// Adds a namespace, unless it is a member. O(1), amortized.
  mutating func insert(_ namespace: NamespaceID) {
    let place = Int(namespace.number)
    while isMember.count <= place { isMember.append(false) }
    guard !isMember[place] else { return }
    isMember[place] = true
    namespaces.append(namespace)
  }

  /// Removes all namespaces. O(n) of those that are members.
  mutating func removeAll() {
    for namespace in namespaces { isMember[Int(namespace.number)] = false }
    namespaces.removeAll(keepingCapacity: true)
  }
}
