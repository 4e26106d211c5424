/// A response, as it was received.
struct HTTPAnswer {
  /// The head, with the empty line at its end.
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
  /// The head of the next response; what follows it stays unread, and is decoded if it is chunked.
  func readAnswerHead(within seconds: Double = Deadline.timeout) throws -> HTTPAnswer {
    endBody()
    let answer = try HTTPAnswer(head: try read(through: "\r\n\r\n", within: seconds))
    if answer["Transfer-Encoding"] == "chunked" { try beginChunkedBody() }
    return answer
  }

  /// The next response. Its body is as long as its `Content-Length`, or ends with the last chunk;
  /// without either, it ends with the connection. A response to HEAD has none.
  func readAnswer(
    isHead: Bool = false, within seconds: Double = Deadline.timeout
  ) throws -> HTTPAnswer {
    var answer = try readAnswerHead(within: seconds)
    if isHead || [100, 204, 304].contains(answer.status) { return answer }
    if let length = answer["Content-Length"].flatMap({ Int($0) }) {
      answer.body = try read(count: length, within: seconds)
    } else if hasWholeBody != nil {
      answer.body = try readWholeBody(within: seconds)
    } else {
      answer.body = try readToEnd(within: seconds)
    }
    return answer
  }
}

/// The head of a request. `fields` are whole lines without their ends.
func request(_ line: String, _ fields: String...) -> String {
  request(line, fields)
}

func request(_ line: String, _ fields: [String]) -> String {
  ([line.contains(" HTTP/") ? line : "\(line) HTTP/1.1", "Host: localhost"] + fields + ["", ""])
    .joined(separator: "\r\n")
}
