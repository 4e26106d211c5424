// Pictures and explanations of random logs agree with the meter.

import MeterModel
import Testing

struct PictureLawTests {
  @Test(arguments: SeedRange.few)
  func `a curve reaches the peak that the census found, in text and when captured`(
    range: SeedRange
  ) {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      for file in [Array(log.text.utf8), Capture(log, recordsInBlock: 9).file] {
        var census = AudienceCensus(limit: 3)
        let figures = play(file) { census.note($0, of: $1) }.figures
        var recording = AudienceRecording(
          of: census.largest, along: ChartTimeline(census.runs), columns: 7)
        #expect(play(file) { recording.note($0, of: $1) }.figures == figures)
        recording.finish()
        for curves in recording.namespaces {
          #expect(curves.local.maximum == UInt64(curves.peak), "\(range.profile) \(seed)")
          #expect(curves.local.columns.map(\.maximum).max() == UInt64(curves.peak))
          #expect(curves.members.maximum >= curves.local.maximum)
          #expect(curves.shown.maximum <= curves.audience.maximum)
          #expect(curves.audience.maximum >= curves.members.maximum)
        }
        #expect(recording.figures.frames >= figures.notifications)
      }
    }
  }

  @Test(arguments: SeedRange.few)
  func `an explanation has the count last sent, and a rule whose conditions held`(
    range: SeedRange
  ) throws {
    for seed in range.seeds {
      let log = RandomLog(seed: seed, profile: range.profile)
      let moment = try #require(Moment("n\(seed % 3)@\(log.end.decimalSeconds)"))
      var explainer = Explainer(moment)
      let replay = play(Array(log.text.utf8), .changes) { explainer.note($0, of: $1) }
      let explanation = try #require(explainer.explanation)
      let id = replay.reader.find(namespace: moment.namespace)
      let truth = id.flatMap { replay.meter.counts(of: $0) }
      #expect(explanation.state == truth, "\(range.profile) \(seed)")
      guard let truth, truth.open > 0 else {
        #expect(explanation.notification == nil, "\(range.profile) \(seed)")
        continue
      }
      let notification = try #require(explanation.notification, "\(range.profile) \(seed)")
      #expect(notification.count == truth.told && notification.instant == truth.toldAt)
      let age = notification.previousInstant.map { notification.instant - $0 }
      switch notification.cause {
      case .firstIn: break
      case .change(let change, let threshold):
        #expect(change >= threshold && threshold > 0)
        #expect(try #require(age) >= log.configuration.notifyMinDelay)
      case .maximumDelay: #expect(try #require(age) >= log.configuration.notifyMaxDelay)
      case .unknown: Issue.record("\(range.profile) \(seed) is not explained")
      }
    }
  }
}
