import Foundation
import Testing

/// The tests that share one browser, each with pages and a daemon of its own.
@Suite(.enabled(if: Browser.isInstalled, "needs chromium in PATH"), .sharedBrowser)
struct `In Chromium` {
  /// The browser of all tests of this suite.
  static var browser: Browser {
    get throws { try #require(SharedBrowser.current) }
  }
}

/// Runs one browser for all tests of a suite, and ends it after the last one.
struct SharedBrowser: SuiteTrait, TestScoping {
  @TaskLocal static var current: Browser?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    // Some tests make certificates of their own.
    try await Browser.run(flags: ["--ignore-certificate-errors"]) { browser in
      try await Self.$current.withValue(browser) { try await function() }
    }
  }
}

extension Trait where Self == SharedBrowser {
  static var sharedBrowser: Self { Self() }
}

extension Page {
  /// Writes a picture of the page into the folder that `AUDIENCE_METER_SCREENSHOTS` names, if it is
  /// set.
  func screenshot(named name: String) async throws {
    guard let folder = ProcessInfo.processInfo.environment["AUDIENCE_METER_SCREENSHOTS"],
      !folder.isEmpty
    else { return }
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try await screenshot(to: "\(folder)/\(name).png")
  }
}
