import Foundation

/// Headless Chromium for tests, driven without any dependency.
///
///     try await Browser.run { browser in
///       let page = try await browser.open("http://localhost:8080/football")
///       try await page.wait(for: "document.title.startsWith('1 ')")
///       try await page.screenshot(to: "football.png")
///     }
///
/// Each page has a window of its own, since a tab behind another is hidden and not painted. No
/// process and no folder stays after the body, also when it throws. A browser that is made by
/// `init` ends with `quit` or its last use.
final class Browser: Sendable {
  /// The time that a page may take for what must happen.
  static let timeout = Duration.seconds(Deadline.timeout)

  /// Its process and folder.
  let process: BrowserProcess
  private let devTools: BrowserProtocol

  /// Whether Chromium is installed: `.enabled(if: Browser.isInstalled, "…")`.
  static var isInstalled: Bool { BrowserProcess.executable != nil }

  /// Starts a browser. `flags`, such as `--ignore-certificate-errors`, are added to the usual ones.
  init(flags: [String] = []) throws {
    process = try BrowserProcess(flags: flags)
    devTools = BrowserProtocol(socket: process.socket)
  }

  deinit {
    quit()
  }

  /// Starts a browser, lends it to `body`, and ends it.
  static func run<Result>(
    flags: [String] = [], _ body: (Browser) async throws -> Result
  ) async throws -> Result {
    let browser = try Browser(flags: flags)
    defer { browser.quit() }
    return try await body(browser)
  }

  /// Ends the browser with all its pages: asks it to quit, and kills it after five seconds. A
  /// second call does nothing.
  func quit() {
    devTools.post("Browser.close")
    process.end()
  }

  /// Opens a page of `width` × `height` pixels of CSS, which prefers dark colours if `dark` and has
  /// a visitor of this language, such as `de-DE`, and waits until it has loaded.
  func open(
    _ url: String, width: Int = 1280, height: Int = 800, dark: Bool = false,
    language: String = "en-US", within deadline: Duration = Browser.timeout
  ) async throws -> Page {
    struct Session: Decodable {
      var sessionId: String
    }
    let target = try await openAlone("about:blank", within: deadline)
    let session = try await devTools.call(
      "Target.attachToTarget", ["targetId": .string(target), "flatten": true],
      within: deadline, as: Session.self)
    let page = Page(devTools: devTools, target: target, session: session.sessionId)
    try await page.call(
      "Emulation.setDeviceMetricsOverride",
      ["width": .number(width), "height": .number(height), "deviceScaleFactor": 1, "mobile": false])
    try await page.call(
      "Emulation.setEmulatedMedia",
      [
        "features": .array([
          ["name": "prefers-color-scheme", "value": .string(dark ? "dark" : "light")]
        ])
      ])
    try await page.call("Emulation.setLocaleOverride", ["locale": .string(language)])
    try await page.navigate(to: url, within: deadline)
    return page
  }

  /// Opens a page that DevTools does not watch, as Chromium renders nothing ahead for a page that
  /// it watches. What happens there is seen by its requests alone. The answer is the page's name
  /// in the protocol.
  @discardableResult
  func openAlone(_ url: String, within deadline: Duration = Browser.timeout) async throws -> String
  {
    struct Target: Decodable {
      var targetId: String
    }
    return try await devTools.call(
      "Target.createTarget", ["url": .string(url), "newWindow": true], within: deadline,
      as: Target.self
    ).targetId
  }
}

/// One page of a browser.
struct Page: Sendable {
  fileprivate let devTools: BrowserProtocol
  fileprivate let target: String
  fileprivate let session: String

  /// Navigates the page to another address, and waits until that has loaded.
  func navigate(to url: String, within deadline: Duration = Browser.timeout) async throws {
    struct Navigation: Decodable {
      var errorText: String?
    }
    let navigation = try await call(
      "Page.navigate", ["url": .string(url)], within: deadline, as: Navigation.self)
    if let error = navigation.errorText { throw BrowserError.failed("\(url): \(error)") }
    let loaded = """
      new Promise(resolve => {
        if (document.readyState === "complete") resolve(true)
        else addEventListener("load", () => resolve(true))
      })
      """
    _ = try await evaluate(loaded, within: deadline, as: Bool.self)
  }

