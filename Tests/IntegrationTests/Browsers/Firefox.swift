import Foundation
import Synchronization
import Testing

/// Headless Firefox for tests, driven by its own protocol, Marionette: commands and replies are
/// JSON arrays, each after its length in bytes and a colon.
///
/// One command runs at a time, each in the tab that it names. No process and no folder stays after
/// its last use.
final class Firefox: Sendable {
  private struct Connection: Sendable {
    let client: RawClient
    var lastCommand = 0
    var current = ""

    /// The tab with which Firefox started. It is never closed, and opens the others.
    var first = ""
  }

  private let folder: TemporaryFolder
  private let spawned: SpawnedProcess
  private let connection: Mutex<Connection>

  /// The path of the installed Firefox; nil where it is not installed.
  static let executable = ChildProgram.path(of: "firefox-esr") ?? ChildProgram.path(of: "firefox")

  /// What Firefox has to do differently here: no request of its own, no question to the user, and
  /// tabs in the background as awake as the one in front.
  private static let preferences = [
    ("marionette.port", "0"), ("network.proxy.type", "0"), ("browser.startup.page", "0"),
    ("app.update.enabled", "false"), ("toolkit.telemetry.enabled", "false"),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("browser.shell.checkDefaultBrowser", "false"), ("browser.aboutwelcome.enabled", "false"),
    ("extensions.update.enabled", "false"), ("app.normandy.enabled", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    ("services.settings.server", "\"data:,\""), ("dom.disable_open_during_load", "false"),
    ("dom.min_background_timeout_value", "4"),
    ("dom.timeout.enable_budget_timer_throttling", "false"),
  ]

  init() throws {
    guard let executable = Self.executable else { throw BrowserError.notStarted("not in PATH") }
    let folder = try TemporaryFolder()
    self.folder = folder
    _ = try folder.write(
      Self.preferences.map { "user_pref(\"\($0)\", \($1));\n" }.joined(), to: "user.js")
    var launch = Launch(
      command: [
        executable, "--headless", "--no-remote", "--marionette", "--profile", folder.path,
      ])
    for name in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
      launch.environment[name] = folder.path
    }
    spawned = try SpawnedProcess(launch)
    // It writes the number of its port there.
    var port: UInt16?
    try eventually("Firefox listens", within: 3 * Deadline.timeout) {
      let file = "\(folder.path)/MarionetteActivePort"
      port = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { UInt16($0) }
      return port != nil
    }
    let client = try RawClient(port: port ?? 0)
    connection = Mutex(Connection(client: client))
    _ = try Self.receive(from: client)
    try call("WebDriver:NewSession")
    let handles = try call("WebDriver:GetWindowHandles", as: [String].self)
    connection.withLock { $0.first = handles.first ?? "" }
  }

  deinit {
    spawned.end()
  }

  /// Opens an address in a new tab, and waits until that has loaded.
  func open(_ url: String) throws -> FirefoxPage {
    struct Window: Decodable {
      var handle: String
    }
    let first = connection.withLock { $0.first }
    let window = try call("WebDriver:NewWindow", ["type": "tab"], in: first, as: Window.self)
    let page = FirefoxPage(firefox: self, handle: window.handle)
    try page.navigate(to: url)
    return page
  }

  /// The tabs that are open.
  func pages() throws -> [FirefoxPage] {
    try call("WebDriver:GetWindowHandles", as: [String].self)
      .map { FirefoxPage(firefox: self, handle: $0) }
  }

  /// Sends a command to the browser, or to the tab with `handle`; the answer is its result.
  @discardableResult
  func call<Result: Decodable>(
    _ name: String, _ parameters: [String: BrowserValue] = [:], in handle: String? = nil,
    as: Result.Type = EmptyResult.self
  ) throws -> Result {
    let reply = try connection.withLock { connection in
      if let handle, handle != connection.current {
        let target: [String: BrowserValue] = ["handle": .string(handle), "focus": false]
        _ = try Self.call("WebDriver:SwitchToWindow", target, on: &connection)
        connection.current = handle
      }
      return try Self.call(name, parameters, on: &connection)
    }
    return try JSONDecoder().decode(Reply<Result>.self, from: reply).result
  }

