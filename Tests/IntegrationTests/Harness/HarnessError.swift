/// The reason why a test cannot go on: what it awaited and did not get, or got instead.
struct HarnessError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
