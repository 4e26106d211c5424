// Names that an original node dies of: it keeps its namespaces in plain JavaScript objects, so that
// it takes what every object inherits for a namespace and calls it. One such name that a peer tells
// cuts all clients of all its workers.

/// What the nodes of the original cannot bear.
package enum LegacyNode {
  /// Whether a namespace's name is one of the properties of JavaScript's `Object.prototype`. O(1)
  package static func isUnsafe(_ name: Span<UInt8>) -> Bool {
    // Most names are none of them by their length alone, or by how they begin.
    switch name.count {
    case 7: name.isEqual(to: "valueOf")
    case 8: name.isEqual(to: "toString")
    case 9: name.isEqual(to: "__proto__")
    case 11: name.isEqual(to: "constructor")
    case 13: name.isEqual(to: "isPrototypeOf")
    case 14: name.isEqual(to: "hasOwnProperty") || name.isEqual(to: "toLocaleString")
    case 16:
      name.isEqual(to: "__defineGetter__") || name.isEqual(to: "__defineSetter__")
        || name.isEqual(to: "__lookupGetter__") || name.isEqual(to: "__lookupSetter__")
    case 20: name.isEqual(to: "propertyIsEnumerable")
    default: false
    }
  }
}
