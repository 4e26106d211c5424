// The texts that effects send.

extension LogReader {
  /// The text that an effect sends; none where it sends no message. `texts` are those that are kept
  /// when the records were applied.
  package func text(of effect: Effect, keeping texts: KeptTexts) -> [UInt8] {
    switch effect.action {
    case .message:
      guard case .retained(_, let service, _, _) = records.last?.event else { return messageText }
      return name(of: service) + [ASCII.equals] + messageText
    case .send(_, let namespace, let message):
      guard let kept = texts.text(of: message, in: namespace) else { return [] }
      return name(of: kept.service) + [ASCII.equals] + Array(kept.text)
    case .greet, .notify, .pong, .end, .retire, .refuse, .reject: return []
    }
  }
}
