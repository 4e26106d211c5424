import Testing
import audience_meter

/// The command line of the built program: what it prints where, and its exit status (§3).
@Suite struct CommandLineTests {
  @Test(arguments: ["--version", "-V"])
  func `--version prints one line on standard output`(option: String) throws {
    let run = try ProgramRun(option)
    #expect(run.output == "audience-meter 3.0.0\n")
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test(arguments: ["--help", "-h"])
  func `--help prints on standard output, and exits with 0`(option: String) throws {
    let run = try ProgramRun(option)
    #expect(run.output == help(for: .serve))
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test func `each command has a help of its own`() throws {
    #expect(try ProgramRun("serve", "--help").output == help(for: .serve))
    #expect(try ProgramRun("replay", "--help").output == help(for: .replay))
    #expect(try ProgramRun("simulate", "--help").output == help(for: .simulate))
    #expect(try ProgramRun("bench", "--help").output == help(for: .bench))
  }

  @Test func `a wrong value gets one line on standard error that names the option`() throws {
    let run = try ProgramRun("--notify-delta-ratio", "abc")
    #expect(run.output == "")
    #expect(
      run.errors
        == "audience-meter: --notify-delta-ratio: 'abc' is not a number from 0 to 1\n")
    #expect(run.status == 64)
  }

  @Test func `a wrong value with line ends and escapes is shown on one short line`() throws {
    let run = try ProgramRun("--host", "a\nb\u{1B}[2J" + String(repeating: "x", count: 10_000))
    #expect(run.errors.hasPrefix("audience-meter: --host: 'a\\nb\\u{1B}[2Jxxx"))
    #expect(run.errorLines == 1)
    #expect(run.errors.count < 300)
    #expect(run.status == 64)
  }

  @Test func `a value of bytes that are no UTF-8 is refused`() throws {
    let run = try ProgramRun(shell: #""$0" --host "$(printf 'a\377b')""#)
    #expect(run.errors.hasPrefix("audience-meter: --host: 'a"))
    #expect(run.status == 64)
  }

  @Test func `a wrong PORT in the environment is named in the error`() throws {
    let run = try ProgramRun("serve", environment: ["PORT": "http"])
    #expect(
      run.errors
        == "audience-meter: environment variable PORT: 'http' is not a port from 0 to 65535\n")
    #expect(run.status == 64)
  }

  @Test func `--help and --version ignore a wrong environment`() throws {
    #expect(try ProgramRun("--version", environment: ["PORT": "http"]).status == 0)
    #expect(try ProgramRun("--help", environment: ["HOST": "/"]).status == 0)
  }

  @Test func `a closed reader of standard output ends the program silently with 1`() throws {
    let run = try ProgramRun(withoutReader: "--help")
    #expect(run.status == 1)
    #expect(run.errors == "")
  }

  @Test func `a full disk ends the program with one line and 1`() throws {
    let run = try ProgramRun(shell: #""$0" --help > /dev/full"#)
    #expect(run.errors == "audience-meter: standard output: No space left on device\n")
    #expect(run.status == 1)
  }

  @Test func `closed standard streams end the program with an exit status, not a signal`() throws {
    #expect(try ProgramRun(shell: #""$0" --help >&-"#).status == 1)
    #expect(try ProgramRun(shell: #""$0" --help >&- 2>&-"#).status == 1)
    #expect(try ProgramRun(shell: #""$0" --bogus 2>&-"#).status == 64)
  }
}
