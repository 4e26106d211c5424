// Logs that once showed a defect or reach a rare state, in their smallest form, with the digest of
// their effects. A changed digest is a change of behaviour. It is never updated without a reason in
// the commit.

import Testing

/// A log and the digest of its effects.
struct Regression: CustomTestStringConvertible, Sendable {
  let name: String

  /// The seed that found it.
  let found: String
  let log: String

  /// The digest of all effects.
  let digest: String

  var testDescription: String { name }

  static let all = [
    Regression(
      name: "a goodbye that empties several namespaces retires them in the order of creation",
      found: "cluster:44 of the random logs",
      log: """
        option decrement-delay 0
        option namespace-clean-delay 1
        0 open 1 first
        0 peer p second 1 1
        0 peer p first 1 1
        1 close 1
        2 bye p
        4 end

        """, digest: "f670c9730285d58d"),
    Regression(
      name: "a goodbye at the instant of the node's last report",
      found: "swarm 586",
      log: """
        option decrement-delay 0
        option namespace-clean-delay 1
        15.78125 peer p0 n3 14 4
        17.78125 peer p0 n2 6 0
        17.78125 bye p0
        20 end

        """, digest: "e66b052e97d21506"),
    Regression(
      name:
        "a namespace without a delay is retired after the event that emptied it, before the next",
      found: "swarm 179557335000001; the auditor was wrong",
      log: """
        option decrement-delay 0
        option namespace-clean-delay 0
        0 open 5 n3
        0 close 5
        0 open 6 n3
        0 close 6
        31 end

        """, digest: "1efdcac1eabe9c77"),
    Regression(
      name: "a maximum duration ends at the instant at which another connection is counted",
      found: "swarm 119",
      log: """
        option decrement-delay 0
        option max-conn-duration 32
        option increment-delay 1
        0 open 1 n0
        27.1 open 2 n0
        40 end

        """, digest: "231575a7383ab627"),
    Regression(
      name: "a connection whose maximum duration ends before its increment delay is never counted",
      found: "swarm 3",
      log: """
        option decrement-delay 0
        option max-conn-duration 2
        option increment-delay 5
        5 open 0 n4
        5 open 1 n4
        37.650000002 end

        """, digest: "2a3d92e1023c10bf"),
    Regression(
      name: "a connection that was refused or excluded opens again before its close",
      found: "swarm 12",
      log: """
        option decrement-delay 0
        58 open 20 n2 viewer=v0 after=19
        60.75 open 12 n0 viewer=v0
        63 open 21 n0 viewer=v0 after=20
        63 open 21 n0 viewer=v0 after=12   # superseded, not excluded, by §2 rule 6
        86 end

        """, digest: "771b254f3838a080"),
    Regression(
      name: "a greeting with a count that has changed since causes a notification",
      found: "swarm 9",
      log: """
        option decrement-delay 0
        option max-conn-duration 10
        option increment-delay 5
        3.75 open 1 n0
        11.75 open 0 n0
        14.75 open 2 n0
        92.75 end

        """, digest: "96921a4067d30178"),
    Regression(
      name: "totals saturate",
      found: "swarm 29",
      log: """
        option decrement-delay 0
        37.499999999 open 6 n6
        37.499999999 peer p1 n6 9223372036854775807 7
        38 peer p2 n6 9223372036854775807 9223372036854775807
        39 peer p3 n6 9223372036854775808 1
        42.499999998 end

        """, digest: "b95f61f333c37d80"),
  ]
}
