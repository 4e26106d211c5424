import Foundation

/// One page of Chromium or of Firefox: what tests do with it in either.
protocol BrowserPage: Sendable {
  /// Runs JavaScript in the page.
  func run(_ script: String) async throws

  /// The value of a JavaScript expression in the page.
  func value<Value: Decodable & Sendable>(
    of expression: String, as: Value.Type
  ) async throws
    -> Value

  /// Waits until a JavaScript condition holds.
  func wait(for condition: String) async throws

  /// Leaves the page in this way, and waits until another document is shown, or the former one
  /// again.
  func leave(_ departure: Departure) async throws

  /// Closes the page, as when a tab is closed.
  func close() async throws
}

/// The ways to leave a page.
enum Departure: Sendable {
  case reload, back, forward
  case to(String)
}

extension BrowserPage {
  /// Waits until the title of the page is the text.
  func wait(forTitle title: String) async throws {
    try await wait(for: "document.title === '\(title)'")
  }

  /// Opens a copy of the page, which has a copy of the session storage, as that of a tab which a
  /// person duplicates. It is the variable `copy` of the page.
  func duplicate() async throws {
    try await run("window.copy = open(location.href)")
  }
}

extension Page: BrowserPage {
  func run(_ script: String) async throws { try await run(script, within: Browser.timeout) }

  func wait(for condition: String) async throws {
    try await wait(for: condition, within: Browser.timeout)
  }

  func value<Value: Decodable & Sendable>(
    of expression: String, as: Value.Type
  ) async throws -> Value {
    try await evaluate(expression, as: Value.self)
  }

  func leave(_ departure: Departure) async throws {
    let visit = UUID().uuidString
    let action =
      switch departure {
      case .reload: "location.reload()"
      case .back: "history.back()"
      case .forward: "history.forward()"
      case .to(let url): "location.href = '\(url)'"
      }
    try await run("window.visit = '\(visit)'; setTimeout(() => \(action))")
    let isLoaded = "window.visit !== '\(visit)' && document.readyState === 'complete'"
    let deadline = Deadline()
    // A page that is being left answers with an error.
    while (try? await evaluate(isLoaded, as: Bool.self)) != true {
      if deadline.hasPassed { throw BrowserError.timedOut("\(departure)") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

extension FirefoxPage: BrowserPage {
  func run(_ script: String) throws {
    _ = try evaluate("(() => { \(script)\n; return true })()", as: Bool.self)
  }

  func wait(for condition: String) throws { try wait(for: condition, within: Deadline.timeout) }

  func value<Value: Decodable & Sendable>(of expression: String, as: Value.Type) throws -> Value {
    try evaluate(expression, as: Value.self)
  }

  func leave(_ departure: Departure) throws {
    switch departure {
    case .reload: try reload()
    case .back: try goBack()
    case .forward: try goForward()
    case .to(let url): try navigate(to: url)
    }
  }
}
