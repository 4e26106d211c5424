// Names that stop a legacy node. It stores its namespaces as properties of plain JavaScript
// objects. A name that every object inherits is taken for a namespace and called, which disconnects
// all clients of the node.

/// The properties of legacy nodes.
package enum LegacyNode {
  /// Whether a namespace's name is a property of JavaScript's `Object.prototype`. O(1)
  package static func isUnsafe(_ name: Span<UInt8>) -> Bool {
    // The length alone excludes most names.
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
