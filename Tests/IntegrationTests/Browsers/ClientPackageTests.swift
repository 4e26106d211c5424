import Foundation
import Testing

/// The client as a package for bundlers and for servers (§5).
@Suite(.enabled(if: ChildProgram.path(of: "node") != nil, "needs node in PATH"))
struct `The client package` {
  /// A folder whose modules may import the package by its name.
  private static func folderWithPackage() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let modules = "\(folder.path)/node_modules"
    try FileManager.default.createDirectory(
      atPath: modules, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: "\(modules)/audience-meter-client", withDestinationPath: "\(projectFolder)/client")
    return folder
  }

  /// Runs a module in Node.js.
  private static func run(_ script: String) throws -> String {
    let folder = try folderWithPackage()
    let path = try folder.write(script, to: "script.mjs")
    let end = try ChildProgram("node", [path]).awaitExit()
    guard end.status == 0 else { throw HarnessError(end.standardError) }
    return end.output
  }

  @Test func `the package is imported on a server that renders pages, and joins nothing there`()
    throws
  {
    let output = try Self.run(
      """
      import audience, { audience as named } from "audience-meter-client";
      import "audience-meter-client/share";
      import "audience-meter-client/ping";
      import "audience-meter-client/count";
      const never = () => { throw new Error("called") };
      globalThis.fetch = never;
      for (const url of ["//localhost/ns", "/ns"]) {
        for (const options of [{}, { share: true }, { ping: true }, { watch: ["a"] }]) {
          const meter = audience(url, options).on("total", never).on("close", never);
          meter.close();
        }
      }
      console.log(audience === named);
      """)
    #expect(output == "true\n")
  }

  @Test func `the package has each file that it names, the licence and the program's version`()
    throws
  {
    struct Manifest: Decodable {
      var version: String
      var files: [String]
    }
    let client = "\(projectFolder)/client"
    let text = try String(contentsOfFile: "\(client)/package.json", encoding: .utf8)
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
    let program = try ProgramRun("--version").output
    #expect(program.split(separator: "\n").first?.hasSuffix(manifest.version) == true, "\(program)")
    let named = text.matches(of: /"\.\/([a-z.-]+\.[a-z]+)"/).map { String($0.1) }
    for file in manifest.files + named {
      #expect(FileManager.default.fileExists(atPath: "\(client)/\(file)"), "\(file)")
      #expect(file == "package.json" || manifest.files.contains(file), "\(file)")
    }
    for file in try FileManager.default.contentsOfDirectory(atPath: client)
    where file.contains("audience") {
      #expect(manifest.files.contains(file), "\(file)")
    }
    #expect(
      try String(contentsOfFile: "\(client)/LICENSE", encoding: .utf8)
        == String(contentsOfFile: "\(projectFolder)/LICENSE", encoding: .utf8))
  }

  @Test(.enabled(if: ChildProgram.path(of: "tsc") != nil, "needs tsc in PATH"))
  func `the declarations hold what a program in TypeScript may and may not do`() throws {
    let folder = try Self.folderWithPackage()
    let module = try folder.write(
      """
      import audience, { audience as named } from "audience-meter-client";
      import "audience-meter-client/share";
      audience("https://a/b").on("total", (total) => total.toFixed());
      named("https://a/", { watch: ["a"] }).on("total", (totals) => totals["a"]);
      """, to: "module.mts")
    let page = try folder.write(
      """
      /// <reference path="\(projectFolder)/client/audience.d.ts" />
      const meter = audience(new URL("https://a/b"), { viewer: "id", share: true, ping: false })
        .on("total", (total) => total.toFixed())
        .on("message", (text) => text.trim())
        .on("open", () => {})
        .on("retry", (milliseconds) => milliseconds + 1)
        .on("close", (why) => why === "excluded");
      meter.close();
      audience("https://a/", { watch: ["a", "b"] })
        .on("total", (totals) => totals["a"].toFixed())
        .on("message", ({ namespace, text }) => namespace + text);
      const total: number | undefined = document.querySelector("audience-count")?.total;
      // @ts-expect-error: no such event
      meter.on("totals", () => {});
      // @ts-expect-error: no such option
      audience("https://a/", { watching: true });
      // @ts-expect-error: a total of one event is a number
      audience("https://a/b").on("total", (total: string) => total);
      """, to: "page.ts")
    let options = [
      "--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "node16",
      "--moduleResolution", "node16",
    ]
    let end = try ChildProgram("tsc", options + [page, module])
      .awaitExit(within: 5 * Deadline.timeout)
    #expect(end.status == 0, "\(end.output)")
  }
}

/// What a page has to load (§5).
@Suite(.enabled(if: ChildProgram.path(of: "esbuild") != nil, "needs esbuild in PATH"))
struct `The size of the client scripts` {
  @Test(arguments: [
    ("audience.js", 3000), ("audience-share.js", 1000), ("audience-ping.js", 1000),
    ("audience-count.js", 2500), ("jquery.audience.js", 3000),
  ])
  func `each script has less bytes, when it is minified, than the documents say`(
    name: String, size: Int
  ) throws {
    let minifier = try ChildProgram(
      "esbuild", ["--minify", "\(projectFolder)/client/\(name)"])
    let end = try minifier.awaitExit()
    #expect(end.status == 0, "\(end.standardError)")
    #expect((size / 2..<size).contains(end.output.utf8.count))
    let document = try String(contentsOfFile: "\(projectFolder)/docs/CLIENTS.md", encoding: .utf8)
    #expect(document.contains("| `\(name)` | \(Double(size) / 1000) KB |"))
  }
}
