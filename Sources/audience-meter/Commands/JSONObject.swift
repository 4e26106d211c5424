/// A JSON object under construction.
struct JSONObject {
  private var members: [String] = []

  var text: String { "{\(members.joined(separator: ","))}" }

  mutating func add(_ name: String, _ number: UInt64?) {
    members.append("\"\(name)\":" + (number.map { "\($0)" } ?? "null"))
  }

  mutating func add(_ name: String, flag: Bool) {
    members.append("\"\(name)\":\(flag)")
  }

  /// A decimal number as it is written.
  mutating func add(_ name: String, decimal: String) {
    add(name, json: decimal)
  }

  /// A value that is JSON already.
  mutating func add(_ name: String, json: String) {
    members.append("\"\(name)\":\(json)")
  }

  /// Text without a quotation mark, a backslash or a control character.
  mutating func add(_ name: String, text: String) {
    members.append("\"\(name)\":\"\(text)\"")
  }

  mutating func add(_ name: String, _ counts: [(reason: String, count: UInt64)]) {
    let items = counts.map { "{\"reason\":\"\($0.reason)\",\"count\":\($0.count)}" }
    members.append("\"\(name)\":[\(items.joined(separator: ","))]")
  }
}
