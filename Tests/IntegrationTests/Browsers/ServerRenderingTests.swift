import Testing

/// audience.mjs where no page is (§5).
@Suite(.enabled(if: ChildProgram.path(of: "node") != nil, "needs node in PATH"))
struct `On a server that renders pages` {
  @Test func `audience.mjs is imported on a server, and joins nothing there`() throws {
    let script = """
      import audience, { audience as named } from "file://\(projectFolder)/client/audience.mjs";
      const never = () => { throw new Error("called") };
      globalThis.fetch = never;
      for (const url of ["//localhost/ns", "/ns"]) {
        const meter = audience(url).on("total", never).on("close", never);
        meter.close();
      }
      console.log(audience === named);
      """
    let node = try ChildProgram("node", ["--input-type=module", "--eval", script])
    let end = try node.awaitExit()
    #expect(end.status == 0 && end.output == "true\n", "\(end.standardError)")
  }
}

/// What a page has to load (§5).
@Suite(.enabled(if: ChildProgram.path(of: "esbuild") != nil, "needs esbuild in PATH"))
struct `The size of the client script` {
  @Test func `audience.js has less than 3 KB when it is minified`() throws {
    let minifier = try ChildProgram(
      "esbuild", ["--minify", "\(projectFolder)/client/audience.js"])
    let end = try minifier.awaitExit()
    #expect(end.status == 0, "\(end.standardError)")
    #expect((1000..<3000).contains(end.output.utf8.count))
  }
}
