import CLinux
import Glibc
import Testing

/// Options of the cluster that keep a daemon from starting: one line names the option, and the exit
/// status is 1.
@Suite struct `A cluster that cannot begin` {
  /// The error of a daemon that does not start.
  private func error(_ options: String...) throws -> String {
    do {
      let daemon = try RunningDaemon.start(options)
      daemon.kill()
      return "it started"
    } catch let error as HarnessError {
      return error.description
    }
  }

  @Test func `a missing interface is named`() throws {
    let text = try error(
      "--cluster-addr", "239.255.1.1:21998", "--cluster-interface", "nothere0")
    #expect(text.contains("--cluster-interface: 'nothere0' is no network interface"))
    #expect(text.contains("(status 1)"))
  }

  @Test func `a port that is in use is named`() throws {
    let group = TestGroup()
    let options = peerOptions(1)[0]
    let first = try RunningDaemon.node([options[0], options[1], "--cluster-peers", "127.0.0.1:9"])
    let text = try error(options[0], options[1], "--cluster-peers", "127.0.0.1:9")
    #expect(text.contains("--cluster-port: cannot receive on 0.0.0.0:\(options[1])"))
    #expect(text.contains("(status 1)"))
    try first.stop()
    // The port of a group may be shared, but not with a program that does not share it.
    let taken = try Self.bindAlone(group.port)
    defer { close(taken) }
    let other = try error("--cluster-addr", "\(group.address):\(group.port)")
    #expect(other.contains("--cluster-addr: cannot receive on \(group.address):\(group.port)"))
  }

  private static func bindAlone(_ port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw HarnessError("bind: errno \(errno)") }
    return descriptor
  }

  @Test func `a secret that is empty, missing or too long is named`() throws {
    let folder = try TemporaryFolder()
    let group = TestGroup().options
    for (path, words) in [
      (try folder.write("", to: "empty"), "the file is empty"),
      (try folder.write("\n", to: "line"), "the file is empty"),
      ("\(folder.path)/none", "No such file or directory"),
      (folder.path, "Is a directory"), ("/dev/zero", "longer than 65536 bytes"),
    ] {
      let text = try error(group[0], group[1], "--cluster-secret", path)
      #expect(text.contains("--cluster-secret: \(path): \(words)"), "\(text)")
      #expect(text.contains("(status 1)"))
    }
  }

  @Test func `a password that is empty, missing or too long is named`() throws {
    let folder = try TemporaryFolder()
    for (path, words) in [
      (try folder.write("", to: "empty"), "the file is empty"),
      (try folder.write("\r\n", to: "line"), "the file is empty"),
      ("\(folder.path)/none", "No such file or directory"),
      (folder.path, "Is a directory"), ("/dev/zero", "longer than 65536 bytes"),
    ] {
      let text = try error(
        "--cluster-redis", "redis://127.0.0.1:9", "--cluster-redis-password", path)
      #expect(text.contains("--cluster-redis-password: \(path): \(words)"), "\(text)")
      #expect(text.contains("(status 1)"))
    }
  }

  @Test func `a daemon without a carrier has no report of a cluster`() throws {
    let daemon = try RunningDaemon.start([])
    #expect(try daemon.ask(daemon.statistics, request("GET /cluster")).status == 404)
    try daemon.stop()
  }
}