  /// Evaluates a JavaScript expression in the page, as if a person had just clicked there. The
  /// answer is its value; that of a promise is what it is fulfilled with.
  /// - Throws: `BrowserError.failed` with the exception of the page; an error of decoding where the
  ///   value is no `Value`.
  func evaluate<Value: Decodable>(
    _ expression: String, within deadline: Duration = Browser.timeout, as: Value.Type
  ) async throws -> Value {
    let evaluation = try await call(
      "Runtime.evaluate",
      [
        "expression": .string(expression), "awaitPromise": true, "returnByValue": true,
        "userGesture": true,
      ], within: deadline, as: Evaluation<Value>.self)
    if let details = evaluation.exceptionDetails {
      throw BrowserError.failed(
        "\(expression): \(details.exception?.description ?? details.text)")
    }
    guard let value = evaluation.result.value else {
      throw BrowserError.failed("\(expression): has no value")
    }
    return value
  }

  /// Runs JavaScript in the page whose value is of no interest.
  func run(_ script: String, within deadline: Duration = Browser.timeout) async throws {
    let body = "(async () => { \(script)\n; return true })()"
    _ = try await evaluate(body, within: deadline, as: Bool.self)
  }

  /// Waits until a JavaScript condition holds. The page evaluates it at once, whenever the document
  /// changes, and every 50 ms, since a variable changes without an event. A condition that throws
  /// does not hold yet.
  /// - Throws: `BrowserError.timedOut` with the condition after `deadline`.
  func wait(for condition: String, within deadline: Duration = Browser.timeout) async throws {
    let milliseconds = Int(deadline / .milliseconds(1))
    let held = """
      new Promise(resolve => {
        const holds = () => { try { return Boolean(\(condition)) } catch { return false } };
        const start = performance.now();
        const judge = () => {
          const held = holds();
          if (!held && performance.now() - start < \(milliseconds)) return;
          clearInterval(timer);
          observer.disconnect();
          resolve(held);
        };
        const observer = new MutationObserver(judge);
        observer.observe(document, {
          subtree: true, childList: true, characterData: true, attributes: true
        });
        const timer = setInterval(judge, 50);
        judge();
      })
      """
    let answered = try await evaluate(held, within: deadline + .seconds(5), as: Bool.self)
    if !answered { throw BrowserError.timedOut(condition) }
  }

  /// Writes a picture of the page, as PNG.
  func screenshot(to path: String) async throws {
    struct Screenshot: Decodable {
      var data: Data
    }
    // A page in the background is not painted.
    try await call("Page.bringToFront")
    let shot = try await call(
      "Page.captureScreenshot", ["format": "png"], as: Screenshot.self)
    try shot.data.write(to: URL(fileURLWithPath: path))
  }

  /// Closes the page, as when a tab is closed.
  func close() async throws {
    _ = try await devTools.call(
      "Target.closeTarget", ["targetId": .string(target)], as: EmptyResult.self)
  }

  /// Sends a command of the DevTools protocol to this page.
  @discardableResult
  func call<Result: Decodable>(
    _ method: String, _ parameters: [String: BrowserValue] = [:],
    within deadline: Duration = Browser.timeout, as: Result.Type = EmptyResult.self
  ) async throws -> Result {
    try await devTools.call(
      method, parameters, session: session, within: deadline, as: Result.self)
  }
}

/// The reply of Chromium to an expression.
private struct Evaluation<Value: Decodable>: Decodable {
  struct Remote: Decodable {
    var value: Value?
  }
  struct Exception: Decodable {
    struct Thrown: Decodable {
      var description: String?
    }
    var text: String
    var exception: Thrown?
  }
  var result = Remote()
  var exceptionDetails: Exception?

  private enum Key: CodingKey {
    case result, exceptionDetails
  }

  /// The result of an exception is the object that was thrown, which is no `Value`.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    exceptionDetails = try container.decodeIfPresent(Exception.self, forKey: .exceptionDetails)
    if exceptionDetails == nil { result = try container.decode(Remote.self, forKey: .result) }
  }
}

/// The reason why a browser did not do what a test asked for.
enum BrowserError: Error, CustomStringConvertible {
  /// Chromium could not be started.
  case notStarted(String)
  /// Chromium refused a command, or the page threw.
  case failed(String)
  /// A condition or a reply did not come within its deadline.
  case timedOut(String)
  /// Chromium has quit.
  case gone

  var description: String {
    switch self {
    case .notStarted(let reason): "Chromium did not start: \(reason)"
    case .failed(let reason): reason
    case .timedOut(let what): "waited too long for \(what)"
    case .gone: "Chromium has quit"
    }
  }
}
