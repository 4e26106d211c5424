import Foundation
import Testing

/// The members of a JSON object.
func membersOfObject(_ json: String) throws -> [String: Any] {
  let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
  return try #require(object as? [String: Any])
}
