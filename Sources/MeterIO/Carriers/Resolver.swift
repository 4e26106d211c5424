// Names of hosts are resolved on a thread of their own, as that may take seconds, and nobody is to wait.

import MeterModel

/// What somebody wants to know of a name.
struct ResolutionRequest: Sendable {
  /// Whose name it is; comes back with the answer.
  let target: Int
  let endpoint: Endpoint
}

/// What became of a name.
struct Resolution: Sendable {
  let target: Int

  /// Its addresses, at least one, or why there are none.
  let result: Result<[SocketAddress], ResolutionError>
}

/// The thread that resolves. It lasts as long as the process: nobody can wait for it, since it may itself
/// be waiting for a name server.
struct Resolver: Sendable {
  private let requests: Mailbox<ResolutionRequest>

  /// Starts the thread. `answer` is called on it.
  init(answer: @escaping @Sendable (Resolution) -> Void) throws(SystemError) {
    let requests = try Mailbox<ResolutionRequest>()
    self.requests = requests
    let poller = Handover(try Poller(mailbox: (requests.descriptor, 0), watching: []))
    _ = try JoinableThread(name: "resolver") {
      var poller = poller.take()
      while true {
        _ = poller.wait(milliseconds: -1)
        for request in requests.takeAll() {
          answer(Resolution(target: request.target, result: Self.resolve(request.endpoint)))
        }
      }
    }
  }

  /// Asks for a name's addresses; the answer comes to the closure.
  func ask(_ request: ResolutionRequest) { requests.post(request) }

  private static func resolve(_ endpoint: Endpoint) -> Result<[SocketAddress], ResolutionError> {
    do throws(ResolutionError) {
      return .success(try SocketAddress.resolve(endpoint.host, port: endpoint.port))
    } catch {
      return .failure(error)
    }
  }
}
