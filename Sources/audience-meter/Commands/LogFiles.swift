import MeterIO
import MeterModel

/// The logs of a replay, which are read one after the other, each from beginning to end. They can
/// be read a second time, if that was said when they were opened; what was appended since is left
/// out.
struct LogFiles: ~Copyable {
  private let paths: [String]

  /// The log that is being read, and its place among the paths.
  private var file: InputFile
  private var index = 0

  /// The number of bytes that were read of it.
  private var length = 0
  private var hasEnded = false

  /// The lengths of the logs at the first reading.
  private var lengths: [Int] = []
  private var isSecondReading = false

  /// Of each log, whether it can be read only once and is needed twice.
  private let isKept: [Bool]
  private var copies: LogCopies
  private var order = LogOrder()

  /// The size of all logs together in bytes; nil if one is no regular file.
  let size: UInt64?

  /// Opens the first log, and checks that the others can be opened. Precondition: there is one. An
  /// error is that of the log in `failedPath`.
  static func open(
    _ paths: [String], twice: Bool, failedPath: inout String
  ) throws(InputFileError) -> LogFiles {
    var lengths: [UInt64?] = []
    for path in paths {
      failedPath = path
      lengths.append(try InputFile.checkedSize(of: path))
    }
    failedPath = paths[0]
    return LogFiles(
      paths, try InputFile(path: paths[0]),
      size: lengths.reduce(0) { sum, length in sum.flatMap { sum in length.map { sum + $0 } } },
      isKept: lengths.map { twice && $0 == nil })
  }

  private init(
    _ paths: [String], _ file: consuming InputFile, size: UInt64?, isKept: [Bool]
  ) {
    self.paths = paths
    self.file = file
    self.size = size
    self.isKept = isKept
    copies = LogCopies(logs: paths.count)
  }

  /// The path of the log that is being read.
  var path: String { paths[index] }

  /// Whether the end of the last log was read.
  var isFinished: Bool { hasEnded && index == paths.count - 1 }

  /// Reads the next bytes; none at the end of each log. To be called until `isFinished`.
  mutating func read() throws(InputFileError) -> [UInt8] {
    if hasEnded { try openLog(index + 1) }
    let piece = try nextPiece()
    length += piece.count
    hasEnded = piece.isEmpty
    if hasEnded, !isSecondReading { lengths.append(length) }
    return piece
  }

  private mutating func nextPiece() throws(InputFileError) -> [UInt8] {
    if isSecondReading {
      guard !isKept[index] else { return copies.piece(of: index, at: length) }
      return Array(try file.read().prefix(lengths[index] - length))
    }
    let piece = try file.read()
    guard !isKept[index] || copies.append(piece, to: index) else {
      throw InputFileError(
        reason: "it is no regular file and must be read twice, and at most "
          + "\(LogCopies.standardLimit / 1_048_576) MiB are kept for that")
    }
    return piece
  }

  /// Notes the time at which the log ends that was read to its end; nil where it is unknown.
  /// Returns a line for the operator if the logs are not in the order of time, the first time.
  mutating func noteEnd(at time: UTCTime?) -> String? {
    isSecondReading ? nil : order.note(path, endsAt: time)
  }

  /// Goes back to the beginning of the first log, when all were read. Precondition: they were
  /// opened to be read twice.
  mutating func rewind() throws(InputFileError) {
    isSecondReading = true
    if paths.count == 1, !isKept[0] {
      try file.rewind()
      (length, hasEnded) = (0, false)
    } else {
      try openLog(0)
    }
  }

  private mutating func openLog(_ next: Int) throws(InputFileError) {
    (index, length, hasEnded) = (next, 0, false)
    if isSecondReading, isKept[next] { return }
    file = try InputFile(path: paths[next])
    if isSecondReading { try file.rewind() }
  }
}

/// Reads logs from beginning to end. `take` is called with each piece, and with an empty one at the
/// end of each log; it returns the figures of the replay so far and a status.
func play(
  _ files: inout LogFiles, _ progress: inout Progress,
  take: ([UInt8], inout Progress) -> (figures: ReplayFigures, status: ExitStatus)
) -> ExitStatus {
  var status = ExitStatus.success
  while !files.isFinished {
    do throws(InputFileError) {
      let piece = try files.read()
      progress.path = files.path
      let result = take(piece, &progress)
      status = worse(status, result.status)
      progress.note(bytes: piece.count, records: result.figures.records)
      if piece.isEmpty, let line = files.noteEnd(at: result.figures.ends) {
        progress.clear()
        printError(line)
      }
    } catch {
      progress.clear()
      printError("\(files.path): \(error.reason)")
      return .failure
    }
  }
  return status
}

/// Replays logs from beginning to end, in the detail of changes. Faults are printed, and `note` is
/// called with each step.
func replayChanges(
  _ files: inout LogFiles, _ changes: ConfigurationChanges,
  note: (Replay.Step, borrowing Replay) -> Void
) -> (figures: ReplayFigures, status: ExitStatus) {
  var progress = Progress(through: files)
  var replay = Replay(detail: .changes, changes: changes)
  let status = play(&files, &progress) { piece, progress in
    var status = ExitStatus.success
    replay.take(piece) { step, replay in
      note(step, replay)
      status = worse(status, reportTroubles(step, &progress))
    }
    return (replay.figures, status)
  }
  progress.clear()
  return (replay.figures, status)
}
