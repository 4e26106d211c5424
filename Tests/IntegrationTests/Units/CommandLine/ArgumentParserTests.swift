import MeterIO
import MeterModel
import Testing
import audience_meter

extension Units {
  /// How arguments become settings (SPEC §3): getopt's conventions, no abbreviations, the last one wins.
  @Suite struct ArgumentParserTests {
    @Test func `no argument at all serves with the defaults`() throws {
      #expect(try serve() == ServeSettings())
      #expect(try serve("serve") == ServeSettings())
    }

    @Test(arguments: [
      ["--workers", "4"], ["--workers=4"], ["-w", "4"], ["-w4"], ["serve", "-w", "4"],
      ["-w4", "--"],
      ["-w", "04"],
    ])
    func `a value stands after its option, after = or right after the letter`(
      arguments: [String]
    ) throws {
      #expect(try serve(arguments).workers == 4)
    }

    @Test func `letters may share a hyphen, and the last may take a value`() throws {
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

    @Test func `the last one wins even back to the default`() throws {
      #expect(try serve("--demo-port", "0", "--demo-port", "8080") == ServeSettings())
    }

    @Test func `a wrong value is refused even where a later one would win`() {
      #expect(complaint("-w", "x", "-w", "4").hasPrefix("--workers: 'x' is not"))
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
    func `what is no option, or lacks or has a value against its nature, is refused`(
      argument: String, message: String?
    ) {
      #expect(complaint(argument) == message ?? "")
    }

    @Test(arguments: [
      (["serve", "football"], "'football' is one argument too many"),
      (["-d", "serve"], "'serve' is one argument too many; the command comes first"),
      (["--", "-d"], "'-d' is one argument too many"),
      (["--", "--"], "'--' is one argument too many"),
      (["serve", ""], "'' is one argument too many"),
    ])
    func `serve takes no operand`(arguments: [String], message: String) {
      #expect(complaint(arguments) == message)
    }

    @Test func `what follows an option that takes a value is its value, whatever it looks like`() {
      #expect(
        complaint("--increment-delay", "-1").hasPrefix("--increment-delay: '-1' is not a time"))
      #expect(complaint("--host", "--debug").hasPrefix("--host: '--debug' is not"))
      #expect(complaint("--workers", "--").hasPrefix("--workers: '--' is not"))
      #expect(complaint("--workers", "").hasPrefix("--workers: '' is not"))
    }

    @Test func `help and version end the reading where they stand`() throws {
      guard case .help(.serve) = try parse(["--help", "--bogus"]) else { throw Unexpected() }
      guard case .help(.replay) = try parse(["replay", "-h"]) else { throw Unexpected() }
      guard case .version = try parse(["-dV", "football"]) else { throw Unexpected() }
      #expect(complaint("--bogus", "--help") == "unknown option '--bogus' (try --help)")
    }

    @Test func `the environment counts where no option is given`() throws {
      #expect(try serve(["-d"], ["PORT": "8000", "HOST": "::1"]).port == 8000)
      #expect(try serve(["-d"], ["PORT": "8000", "HOST": "::1"]).host == "::1")
      #expect(try serve(["--port", "9"], ["PORT": "8000"]).port == 9)
      #expect(try serve(["--port=80"], ["PORT": "8000"]).port == 80)
      #expect(try serve(["--port=80"], ["PORT": "http"]).port == 80)
      #expect(try serve([], ["PORT": "", "HOST": ""]) == ServeSettings())
      #expect(try serve([], ["WORKERS": "4", "DEMO_PORT": "1"]) == ServeSettings())
    }

    @Test func `a wrong variable is named`() {
      #expect(
        complaint([], ["PORT": "65536"])
          == "environment variable PORT: '65536' is not a port from 0 to 65535")
      #expect(
        complaint([], ["HOST": "a b"]).hasPrefix("environment variable HOST: 'a b' is not an IP"))
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
    func `an option of the cluster is refused where nothing is shared that way`(
      arguments: [String], message: String
    ) {
      #expect(complaint(arguments) == message)
    }

    @Test
    func `an option of the cluster may come before what it is for, and intervals may be alone`()
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

    @Test func `the password of a Redis server stands in its URL or in a file, and a user has one`()
      throws
    {
      let both = complaint("--cluster-redis=redis://:sesame@a", "--cluster-redis-password=file")
      #expect(
        both == "--cluster-redis-password and a password in --cluster-redis exclude each other")
      let neither = complaint("--cluster-redis", "redis://sesame@a")
      #expect(neither.hasPrefix("--cluster-redis names a user without a password (USER:PASSWORD@)"))
      #expect(!neither.contains("sesame"))
      for url in ["redis://a", "redis://meter@a"] {
        let settings = try serve("--cluster-redis", url, "--cluster-redis-password", "file").cluster
        #expect(settings.redisPasswordPath == "file")
        #expect(settings.redis?.password == nil)
      }
      // Of a URL given twice the last one counts.
      _ = try serve("--cluster-redis=redis://u@a", "--cluster-redis=redis://u:p@a")
    }

    @Test func `a replay takes one log and what to print of it`() throws {
      let plain = try replay("a.log")
      #expect(plain.logPath == "a.log")
      #expect(!plain.effects && !plain.text && plain.changes.isEmpty)
      #expect(try replay("a.log", "--effects").effects)
      #expect(try replay("--text", "a.log").text)
      #expect(try replay("--json", "a.log").json)
      #expect(try replay("--csv", "a.csv", "a.log").csvPath == "a.csv")
      #expect(try replay("--", "-a.log").logPath == "-a.log")
      #expect(try replay("-").logPath == "-")
    }

    @Test(arguments: [
      (["replay"], "replay: LOG is missing; usage: audience-meter replay LOG [options]"),
      (["replay", "a", "b"], "'b' is one argument too many"),
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
        "--compare needs an option of the model beside it, as --notify-min-delay 5"
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
    func `a replay that makes no sense is refused`(arguments: [String], message: String) {
      #expect(complaint(arguments) == message)
    }

    @Test func `a replay minds no environment`() throws {
      guard case .replay = try parse(["replay", "a"], ["PORT": "http"]) else { throw Unexpected() }
    }

    @Test func `pictures, comparisons and explanations are a replay's`() throws {
      let picture = try replay("a", "--svg", "b.svg", "--compare", "--notify-min-delay", "5")
      #expect(picture.svgPath == "b.svg" && picture.compares && !picture.changes.isEmpty)
      let explanation = try replay("a", "--explain", "a@b@2:4.5", "--notify-min-delay", "5")
      #expect(explanation.moment == Moment("a@b@2:4.5"))
    }

    @Test func `what if changes what was given and leaves the log's own`() throws {
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

    private func complaint(_ arguments: String...) -> String {
      complaint(arguments)
    }

    /// The complaint about a command line; empty when there is none.
    private func complaint(_ arguments: [String], _ environment: [String: String] = [:]) -> String {
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
