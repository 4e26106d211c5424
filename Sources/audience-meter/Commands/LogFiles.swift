import MeterIO
import MeterModel

/// The logs of a replay, which are read one after the other, each from beginning to end. They can
/// be read a second time, unless one is a pipe; then what was appended since is left out.
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

  /// The size of all logs together in bytes; nil if one is no regular file.
  let size: UInt64?

  /// Opens the first log, and checks that the others can be opened. Precondition: there is one. An
  /// error is that of the log in `failedPath`.
  static func open(
    _ paths: [String], failedPath: inout String
  ) throws(InputFileError) -> LogFiles {
    var size: UInt64? = 0
    for path in paths {
      failedPath = path
      let length = try InputFile.checkedSize(of: path)
      size = size.flatMap { sum in length.map { sum + $0 } }
    }
    failedPath = paths[0]
    return LogFiles(paths, try InputFile(path: paths[0]), size: size)
  }

  private init(_ paths: [String], _ file: consuming InputFile, size: UInt64?) {
    self.paths = paths
    self.file = file
    self.size = size
  }

  /// The path of the log that is being read.
  var path: String { paths[index] }

  /// Whether the end of the last log was read.
  var isFinished: Bool { hasEnded && index == paths.count - 1 }

  /// Reads the next bytes; none at the end of each log. To be called until `isFinished`.
  mutating func read() throws(InputFileError) -> [UInt8] {
    if hasEnded { try openLog(index + 1) }
    var piece = try file.read()
    if isSecondReading { piece = Array(piece.prefix(lengths[index] - length)) }
    length += piece.count
    hasEnded = piece.isEmpty
    if hasEnded, !isSecondReading { lengths.append(length) }
    return piece
  }

  /// Goes back to the beginning of the first log, when all were read.
  mutating func rewind() throws(InputFileError) {
    isSecondReading = true
    if paths.count == 1 {
      try file.rewind()
      (length, hasEnded) = (0, false)
    } else {
      try openLog(0)
    }
  }

  private mutating func openLog(_ next: Int) throws(InputFileError) {
    (index, length, hasEnded) = (next, 0, false)
    file = try InputFile(path: paths[next])
    if isSecondReading { try file.rewind() }
  }
}

/// Reads logs from beginning to end. `take` is called with each piece, and with an empty one at the
/// end of each log; it returns the number of records that were replayed so far and a status.
func play(
  _ files: inout LogFiles, _ progress: inout Progress,
  take: ([UInt8], inout Progress) -> (records: UInt64, status: ExitStatus)
) -> ExitStatus {
  var status = ExitStatus.success
  while !files.isFinished {
    do throws(InputFileError) {
      let piece = try files.read()
      progress.path = files.path
      let result = take(piece, &progress)
      status = worse(status, result.status)
      progress.note(bytes: piece.count, records: result.records)
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
    return (replay.figures.records, status)
  }
  progress.clear()
  return (replay.figures, status)
}
