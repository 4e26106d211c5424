import Foundation
import Testing

/// The browser of the tests itself.
@Suite(.enabled(if: Browser.isInstalled, "needs chromium in PATH"), .serialized)
struct BrowserTests {
  static let page = """
    data:text/html,<!doctype html><title>A page</title><p id=text>one</p>\
    <script>let seen = 1; setTimeout(() => { seen = 2; text.textContent = "two" }, 100)</script>
    """

  @Test func `a page is opened, evaluated, awaited and photographed`() async throws {
    let picture = NSTemporaryDirectory() + "/audience-page-\(UUID().uuidString).png"
    defer { try? FileManager.default.removeItem(atPath: picture) }
    try await Browser.run { browser in
      let page = try await browser.open(Self.page, width: 400, height: 300)
      #expect(try await page.evaluate("document.title", as: String.self) == "A page")
      let size = try await page.evaluate("Promise.resolve([innerWidth, 2])", as: [Int].self)
      #expect(size == [400, 2])
      try await page.wait(for: "text.textContent === 'two'")
      try await page.wait(for: "seen === 2")
      try await page.screenshot(to: picture)
      try await page.close()
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: picture))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    // Width and height stand in the first chunk's head.
    #expect(Array(bytes[16..<24]) == [0, 0, 400 >> 8, 400 & 255, 0, 0, 300 >> 8, 300 & 255])
  }

  @Test func `each failure of a page is an error that names it`() async throws {
    try await Browser.run { browser in
      let page = try await browser.open(Self.page)
      let thrown = await #expect(throws: BrowserError.self) {
        try await page.evaluate("missing.value", as: Int.self)
      }
      #expect(thrown?.description.contains("missing is not defined") == true)
      let late = await #expect(throws: BrowserError.self) {
        try await page.wait(for: "never.true", within: .milliseconds(200))
      }
      #expect(late?.description == "waited too long for never.true")
      await #expect(throws: BrowserError.self) {
        try await browser.open("http://localhost:1/")
      }
    }
  }

  @Test func `a browser leaves no process and no folder, also after an error`()
    async throws
  {
    struct Accident: Error {}
    var folder = ""
    await #expect(throws: Accident.self) {
      try await Browser.run { browser in
        folder = browser.process.folder
        _ = try await browser.open(Self.page)
        #expect(!processes(naming: folder).isEmpty)
        throw Accident()
      }
    }
    // A process that was killed takes a moment to end.
    try eventually("the end of all processes") { processes(naming: folder).isEmpty }
    #expect(!folder.isEmpty && !FileManager.default.fileExists(atPath: folder))
  }

  @Test func `a browser that is killed fails the commands that wait for it`() async throws {
    try await Browser.run { browser in
      let page = try await browser.open(Self.page)
      browser.process.kill()
      await #expect(throws: BrowserError.self) {
        try await page.wait(for: "false", within: .seconds(60))
      }
    }
  }

  /// The processes whose command line names `text`; one that has ended has no command line.
  private func processes(naming text: String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.filter { entry in
      guard Int32(entry) != nil,
        let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(entry)/cmdline"))
      else { return false }
      return line.range(of: Data(text.utf8)) != nil
    }
  }
}
