import Foundation
import Testing

/// The recipes of docs/RECIPES.md, each run as it stands there.
@Suite(.enabled(if: CurlStream.isInstalled, "needs curl in PATH"))
struct `The recipes` {
  private static let document = "docs/RECIPES.md"

  @Test(.enabled(if: ChildProgram.path(of: "nginx") != nil, "needs nginx in PATH or /usr/sbin"))
  func `nginx counts the viewers of HLS by their playlists`() throws {
    try RunningDaemon.serving("--viewer-ids", "shared") { daemon in
      let folder = try TemporaryFolder()
      let playlists = "\(folder.path)/hls/football"
      try FileManager.default.createDirectory(
        atPath: playlists, withIntermediateDirectories: true)
      _ = try folder.write("#EXTM3U\n", to: "hls/football/live.m3u8")
      _ = try folder.write("video", to: "hls/football/1.ts")
      let nginx = try ReverseProxy.recipe(
        documentExample(below: "HLS viewers, counted by nginx", of: Self.document),
        before: daemon, root: folder.path)
      func ask(_ path: String, _ fields: String...) throws -> String {
        let client = try RawClient(port: nginx.port)
        try client.send(request("GET /hls/football/\(path)", fields))
        return try client.readAnswer().body
      }
      for number in 0..<40 {
        #expect(try ask("live.m3u8?a=\(number)", "User-Agent: Player \(number)") == "#EXTM3U\n")
      }
      for session in ["a", "b"] {
        _ = try ask("live.m3u8", "User-Agent: Player", "X-Playback-Session-Id: \(session)")
      }
      try daemon.awaitMembers("football", 42)
      // Another playlist of a player, and what is no playlist, change nothing.
      #expect(try ask("1.ts", "User-Agent: Other") == "video")
      _ = try ask("live.m3u8", "User-Agent: Player 0")
      _ = try ask("live.m3u8", "User-Agent: The last")
      try daemon.awaitMembers("football", 43)
      #expect(try daemon.figures()["football"]?.connections == 43)
    }
  }

  @Test func `a native app is counted by pings of curl`() throws {
    try RunningDaemon.serving("--viewer-ids", "shared") { daemon in
      let script = try documentExample(below: "A native app", of: Self.document)
        .replacing("localhost:8000", with: "127.0.0.1:\(daemon.audience)")
      let end = try Self.shell(script.replacing("curl ", with: "curl -sS --noproxy '*' "))
      #expect(end == #"{"members":1,"ping":15}{"members":0,"ping":15}"#)
    }
  }

  @Test(arguments: [
    ("YouTube", #"{"items":[{"liveStreamingDetails":{"concurrentViewers": "1234"}}]}"#),
    ("Twitch", #"{"data":[{"user_login": "a","viewer_count": 1234,"language": "en"}]}"#),
  ])
  func `a script of cron adds the viewers of another site`(
    site: String, answer: String
  ) throws {
    try RunningDaemon.serving { daemon in
      let script = try documentExample(below: "Viewers of \(site)", of: Self.document)
      let folder = try TemporaryFolder()
      let path = try folder.write("\(script)\n", to: "script")
      let query =
        site == "YouTube" ? "?part=liveStreamingDetails&id=video&key=secret" : "?user_login=video"
      let none = PageServer.File(type: "application/json", content: #"{"items": [], "data": []}"#)
      let file = PageServer.File(type: "application/json", content: answer)
      let server = try PageServer(["/api\(query)": file])
      let viewer = try EventStream("/football", of: daemon)
      func run() throws -> String {
        try Self.shell(
          """
          export API=\(server.origin)/api METER=http://127.0.0.1:\(daemon.messages) no_proxy='*'
          sh \(path) football video secret token
          """)
      }
      #expect(try run() == #"{"members":1235}"#)
      server.add(none, at: "/api\(query)")
      #expect(try run() == #"{"members":1}"#)
      #expect(viewer.greeting.count == 1)
    }
  }

  private static func shell(_ script: String) throws -> String {
    let end = try ChildProgram("sh", ["-c", script]).awaitExit()
    guard end.status == 0 else { throw HarnessError("\(end.status): \(end.standardError)") }
    return end.output.replacing("\n", with: "")
  }
}

extension `In Chromium` {
  @Suite struct `The recipes` {
    @Test func `a page shows the counts of many events`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--notify-min-delay", "0") { daemon in
        let page = try documentExample(below: "A page of many counts", of: "docs/RECIPES.md")
          .replacingOnce("localhost:8000", with: "localhost:\(daemon.audience)")
          .replacingOnce("localhost:8080", with: "localhost:\(daemon.demo)")
        let site = try PageServer(["/": PageServer.File(content: "<!doctype html>\n\(page)")])
        let viewer = try EventStream("/tennis", of: daemon)
        let shown = try await browser.open(site.origin)
        try await shown.wait(for: "list.innerText === 'football: 0\\ntennis: 1'")
        let other = try EventStream("/football", of: daemon)
        try await shown.wait(for: "list.innerText === 'football: 1\\ntennis: 1'")
        #expect([viewer, other].map(\.greeting.count) == [1, 1])
      }
    }

    @Test func `the app of a television is counted by pings, until it stops`() async throws {
      let browser = try `In Chromium`.browser
      try await RunningDaemon.serving("--viewer-ids", "shared", "--ping-timeout", "3") { daemon in
        let app = try documentExample(below: "A TV app", of: "docs/RECIPES.md")
          .replacingOnce("localhost:8000", with: "localhost:\(daemon.audience)")
        let script = "const shown = []; const show = (members) => shown.push(members);\n\(app)"
        let site = try PageServer(["/": .page(scripts: [], script: script)])
        let page = try await browser.open(site.origin)
        try await page.wait(for: "typeof ping === 'function'")
        try await page.run("ping()")
        try await page.wait(for: "shown.length >= 3 && shown.every((members) => members === 1)")
        try await page.run("stop()")
        try daemon.awaitMembers("football", 0)
      }
    }
  }
}