  private static func call(
    _ name: String, _ parameters: [String: BrowserValue], on connection: inout Connection
  ) throws -> Data {
    connection.lastCommand += 1
    let body = String(decoding: try JSONEncoder().encode(parameters), as: UTF8.self)
    let command = "[0,\(connection.lastCommand),\"\(name)\",\(body)]"
    try connection.client.send("\(command.utf8.count):\(command)")
    let reply = try receive(from: connection.client)
    if let error = try JSONDecoder().decode(Failure.self, from: reply).message {
      throw BrowserError.failed("\(name): \(error)")
    }
    return reply
  }

  private static func receive(from client: RawClient) throws -> Data {
    let length = try client.read(through: ":", within: 2 * Deadline.timeout).dropLast()
    guard let count = Int(length) else { throw BrowserError.failed("no length: \(length)") }
    return Data(try client.read(count: count).utf8)
  }

  /// A reply is `[1, number, error or null, result]`.
  private struct Failure: Decodable {
    struct Error: Decodable {
      var message: String
    }
    var message: String?

    init(from decoder: any Decoder) throws {
      var parts = try decoder.unkeyedContainer()
      _ = (try parts.decode(Int.self), try parts.decode(Int.self))
      message = try parts.decodeIfPresent(Error.self)?.message
    }
  }

  private struct Reply<Result: Decodable>: Decodable {
    struct Value: Decodable {
      var value: Result
    }
    var result: Result

    init(from decoder: any Decoder) throws {
      var parts = try decoder.unkeyedContainer()
      _ = (try parts.decode(Int.self), try parts.decode(Int.self))
      _ = try parts.decodeNil()
      // What a script returns is in an object of its own.
      if let whole = try? parts.decode(Value.self) {
        result = whole.value
      } else {
        result = try parts.decode(Result.self)
      }
    }
  }
}

/// One tab of Firefox.
struct FirefoxPage: Sendable, Equatable {
  let firefox: Firefox
  let handle: String

  static func == (one: FirefoxPage, other: FirefoxPage) -> Bool { one.handle == other.handle }

  func navigate(to url: String) throws {
    try firefox.call("WebDriver:Navigate", ["url": .string(url)], in: handle)
  }

  func reload() throws { try firefox.call("WebDriver:Refresh", in: handle) }
  func goBack() throws { try firefox.call("WebDriver:Back", in: handle) }
  func goForward() throws { try firefox.call("WebDriver:Forward", in: handle) }

  /// Closes the tab.
  func close() throws {
    _ = try firefox.call("WebDriver:CloseWindow", in: handle, as: [String].self)
  }

  /// The value of a JavaScript expression in the page.
  func evaluate<Value: Decodable>(_ expression: String, as: Value.Type) throws -> Value {
    // Of what a page defines with `const` only its own scripts know, so the page evaluates it.
    let script: [String: BrowserValue] = [
      "script": .string("return window.eval(\(try Self.quoted(expression)))")
    ]
    return try firefox.call("WebDriver:ExecuteScript", script, in: handle, as: Value.self)
  }

  /// Waits until a JavaScript condition holds. One that throws does not hold yet.
  func wait(for condition: String, within seconds: Double = Deadline.timeout) throws {
    let whole = "(() => { try { return Boolean(\(condition)) } catch { return false } })()"
    let deadline = Deadline(within: seconds)
    while try !evaluate(whole, as: Bool.self) {
      guard !deadline.hasPassed else { throw BrowserError.timedOut(condition) }
      usleep(20_000)
    }
  }

  private static func quoted(_ text: String) throws -> String {
    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
  }
}
