// Viewer ids across nodes: who stays, and who is refused for good.

import MeterModel
import Testing

struct ClusterViewerTests {
  private let viewer = Array("ab12".utf8)
  private let stream = Array("0123456789abcdef00000001".utf8)

  private func isStopped(_ node: LoneNode, _ id: [UInt8]) -> Bool {
    node.node.isStopped(viewer.span, streamID: id.span)
  }

  /// A stamp of a stream that opened so many milliseconds after the node under test started.
  private func stamp(_ milliseconds: UInt64, isOpen: Bool = true) -> UInt64 {
    (1_000_000 + milliseconds) * 2 + (isOpen ? 1 : 0)
  }

  private func opened(at milliseconds: UInt64) -> LoneNode {
    var node = LoneNode()
    _ = node.advance(to: 0)
    _ = node.act(at: milliseconds) { node, now, _ in
      node.viewerOpened(viewer.span, at: now)
    }
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
      node.hear(from: 2, 1, flags: .full, at: 110) { $0.exclude(1, "ab12", stamp: stamp(50)) } == []
    )
    #expect(node.advance(to: 120) == ["send 4/1 full excl#2 ab12"])
    let later = node.hear(from: 2, 2, round: 1, at: 130) {
      $0.exclude(2, "ab12", stamp: stamp(125))
    }
    #expect(later == ["exclude ab12"])
  }

  @Test func `of two that open at one moment that of the larger session stays`() {
    for (other, ends) in [(UInt64(0), false), (2, true)] {
      var node = opened(at: 100)
      let heard = node.hear(from: other, 1, flags: .full, at: 110) {
        $0.exclude(1, "ab12", stamp: stamp(100))
      }
      #expect(heard == (ends ? ["exclude ab12"] : []))
    }
  }

  @Test func `who was excluded by another node's viewer is refused while that one is there`() {
    var node = opened(at: 100)
    _ = node.hear(from: 2, 1, flags: .full, at: 110) { $0.exclude(1, "ab12", stamp: stamp(105)) }
    _ = node.act(at: 110) { node, now, _ in
      node.ended(viewer.span, streamID: stream.span, at: now)
    }
    #expect(isStopped(node, stream))
    #expect(!isStopped(node, Array("another".utf8)))
    _ = node.hear(from: 2, 2, flags: .goodbye, at: 200)
    #expect(!isStopped(node, stream))
  }

  @Test func `a plain request elsewhere ends the holder, who may come back`() {
    var node = opened(at: 100)
    let asked = node.hear(from: 2, 1, flags: .full, at: 110) {
      $0.exclude(1, "ab12", stamp: stamp(105, isOpen: false))
    }
    #expect(asked == ["exclude ab12"])
    _ = node.act(at: 110) { node, now, _ in
      node.ended(viewer.span, streamID: stream.span, at: now)
    }
    #expect(!isStopped(node, stream))
  }

  @Test func `a holder that leaves lets in whom it excluded`() {
    var node = opened(at: 100)
    _ = node.hear(from: 2, 1, flags: .full, at: 110) {
      _ = $0.append(held: 1, viewer: viewer.span, stream: stream.span)
    }
    #expect(isStopped(node, stream))
    _ = node.act(at: 200) { node, now, _ in
      node.viewerLeft(viewer.span, at: now)
    }
    #expect(!isStopped(node, stream))
    #expect(node.advance(to: 205).last?.hasSuffix("held#2 ab12 -") == true)
  }

  @Test func `a clock that is a day ahead does not spoil the stamps`() {
    var node = opened(at: 100)
    _ = node.hear(from: 2, 1, flags: .full, at: 110) {
      $0.exclude(1, "other", stamp: ClusterDatagram.maximumNumber)
    }
    _ = node.act(at: 200) { node, now, _ in
      node.viewerOpened(viewer.span, at: now)
    }
    let later = node.hear(from: 2, 2, round: 1, at: 300) {
      $0.exclude(2, "ab12", stamp: stamp(250))
    }
    #expect(later == ["exclude ab12"])
  }
}
