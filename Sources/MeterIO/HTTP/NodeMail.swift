// The inputs of the node's thread.

import MeterModel

/// An item of the node thread's mailbox.
enum NodeMail: Sendable {
  case inputs(InputBatch)

  /// Begin a turn: the capture is due.
  case wake

  /// Stop the node and return.
  case stop
}
