// Names of hosts are resolved on a thread of their own, because that may take seconds.

import MeterModel

/// A name to be resolved.
struct ResolutionRequest: Sendable {
  /// The index of the carrier that asks.
  let carrier: Int

  /// A number that the carrier chose to identify the use of the name: for unicast, the index of the
  /// peer.
  let target: Int
  let endpoint: Endpoint
}

/// The result for one request.
struct Resolution: Sendable {
  /// As in the request.
  let carrier: Int
  let target: Int

  /// The addresses, at least one, or the reason why there are none.
  let result: Result<[SocketAddress], ResolutionError>
}

/// The thread that resolves. It lasts as long as the process and is never joined, because it may be
/// waiting for a name server.
struct Resolver: Sendable {
  private let requests: Mailbox<ResolutionRequest>

  /// Starts the thread, which calls `answer` with each result.
  init(answer: @escaping @Sendable (Resolution) -> Void) throws(SystemError) {
    let requests = try Mailbox<ResolutionRequest>()
    self.requests = requests
    let poller = Handover(try Poller(mailbox: (requests.descriptor, 0), watching: []))
    _ = try JoinableThread(name: "resolver") {
      var poller = poller.take()
      while true {
        _ = poller.wait(milliseconds: -1)
        for request in requests.takeAll() {
          answer(
            Resolution(
              carrier: request.carrier, target: request.target,
              result: Self.resolve(request.endpoint)))
        }
      }
    }
  }

  /// Requests the addresses of a name.
  func ask(_ request: ResolutionRequest) { requests.post(request) }

  private static func resolve(_ endpoint: Endpoint) -> Result<[SocketAddress], ResolutionError> {
    do throws(ResolutionError) {
      return .success(try SocketAddress.resolve(endpoint.host, port: endpoint.port))
    } catch {
      return .failure(error)
    }
  }
}
