// Viewer ids across nodes: which stream stays, and which is refused for good.

import MeterModel
import Testing

struct ClusterViewerTests {
  /// A stream of another node, as nodes name it, and its id.
  private let foreign = Array("0123456789abcdef00000001".utf8)
  private let foreignID = LoneNode.id(named: "0123456789abcdef00000001")

  /// The stamp of a stream that opened this many milliseconds after the node under test started.
  private func stamp(_ milliseconds: UInt64, isOpen: Bool = true) -> UInt64 {
    (1_000_000 + milliseconds) * 2 + (isOpen ? 1 : 0)
  }

  /// A node with a stream of the viewer.
  private func opened(at milliseconds: UInt64) -> LoneNode {
    var node = LoneNode()
    _ = node.advance(to: 0)
    node.open(1, "a", viewer: "ab12", at: milliseconds)
    return node
  }

  @Test func `a viewer id that opens is told within milliseconds`() {
    var node = opened(at: 100)
    #expect(node.advance(to: 105) == ["send 3/1 full excl#1 ab12"])
  }

  @Test func `the holder ends for a later one elsewhere, and stays for an earlier one and says so`()
  {
    var node = opened(at: 100)
    _ = node.advance(to: 105)
    #expect(
      node.receive(from: 2, 1, flags: .full, at: 110) { $0.exclude(1, "ab12", stamp: stamp(50)) }
        == []
    )
    #expect(node.advance(to: 120) == ["send 4/1 full excl#2 ab12"])
    let later = node.receive(from: 2, 2, round: 1, at: 130) {
      $0.exclude(2, "ab12", stamp: stamp(125))
    }
    #expect(later == ["exclude ab12"])
  }

  @Test func `of two streams with equal stamps that of the larger session stays`() {
    for (other, ends) in [(UInt64(0), false), (2, true)] {
      var node = opened(at: 100)
      let heard = node.receive(from: other, 1, flags: .full, at: 110) {
        $0.exclude(1, "ab12", stamp: stamp(100))
      }
      #expect(heard == (ends ? ["exclude ab12"] : []))
    }
  }

  @Test func `a stream that another node's viewer excluded is refused while that node is present`()
  {
    var node = opened(at: 100)
    let id = node.id(of: 1)
    _ = node.receive(from: 2, 1, flags: .full, at: 110) { $0.exclude(1, "ab12", stamp: stamp(105)) }
    #expect(node.refuses("ab12", lastEventID: id))
    #expect(!node.refuses("ab12", lastEventID: foreignID))
    _ = node.receive(from: 2, 2, flags: .goodbye, at: 200)
    #expect(!node.refuses("ab12", lastEventID: id))
  }

  @Test func `a refused stream and its close are not events of the meter`() {
    var node = opened(at: 100)
    let id = node.id(of: 1)
    _ = node.receive(from: 2, 1, flags: .full, at: 110) { $0.exclude(1, "ab12", stamp: stamp(105)) }
    var driver = node.driver
    let digest = driver.node.digest
    driver.open(
      2, Array("b".utf8), viewer: Array("ab12".utf8), lastEventID: id,
      at: .start + .milliseconds(120))
    #expect(driver.takeOccurrences() == [.refused(stream: 2, .stopped)])
    #expect(driver.node.digest == digest)
    #expect(driver.total(of: Array("b".utf8)) == nil)
  }

  @Test func `a plain request on another node ends the holder, which may return`() {
    var node = opened(at: 100)
    let id = node.id(of: 1)
    let asked = node.receive(from: 2, 1, flags: .full, at: 110) {
      $0.exclude(1, "ab12", stamp: stamp(105, isOpen: false))
    }
    #expect(asked == ["exclude ab12"])
    #expect(!node.refuses("ab12", lastEventID: id))
  }

  @Test func `when a holder leaves, the stream that it excluded may return`() {
    var node = opened(at: 100)
    _ = node.receive(from: 2, 1, flags: .full, at: 110) {
      _ = $0.append(held: 1, viewer: Array("ab12".utf8).span, stream: foreign.span)
    }
    #expect(node.refuses("ab12", lastEventID: foreignID))
    node.close(1, at: 200)
    #expect(!node.refuses("ab12", lastEventID: foreignID))
    #expect(node.advance(to: 205).last?.hasSuffix("held#2 ab12 -") == true)
  }

  @Test func `of each node the newest excluded stream stops its client and those before it`() {
    var node = opened(at: 100)
    _ = node.receive(from: 2, 1, flags: .full, at: 110) {
      for (number, stream) in ["0a00000005", "0b00000002", "0a00000003"].enumerated() {
        let id = Array(("01234567890123" + stream).utf8)
        _ = $0.append(held: UInt64(number + 1), viewer: Array("ab12".utf8).span, stream: id.span)
      }
    }
    func refuses(_ stream: String) -> Bool {
      node.refuses("ab12", lastEventID: LoneNode.id(named: "01234567890123" + stream))
    }
    for stopped in ["0a00000005", "0a00000004", "0b00000002", "0b00000001"] {
      #expect(refuses(stopped), "\(stopped)")
    }
    for stream in ["0a00000006", "0b00000003", "0c00000001"] {
      #expect(!refuses(stream), "\(stream)")
    }
  }

  @Test func `excluded streams are remembered for five seconds after the last holder left`() {
    for (pause, isRefused) in [(4_999, true), (5_000, false)] {
      var node = opened(at: 100)
      _ = node.receive(from: 2, 1, flags: .full, at: 110) {
        _ = $0.append(held: 1, viewer: Array("ab12".utf8).span, stream: foreign.span)
      }
      node.close(1, at: 200)
      node.open(2, "a", viewer: "ab12", at: 200 + UInt64(pause))
      #expect(node.refuses("ab12", lastEventID: foreignID) == isRefused, "\(pause)")
    }
  }

  @Test func `a node that may have missed the ids is told the excluded streams too`() {
    var node = opened(at: 100)
    let former = LoneNode.name(ofID: node.id(of: 1))
    node.open(2, "a", viewer: "ab12", at: 200)
    _ = node.advance(to: 20_000)
    _ = node.receive(from: 2, 2, flags: .full, at: 20_000)
    let sent = node.advance(to: 20_300).joined(separator: " ")
    #expect(sent.contains("ab12 \(former)"), "\(sent)")
  }

  @Test func `a stream that its own client replaces is not sent as excluded`() {
    var node = opened(at: 100)
    let former = node.id(of: 1)
    _ = node.advance(to: 150)
    node.act(at: 200) {
      $0.open(2, Array("a".utf8), viewer: Array("ab12".utf8), lastEventID: former, at: $1)
    }
    let sent = node.advance(to: 250)
    #expect(sent.contains { $0.hasSuffix("ab12") })
    #expect(sent.allSatisfy { !$0.contains("held") }, "\(sent)")
    #expect(!node.refuses("ab12", lastEventID: former))
  }

  @Test func `the departure of a viewer is sent only when no stream here holds its id`() {
    var node = opened(at: 100)
    _ = node.receive(from: 2, 1, flags: .full, at: 110) {
      _ = $0.append(held: 1, viewer: Array("ab12".utf8).span, stream: foreign.span)
    }
    // The second stream of the id excludes the first, whose close follows.
    node.open(2, "a", viewer: "ab12", at: 1500)
    #expect(node.advance(to: 1600).allSatisfy { !$0.hasSuffix(" -") })
    node.close(2, at: 1700)
  }

  @Test func `a departure that arrives after a later claim of its node does not end it`() {
    for (number, isRefused) in [(UInt64(4), true), (6, false)] {
      var node = opened(at: 100)
      let id = node.id(of: 1)
      _ = node.receive(from: 2, 1, flags: .full, at: 110) {
        $0.exclude(5, "ab12", stamp: stamp(105))
      }
      _ = node.receive(from: 2, 2, round: 1, at: 120) {
        _ = $0.append(held: number, viewer: Array("ab12".utf8).span, stream: Array("-".utf8).span)
      }
      #expect(node.refuses("ab12", lastEventID: id) == isRefused, "\(number)")
    }
  }

  /// What a node sends to another one that asks for everything, shortly after the last event.
  private func repeated(by node: inout LoneNode) -> String {
    _ = node.advance(to: 500)
    _ = node.receive(from: 3, 1, flags: [.full, .asksEverybody], at: 600)
    return node.advance(to: 800).joined(separator: " ")
  }

  @Test func `a departure is repeated only while no stream here has the id again`() {
    for returns in [false, true] {
      var node = opened(at: 100)
      _ = node.receive(from: 2, 1, flags: .full, at: 110) {
        _ = $0.append(held: 1, viewer: Array("ab12".utf8).span, stream: foreign.span)
      }
      node.close(1, at: 200)
      if returns { node.open(2, "a", viewer: "ab12", at: 300) }
      let sent = repeated(by: &node)
      #expect(sent.contains(" ab12 -") == !returns, "\(sent)")
      #expect(sent.contains("excl#") == returns, "\(sent)")
    }
  }

  @Test func `an excluded stream is repeated only while it is remembered`() {
    for isAsked in [false, true] {
      var node = opened(at: 100)
      let former = LoneNode.name(ofID: node.id(of: 1))
      node.open(2, "a", viewer: "ab12", at: 200)
      if isAsked {
        node.act(at: 300) { $0.askMembers(of: [], excluding: Array("ab12".utf8), at: $1) }
      }
      let sent = repeated(by: &node)
      #expect(sent.contains("ab12 \(former)") == !isAsked, "\(sent)")
    }
  }

  @Test func `a plain request on another node ends what is remembered here without a holder`() {
    for isAsked in [false, true] {
      var node = opened(at: 100)
      let id = node.id(of: 1)
      node.open(2, "a", viewer: "ab12", at: 200)
      node.close(2, at: 300)
      let heard = node.receive(from: 2, 1, flags: .full, at: 410) {
        if isAsked { $0.exclude(1, "ab12", stamp: stamp(400, isOpen: false)) }
      }
      // The meter has no such viewer any more.
      #expect(heard == [])
      node.open(3, "a", viewer: "ab12", at: 500)
      #expect(node.refuses("ab12", lastEventID: id) == !isAsked)
    }
  }

  @Test func `a clock that is a day ahead does not spoil the stamps`() {
    var node = opened(at: 100)
    _ = node.receive(from: 2, 1, flags: .full, at: 110) {
      $0.exclude(1, "other", stamp: ClusterDatagram.maximumNumber)
    }
    node.open(2, "a", viewer: "ab12", at: 200)
    let later = node.receive(from: 2, 2, round: 1, at: 300) {
      $0.exclude(2, "ab12", stamp: stamp(250))
    }
    #expect(later == ["exclude ab12"])
  }
}
