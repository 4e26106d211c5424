import MeterIO
import MeterModel
import Testing
import audience_meter

extension Units {
  /// The arguments of the command line (§3): conventions of getopt, no abbreviations, the last
  /// value counts.
  @Suite struct ArgumentParserTests {
    @Test func `no argument serves with the defaults`() throws {
      #expect(try serve() == ServeSettings())
      #expect(try serve("serve") == ServeSettings())
    }

    @Test(arguments: [
      ["--workers", "4"], ["--workers=4"], ["-w", "4"], ["-w4"], ["serve", "-w", "4"],
      ["-w4", "--"],
      ["-w", "04"],
    ])
    func `a value stands after its option, after =, or directly after the letter`(
      arguments: [String]
    ) throws {
      #expect(try serve(arguments).workers == 4)
    }

    @Test func `letters may share a hyphen, and the last of them may take a value`() throws {
      let settings = try serve("-dw4")
      #expect(settings.debug)
      #expect(settings.workers == 4)
      #expect(try serve("-dw", "4") == settings)
    }

    @Test(arguments: [
      ["--workers", "2", "--workers", "4"], ["-w2", "--workers=4"], ["--workers=2", "-w", "4"],
    ])
    func `an option given twice takes the last one`(arguments: [String]) throws {
      #expect(try serve(arguments).workers == 4)
    }

    @Test func `the last of several values counts, also where it is the default`() throws {
      #expect(try serve("--demo-port", "0", "--demo-port", "8080") == ServeSettings())
    }

    @Test func `a wrong value is refused although a later one follows`() {
      #expect(errorMessage("-w", "x", "-w", "4").hasPrefix("--workers: 'x' is not"))
    }

    @Test(
      arguments: [
        ("--worker", "unknown option '--worker'; did you mean --workers?"),
        ("--notify", "unknown option '--notify'; did you mean --notify-delta-ratio?"),
        ("--wrokers=4", "unknown option '--wrokers'; did you mean --workers?"),
        ("--demo_port", "unknown option '--demo_port'; did you mean --demo-port?"),
        ("--colour", "unknown option '--colour' (try --help)"),
        ("--", nil), ("--=4", "unknown option '--' (try --help)"),
        ("--Workers", "unknown option '--Workers'; did you mean --workers?"),
        ("---workers", "unknown option '---workers'; did you mean --workers?"),
        ("-x", "unknown option '-x' (try --help)"), ("-dx", "unknown option '-x' (try --help)"),
        ("-workers", "--workers: 'orkers' is not a whole number from 0 to 1024"),
        ("--effects", "unknown option '--effects' (try --help)"),
        ("--capture", "--capture takes the path of a file, but nothing follows it"),
        ("--debug=1", "--debug takes no value"), ("--help=serve", "--help takes no value"),
        ("--enable-uuid=", "--enable-uuid takes no value"),
        ("--workers", "--workers takes a whole number from 0 to 1024, but nothing follows it"),
        ("-w", "--workers takes a whole number from 0 to 1024, but nothing follows it"),
        ("--workers=", "--workers: '' is not a whole number from 0 to 1024"),
        ("-w=4", "--workers: '=4' is not a whole number from 0 to 1024"),
        ("run", "'run' is no command; there is: serve, replay, simulate, bench"),
        ("", "'' is no command; there is: serve, replay, simulate, bench"),
        ("Serve", "'Serve' is no command; there is: serve, replay, simulate, bench"),
        ("-", "'-' is one argument too many"),
      ] as [(String, String?)])
    func `unknown options, missing values and superfluous values are refused`(
      argument: String, message: String?
    ) {
      #expect(errorMessage(argument) == message ?? "")
    }

    @Test(arguments: [
      (["serve", "football"], "'football' is one argument too many"),
      (["-d", "serve"], "'serve' is one argument too many; the command comes first"),
      (["--", "-d"], "'-d' is one argument too many"),
      (["--", "--"], "'--' is one argument too many"),
      (["serve", ""], "'' is one argument too many"),
    ])
    func `serve takes no operand`(arguments: [String], message: String) {
      #expect(errorMessage(arguments) == message)
    }

