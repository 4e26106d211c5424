// The CPU time and the memory of a server, from /proc.

import Glibc
import MeterModel

/// The process of a server, and the processes that it started.
struct ServerProcess: Sendable {
  private let pid: UInt32

  /// Nil where there is no such process, or it may not be read.
  init?(pid: UInt32) {
    self.pid = pid
    guard cpu != nil else { return nil }
  }

  /// The CPU time of all threads that still run, in nanoseconds; nil when the process has ended.
  var cpu: UInt64? {
    var sum: UInt64 = 0
    var count = 0
    eachProcess(pid, depth: 0) { process in
      for thread in Self.numbers(in: "/proc/\(process)/task") {
        let path = "/proc/\(process)/task/\(thread)/schedstat"
        guard let text = readSystemFile(path),
          let time = Self.firstNumber(in: text)
        else { continue }
        sum += time
        count += 1
      }
    }
    return count > 0 ? sum : nil
  }

  /// The proportional set size (PSS), in bytes; nil where it may not be read.
  var memory: UInt64? {
    var sum: UInt64 = 0
    eachProcess(pid, depth: 0) { process in
      let text = readSystemFile("/proc/\(process)/smaps_rollup") ?? ""
      for line in text.split(separator: "\n") where line.hasPrefix("Pss:") {
        sum += (Self.firstNumber(in: String(line.dropFirst(4))) ?? 0) * 1024
      }
    }
    return sum > 0 ? sum : nil
  }

  private func eachProcess(_ process: UInt32, depth: Int, _ body: (UInt32) -> Void) {
    body(process)
    guard depth < 4 else { return }
    for thread in Self.numbers(in: "/proc/\(process)/task") {
      let children = readSystemFile("/proc/\(process)/task/\(thread)/children") ?? ""
      for child in children.split(separator: " ") {
        if let child = UInt32(child) { eachProcess(child, depth: depth + 1, body) }
      }
    }
  }

  private static func firstNumber(in text: String) -> UInt64? {
    text.split(whereSeparator: \.isWhitespace).first.flatMap { UInt64($0) }
  }

  private static func numbers(in folder: String) -> [UInt32] {
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var numbers: [UInt32] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let number = UInt32(name) { numbers.append(number) }
    }
    return numbers
  }
}

/// The text of a small file of the system's; nil where it cannot be read.
func readSystemFile(_ path: String) -> String? {
  let opened = systemCall("open") { open(path, O_RDONLY | O_CLOEXEC) }
  guard case .success(let number) = opened else { return nil }
  let file = Descriptor(owning: number)
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 16_384)
  while bytes.count < 1 << 20 {
    let result = systemCall("read") {
      piece.withUnsafeMutableBytes { read(file.number, $0.baseAddress, $0.count) }
    }
    guard case .success(let count) = result else { return nil }
    if count == 0 { break }
    bytes += piece[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}

extension KernelLimits {
  /// The system's values now.
  static func read() -> KernelLimits {
    func numbers(_ path: String) -> [UInt64] {
      (readSystemFile(path) ?? "").split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
    }
    var limits = KernelLimits()
    let range = numbers("/proc/sys/net/ipv4/ip_local_port_range")
    if range.count == 2, range[0] <= range[1] {
      limits.ports = Int(clamping: range[1] - range[0] + 1)
    }
    let files = numbers("/proc/sys/fs/file-nr")
    if files.count == 3 { (limits.openFiles, limits.files) = (files[0], files[2]) }
    limits.tcpPages = numbers("/proc/sys/net/ipv4/tcp_mem").last
    limits.watches = numbers("/proc/sys/fs/epoll/max_user_watches").last
    for line in (readSystemFile("/proc/meminfo") ?? "").split(separator: "\n")
    where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      limits.memory = words.count > 1 ? UInt64(words[1]).map { $0 * 1024 } : nil
    }
    return limits
  }
}
