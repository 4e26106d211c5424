// What arrives at the node's thread.

import MeterModel

/// One thing for the node's thread to take in.
enum NodeMail: Sendable {
  case inputs(InputBatch)

  /// Stop the node and return.
  case stop
}
