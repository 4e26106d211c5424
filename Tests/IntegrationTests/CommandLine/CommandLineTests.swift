import Testing
import audience_meter

/// The command line as its user meets it: what is printed where, and the exit status (SPEC §3).
@Suite struct CommandLineTests {
  @Test(arguments: ["--version", "-V"])
  func `version is one line on standard output`(option: String) throws {
    let run = try ProgramRun(option)
    #expect(run.output == "audience-meter 3.0.0\n")
    #expect(run.complaint == "")
    #expect(run.status == 0)
  }

  @Test(arguments: ["--help", "-h"])
  func `help is on standard output, and a success`(option: String) throws {
    let run = try ProgramRun(option)
    #expect(run.output == help(for: .serve))
    #expect(run.complaint == "")
    #expect(run.status == 0)
  }

  @Test func `each command has its own help`() throws {
    #expect(try ProgramRun("serve", "--help").output == help(for: .serve))
    #expect(try ProgramRun("replay", "--help").output == help(for: .replay))
    #expect(try ProgramRun("simulate", "--help").output == help(for: .simulate))
    #expect(try ProgramRun("bench", "--help").output == help(for: .bench))
  }

  @Test func `wrong usage is one line on standard error that names the option`() throws {
    let run = try ProgramRun("--notify-delta-ratio", "abc")
    #expect(run.output == "")
    #expect(
      run.complaint
        == "audience-meter: --notify-delta-ratio: 'abc' is not a number from 0 to 1\n")
    #expect(run.status == 64)
  }

  @Test func `a value stays on its one line whatever it holds`() throws {
    let run = try ProgramRun("--host", "a\nb\u{1B}[2J" + String(repeating: "x", count: 10_000))
    #expect(run.complaint.hasPrefix("audience-meter: --host: 'a\\nb\\u{1B}[2Jxxx"))
    #expect(run.complaint.filter { $0 == "\n" }.count == 1)
    #expect(run.complaint.count < 300)
    #expect(run.status == 64)
  }

  @Test func `bytes that are no text are refused, not fatal`() throws {
    let run = try ProgramRun(shell: #""$0" --host "$(printf 'a\377b')""#)
    #expect(run.complaint.hasPrefix("audience-meter: --host: 'a"))
    #expect(run.status == 64)
  }

  @Test func `a wrong PORT in the environment is named`() throws {
    let run = try ProgramRun("serve", environment: ["PORT": "http"])
    #expect(
      run.complaint
        == "audience-meter: environment variable PORT: 'http' is not a port from 0 to 65535\n")
    #expect(run.status == 64)
  }

  @Test func `help and version do not mind the environment`() throws {
    #expect(try ProgramRun("--version", environment: ["PORT": "http"]).status == 0)
    #expect(try ProgramRun("--help", environment: ["HOST": "/"]).status == 0)
  }

  @Test func `a reader that has gone is a silent failure`() throws {
    let run = try ProgramRun(withoutReader: "--help")
    #expect(!run.diedOfSignal)
    #expect(run.status == 1)
    #expect(run.complaint == "")
  }

  @Test func `a full disk is a failure with a line`() throws {
    let run = try ProgramRun(shell: #""$0" --help > /dev/full"#)
    #expect(run.complaint == "audience-meter: standard output: No space left on device\n")
    #expect(run.status == 1)
  }

  @Test func `closed streams are a failure, not a crash`() throws {
    #expect(try ProgramRun(shell: #""$0" --help >&-"#).status == 1)
    #expect(try ProgramRun(shell: #""$0" --help >&- 2>&-"#).status == 1)
    #expect(try ProgramRun(shell: #""$0" --bogus 2>&-"#).status == 64)
  }
}
