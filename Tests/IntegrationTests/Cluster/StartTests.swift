import CLinux
import Glibc
import Testing

/// What of the cluster's options cannot be done at the start: one line that names the option, and exit 1.
@Suite struct `A cluster that cannot begin` {
  private func complaint(_ options: String...) throws -> String {
    do {
      let daemon = try RunningDaemon.start(options)
      daemon.kill()
      return "it started"
    } catch let error as HarnessError {
      return error.description
    }
  }

  @Test func `names the interface that is not there`() throws {
    let text = try complaint(
      "--cluster-addr", "239.255.1.1:21998", "--cluster-interface", "nothere0")
    #expect(text.contains("--cluster-interface: 'nothere0' is no network interface"))
    #expect(text.contains("(status 1)"))
  }

  @Test func `names the port that another has`() throws {
    let group = TestGroup()
    let options = peerOptions(1)[0]
    let first = try RunningDaemon.node([options[0], options[1], "--cluster-peers", "127.0.0.1:9"])
    let text = try complaint(options[0], options[1], "--cluster-peers", "127.0.0.1:9")
    #expect(text.contains("--cluster-port: cannot receive on 0.0.0.0:\(options[1])"))
    #expect(text.contains("(status 1)"))
    #expect(try first.stop(by: SIGTERM) == 0)
    // A group's port is shared, but not with a program that shares nothing.
    let taken = try Self.bindAlone(group.port)
    defer { close(taken) }
    let other = try complaint("--cluster-addr", "\(group.address):\(group.port)")
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

  @Test func `names the secret that is empty, missing, or no secret`() throws {
    let folder = try TemporaryFolder()
    let group = TestGroup().options
    for (path, words) in [
      (try folder.write("", to: "empty"), "the file is empty"),
      (try folder.write("\n", to: "line"), "the file is empty"),
      ("\(folder.path)/none", "No such file or directory"),
      (folder.path, "Is a directory"), ("/dev/zero", "longer than 65536 bytes"),
    ] {
      let text = try complaint(group[0], group[1], "--cluster-secret", path)
      #expect(text.contains("--cluster-secret: \(path): \(words)"), "\(text)")
      #expect(text.contains("(status 1)"))
    }
  }

  @Test func `names the password that is empty, missing, or no password`() throws {
    let folder = try TemporaryFolder()
    for (path, words) in [
      (try folder.write("", to: "empty"), "the file is empty"),
      (try folder.write("\r\n", to: "line"), "the file is empty"),
      ("\(folder.path)/none", "No such file or directory"),
      (folder.path, "Is a directory"), ("/dev/zero", "longer than 65536 bytes"),
    ] {
      let text = try complaint(
        "--cluster-redis", "redis://127.0.0.1:9", "--cluster-redis-password", path)
      #expect(text.contains("--cluster-redis-password: \(path): \(words)"), "\(text)")
      #expect(text.contains("(status 1)"))
    }
  }

  @Test func `must tell its counts more often than they are forgotten`() throws {
    let text = try complaint(
      "--cluster-addr", TestGroup().options[1], "--cluster-notify-interval", "5")
    #expect(
      text.contains("--cluster-notify-interval: 5s is not less than the --cluster-node-timeout"))
    #expect(text.contains("(status 1)"))
  }

  @Test func `is none where no carrier is given`() throws {
    let daemon = try RunningDaemon.start([])
    #expect(try daemon.ask(daemon.statistics, request("GET /cluster")).status == 404)
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }
}
