/// A response as it came.
struct HTTPAnswer {
  /// The head with its empty line.
  let head: String
  let status: Int
  var body = ""

  init(head: String) throws {
    self.head = head
    let words = head.utf8.prefix { $0 != 13 }.split(separator: 32, maxSplits: 2)
    guard words.count == 3, let status = Int(String(words[1]) ?? "") else {
      throw HarnessError("no status line: \(head.debugDescription)")
    }
    self.status = status
  }

  /// The value of a field whose name is given in the case in which it is sent.
  subscript(name: String) -> String? {
    for line in head.split(separator: "\r\n") where line.hasPrefix("\(name): ") {
      return String(line.dropFirst(name.count + 2))
    }
    return nil
  }

  /// The head without its `Date`, which a test cannot know.
  var datelessHead: String {
    head.split(separator: "\r\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n")
  }
}

extension RawClient {
  /// The head of the next response; what follows it is left.
  func readAnswerHead(within seconds: Double = Deadline.patience) throws -> HTTPAnswer {
    try HTTPAnswer(head: try read(through: "\r\n\r\n", within: seconds))
  }

  /// The next response; its body's length is what it says, or all to the end if it says nothing.
  func readAnswer(
    toHead: Bool = false, within seconds: Double = Deadline.patience
  ) throws -> HTTPAnswer {
    var answer = try readAnswerHead(within: seconds)
    if toHead || answer.status == 204 || answer.status == 100 { return answer }
    if let length = answer["Content-Length"].flatMap({ Int($0) }) {
      answer.body = try read(count: length, within: seconds)
    } else {
      answer.body = try readToEnd(within: seconds)
    }
    return answer
  }
}

/// A request's head. `fields` are whole lines without their ends.
func request(_ line: String, _ fields: String...) -> String {
  request(line, fields)
}

func request(_ line: String, _ fields: [String]) -> String {
  ([line.contains(" HTTP/") ? line : "\(line) HTTP/1.1", "Host: localhost"] + fields + ["", ""])
    .joined(separator: "\r\n")
}
