import Foundation
import FoundationXML
import Testing

/// The pictures, comparisons and explanations of `audience-meter replay`.
@Suite struct ReplayPictureTests {
  private static let log = """
    option decrement-delay 0
    option notify-min-delay 1
    0    open 1 football
    0.5  open 2 football
    0.9  open 3 tennis
    4    open 4 football
    4.5  close 1
    9    close 2
    20   end
    """

  private let folder: TemporaryFolder
  private let picture: String

  init() throws {
    folder = try TemporaryFolder()
    picture = "\(folder.path)/picture.svg"
  }

  private func replay(_ log: String, _ options: String...) throws -> ProgramRun {
    let path = try folder.write(log, to: "kick & off.log")
    return try ProgramRun(arguments: ["replay", path] + options)
  }

  /// The text of the picture, which must be well-formed XML.
  private func drawn() throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: picture))
    #expect(XMLParser(data: data).parse())
    return String(decoding: data, as: UTF8.self)
  }

  @Test func `--svg draws a log, and its figures are printed`() throws {
    let run = try replay(Self.log, "--svg", picture, "--json")
    #expect(run.status == 0 && run.errors == "")
    #expect(try run.output == replay(Self.log, "--json").output)
    let text = try drawn()
    #expect(text.contains("<title>Audience of kick &amp; off.log</title>"))
    for words in ["football", "tennis", "shown to the viewers", "20 s"] {
      #expect(text.contains(">\(words)<"), "\(words)")
    }
    #expect(text.contains("notify-min-delay 1"))
  }

  @Test func `--compare shows two settings in figures and in a picture`() throws {
    let run = try replay(Self.log, "--compare", "--notify-min-delay", "5", "--svg", picture)
    #expect(
      run.output == """
                                             log    given
        notify-min-delay                       1        5
        opened                                 4        4
        counted                                4        4
        peak members                           4        4
        notifications                          4        2
        frames sent                            8        3
        off the audience, mean             0.031    0.135
        off the audience, mean, relative  2.23 %   9.68 %
        off the audience, p50                  0        0
        off the audience, p99                  1        2
        off the audience, worst                1        2
        off the audience, beyond ratio    3.11 %  12.47 %
        off the members, mean              0.031    0.135
        off the members, mean, relative   2.23 %   9.68 %
        off the members, p50                   0        0
        off the members, p99                   1        2
        off the members, worst                 1        2
        off the members, beyond ratio     3.11 %  12.47 %

        """, "\(run.output)")
    #expect(run.status == 0 && run.errors == "")
    let text = try drawn()
    #expect(text.contains(">notify-min-delay 5<") && text.contains(">notify-min-delay 1<"))
  }

  @Test func `--compare with --json prints JSON`() throws {
    let run = try replay(Self.log, "--compare", "--notify-min-delay=5", "--json")
    let sides = try #require(try membersOfObject(run.output) as? [String: [String: Any]])
    #expect(Set(sides.keys) == ["log", "given"])
    #expect(sides["log"]?["frames"] as? Int == 8)
    #expect(sides["given"]?["notifications"] as? Int == 2)
    let deviation = try #require(sides["given"]?["off_audience"] as? [String: Any])
    #expect(deviation["mean"] as? Double == 0.135 && deviation["worst"] as? Int == 2)
    #expect(
      Set(deviation.keys) == [
        "mean", "mean_percent", "p50", "p99", "worst", "beyond_ratio_percent",
      ])
    #expect(sides["given"]?["off_members"] is [String: Any])
  }

  @Test func `--compare takes two settings, and needs no second reading without a picture`() throws
  {
    let path = try folder.write(Self.log, to: "log")
    let run = try ProgramRun(
      shell: "cat \(path) | \"$0\" replay - --compare --a 'notify-min-delay 5' --b '' --json")
    let sides = try #require(try membersOfObject(run.output) as? [String: [String: Any]])
    #expect(sides["a"]?["frames"] as? Int == 3 && sides["b"]?["frames"] as? Int == 8)
  }

  @Test func `--from and --to draw and compare a part of the log`() throws {
    let run = try replay(
      Self.log, "--compare", "--notify-min-delay=5", "--from", "1", "--to", "4", "--svg", picture)
    #expect(run.output.contains("\nopened "))
    #expect(try drawn().contains(">The part from 1 s to 4 s<"))
    #expect(try replay(Self.log, "--svg", picture, "--from", "21").status == 1)
  }

  @Test func `--svg - writes the picture to standard output, and nothing else`() throws {
    let run = try replay(Self.log, "--svg", "-")
    #expect(run.output.hasPrefix("<svg ") && run.output.hasSuffix("</svg>\n"))
    #expect(run.status == 0 && run.errors == "")
  }

  @Test func `--explain shows the last notification and the next one`() throws {
    let run = try replay(Self.log, "--explain", "football@4.5")
    #expect(run.output.hasPrefix("football at 4.5 s\n"))
    #expect(run.output.contains("last told   3, at 4 s, by rule 4 (a)"))
    #expect(run.output.contains("throttled until 5 s"))
    let other = try replay(Self.log, "--explain", "football@4.5", "--notify-min-delay", "0")
    #expect(other.output.contains("last told   2, at 4.5 s, by rule 4 (a)"))
    let none = try replay(Self.log, "--explain", "football@2:4.5")
    #expect(none.status == 1 && none.output == "")
    #expect(none.errors.contains("has no section 2 with second 4.5\n"))
  }

  @Test func `a picture that cannot be written is an error`() throws {
    let run = try replay(Self.log, "--svg", "/nowhere/a.svg")
    #expect(run.status == 1)
    #expect(run.errors.contains("--svg /nowhere"))
  }

  @Test func `a damaged log is drawn up to the damage`() throws {
    let run = try replay("0 open 1 a\n5 nonsense", "--svg", picture)
    #expect(run.status == 65)
    #expect(run.errorLines == 1)
    #expect(try drawn().contains(">a<"))
  }

  @Test func `no progress is shown where standard error is no terminal`() throws {
    #expect(try replay(Self.log, "--svg", picture).errors == "")
  }
}
