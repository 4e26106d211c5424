// The namespaces that one step of a replay may have changed.

/// Namespaces in the order in which they were first noted.
struct NamespaceList {
  private(set) var namespaces: ContiguousArray<NamespaceID> = []
  private var isNoted: ContiguousArray<Bool> = []

  mutating func note(_ namespace: NamespaceID) {
    let place = Int(namespace.number)
    while isNoted.count <= place { isNoted.append(false) }
    guard !isNoted[place] else { return }
    isNoted[place] = true
    namespaces.append(namespace)
  }

  mutating func removeAll() {
    for namespace in namespaces { isNoted[Int(namespace.number)] = false }
    namespaces.removeAll(keepingCapacity: true)
  }
}