    @Test func `the argument after an option that takes a value is its value, whatever it is`() {
      #expect(
        errorMessage("--increment-delay", "-1").hasPrefix("--increment-delay: '-1' is not a time"))
      #expect(errorMessage("--host", "--debug").hasPrefix("--host: '--debug' is not"))
      #expect(errorMessage("--workers", "--").hasPrefix("--workers: '--' is not"))
      #expect(errorMessage("--workers", "").hasPrefix("--workers: '' is not"))
    }

    @Test func `help describes the daemon, or the command that it names`() throws {
      guard case .help(.serve) = try parse(["help"]) else { throw Unexpected() }
      guard case .help(.replay) = try parse(["help", "replay"]) else { throw Unexpected() }
      #expect(
        errorMessage("help", "fly")
          == "'fly' is no command; there is: serve, replay, simulate, bench")
      #expect(
        errorMessage("help", "serve", "bench")
          == "help takes one command; usage: audience-meter help [COMMAND]")
    }

    @Test func `--help and --version end the reading of arguments`() throws {
      guard case .help(.serve) = try parse(["--help", "--bogus"]) else { throw Unexpected() }
      guard case .help(.replay) = try parse(["replay", "-h"]) else { throw Unexpected() }
      guard case .version = try parse(["-dV", "football"]) else { throw Unexpected() }
      #expect(errorMessage("--bogus", "--help") == "unknown option '--bogus' (try --help)")
    }

    @Test func `variables of the environment count where no option is given`() throws {
      #expect(try serve(["-d"], ["PORT": "8000", "HOST": "::1"]).port == 8000)
      #expect(try serve(["-d"], ["PORT": "8000", "HOST": "::1"]).host == "::1")
      #expect(try serve(["--port", "9"], ["PORT": "8000"]).port == 9)
      #expect(try serve(["--port=80"], ["PORT": "8000"]).port == 80)
      #expect(try serve(["--port=80"], ["PORT": "http"]).port == 80)
      #expect(try serve([], ["PORT": "", "HOST": ""]) == ServeSettings())
      #expect(try serve([], ["WORKERS": "4", "DEMO_PORT": "1"]) == ServeSettings())
    }

    @Test func `a wrong variable of the environment is named in the error`() {
      #expect(
        errorMessage([], ["PORT": "65536"])
          == "environment variable PORT: '65536' is not a port from 0 to 65535")
      #expect(
        errorMessage([], ["HOST": "a b"]).hasPrefix("environment variable HOST: 'a b' is not an IP")
      )
    }

    @Test(arguments: [
      (["--cluster-interface=lo"], "--cluster-interface has no effect without --cluster-addr"),
      (
        ["--cluster-peers=a:1", "--cluster-interface=lo"],
        "--cluster-interface has no effect without --cluster-addr"
      ),
      (["--cluster-port=3140"], "--cluster-port has no effect without --cluster-peers"),
      (["--capture-rotate", "1G"], "--capture-rotate has no effect without --capture"),
      (["--capture-viewer-ids"], "--capture-viewer-ids has no effect without --capture"),
      (
        ["-m", "239.1.2.3:4", "--cluster-port=3140"],
        "--cluster-port has no effect without --cluster-peers"
      ),
      (
        ["--cluster-redis-password=a"],
        "--cluster-redis-password has no effect without --cluster-redis"
      ),
      (
        ["--cluster-secret=a"],
        "--cluster-secret has no effect without --cluster-addr, --cluster-peers or --cluster-redis"
      ),
    ])
    func `an option is refused without the option that it belongs to`(
      arguments: [String], message: String
    ) {
      #expect(errorMessage(arguments) == message)
    }

    @Test
    func `an option may come before the option that it belongs to, and intervals may be alone`()
      throws
    {
      #expect(try serve("--cluster-interface=lo", "-m239.1.2.3:4").cluster.interface == "lo")
      #expect(try serve("--cluster-port=1", "--cluster-peers=a:1").cluster.port == 1)
      for carrier in [
        "--cluster-addr=239.1.2.3:4", "--cluster-peers=a:1", "--cluster-redis=redis://a",
      ] {
        #expect(try serve("--cluster-secret=a", carrier).cluster.secretPath == "a")
      }
      let alone = try serve("--cluster-notify-interval=1", "--cluster-node-timeout=9")
      #expect(alone.cluster.notifyInterval == .seconds(1))
    }

    @Test func `the password of a Redis server is in its URL or in a file, and a user needs one`()
      throws
    {
      let both = errorMessage("--cluster-redis=redis://:sesame@a", "--cluster-redis-password=file")
      #expect(
        both == "--cluster-redis-password and a password in --cluster-redis exclude each other")
      let neither = errorMessage("--cluster-redis", "redis://sesame@a")
      #expect(neither.hasPrefix("--cluster-redis names a user without a password (USER:PASSWORD@)"))
      #expect(!neither.contains("sesame"))
      for url in ["redis://a", "redis://meter@a"] {
        let settings = try serve("--cluster-redis", url, "--cluster-redis-password", "file").cluster
        #expect(settings.redisPasswordPath == "file")
        #expect(settings.redis?.password == nil)
      }
      // If a URL is given twice, the last one counts.
      _ = try serve("--cluster-redis=redis://u@a", "--cluster-redis=redis://u:p@a")
    }

    @Test func `replay takes logs and what to print of them`() throws {
      let plain = try replay("a.log")
      #expect(plain.logPaths == ["a.log"])
      #expect(try replay("b.log", "--json", "a.log").logPaths == ["b.log", "a.log"])
      #expect(!plain.effects && !plain.text && plain.changes.isEmpty)
      #expect(try replay("a.log", "--effects").effects)
      #expect(try replay("--text", "a.log").text)
      #expect(try replay("--json", "a.log").json)
      #expect(try replay("--csv", "a.csv", "a.log").csvPath == "a.csv")
      #expect(try replay("--", "-a.log").logPaths == ["-a.log"])
      #expect(try replay("-").logPaths == ["-"])
      #expect(try replay("a.log", "--by-namespace").listsNamespaces)
    }

    @Test(arguments: [
      (["replay"], "replay: LOG is missing; usage: audience-meter replay LOG... [options]"),
      (
        ["replay", "a", "--by-namespace", "--svg", "b"],
        "--by-namespace and --svg exclude each other"
      ),
      (["replay", "a", "--effects", "--text"], "--effects and --text exclude each other"),
      (["replay", "a", "--json", "--effects"], "--effects and --json exclude each other"),
      (["replay", "a", "--csv=b", "--text"], "--text and --csv exclude each other"),
      (["replay", "a", "--port", "80"], "unknown option '--port' (try --help)"),
      (
        ["replay", "a", "--max-namespaces=0"],
        "--max-namespaces: '0' is not a whole number from 1 to 16777216"
      ),
      (
        ["replay", "a", "--compare"],
        "--compare needs an option of the model beside it, as --notify-min-delay 5, or --a and --b"
      ),
      (
        ["replay", "a", "--compare", "--a=--notify-min-delay 5", "--increment-delay=1"],
        "--a and --b have all settings that are compared; write the others in them"
      ),
      (["replay", "a", "--a", "notify-min-delay 5"], "--a has no effect without --compare"),
      (
        ["replay", "a", "--compare", "--b", "--port 80"],
        "--b: '--port 80' is not a list of options of the meter, as \"--notify-min-delay 5\""
      ),
      (["replay", "a", "--step", "5"], "--step has no effect without --csv"),
      (
        ["replay", "a", "--to", "5"],
        "--to has no effect without --csv, --svg, --compare or --explain"
      ),
      (["replay", "a", "--csv=b", "--from", "6", "--to", "5"], "--to is before --from"),
      (
        ["replay", "a", "--explain=a@5", "--from", "6"],
        "the time of --explain is before --from"
      ),
      (["replay", "a", "--explain=a@5", "--to", "4"], "--to is before the time of --explain"),
      (
        ["replay", "a", "--csv", "-", "--json"],
        "--csv - and --json exclude each other: both are for standard output"
      ),
      (
        ["replay", "a", "--compare", "--csv=b", "--increment-delay=1"],
        "--csv and --compare exclude each other"
      ),
      (["replay", "a", "--svg=b", "--text"], "--text and --svg exclude each other"),
      (["replay", "a", "--svg=b", "--csv=c"], "--csv and --svg exclude each other"),
      (["replay", "a", "--effects", "--svg=b"], "--effects and --svg exclude each other"),
      (["replay", "a", "--explain=a@1", "--json"], "--json and --explain exclude each other"),
    ])
    func `arguments of replay that contradict each other are refused`(
      arguments: [String], message: String
    ) {
      #expect(errorMessage(arguments) == message)
    }

    @Test func `replay ignores the environment`() throws {
      guard case .replay = try parse(["replay", "a"], ["PORT": "http"]) else { throw Unexpected() }
    }

    @Test func `replay has options for pictures, comparisons and explanations`() throws {
      let picture = try replay("a", "--svg", "b.svg", "--compare", "--notify-min-delay", "5")
      #expect(picture.svgPath == "b.svg" && picture.compares && !picture.changes.isEmpty)
      let two = try replay(
        "a", "--compare", "--a", "notify-min-delay 5 --increment-delay=1", "--b", ""
      ).comparedChanges
      var configuration = Configuration()
      two.first.apply(to: &configuration)
      #expect(configuration.notifyMinDelay == .seconds(5))
      #expect(configuration.incrementDelay == .seconds(1))
      #expect(two.second.isEmpty)
      let part = try replay("a", "--csv", "b", "--from", "2:1", "--to", "2026-06-01T18:00:00Z")
      #expect(part.span == LogSpan(from: LogTime("2:1"), to: LogTime("2026-06-01T18:00:00Z")))
      let explanation = try replay("a", "--explain", "a@b@2:4.5", "--notify-min-delay", "5")
      #expect(explanation.moment == Moment("a@b@2:4.5"))
    }

    @Test func `options of replay change the given values and leave those of the log`() throws {
      let changes = try replay(
        "a.log", "--increment-delay=1", "--increment-delay=10", "--max-connections=7"
      ).changes
      var configuration = Configuration()
      configuration.notifyMinDelay = .seconds(99)
      var expected = configuration
      expected.incrementDelay = .seconds(10)
      expected.maximumConnections = 7
      changes.apply(to: &configuration)
      #expect(configuration == expected)
      #expect(!changes.isEmpty)
    }

    private func serve(
      _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> ServeSettings {
      guard case .serve(let settings) = try parse(arguments, environment) else {
        throw Unexpected()
      }
      return settings
    }

    private func serve(_ arguments: String...) throws -> ServeSettings {
      try serve(arguments)
    }

    private func replay(_ arguments: String...) throws -> ReplaySettings {
      guard case .replay(let settings) = try parse(["replay"] + arguments) else {
        throw Unexpected()
      }
      return settings
    }

    private func errorMessage(_ arguments: String...) -> String {
      errorMessage(arguments)
    }

    /// The error message of a command line; empty when there is no error.
    private func errorMessage(
      _ arguments: [String], _ environment: [String: String] = [:]
    ) -> String {
      do throws(UsageError) {
        _ = try parse(arguments, environment)
        return ""
      } catch {
        return error.message
      }
    }

    private func parse(
      _ arguments: [String], _ environment: [String: String] = [:]
    ) throws(UsageError) -> Invocation {
      try audience_meter.parse(arguments: arguments) { environment[$0] }
    }

    private struct Unexpected: Error {}
  }
}
