// Secrets are read from files, because every user of the machine can read the command line.

import MeterModel

/// Reads the secret that the nodes share.
func readClusterSecret(_ path: String) throws(StartError) -> ClusterSecret {
  let contents = try readSecretFile(path, of: "--cluster-secret")
  guard let secret = ClusterSecret(contents.span) else { throw emptyFile(path, "--cluster-secret") }
  return secret
}

/// Reads the password of the Redis server: all of the file but its final line end.
func readRedisPassword(_ path: String) throws(StartError) -> ContiguousArray<UInt8> {
  let contents = try readSecretFile(path, of: "--cluster-redis-password")
  let password = ContiguousArray(contents[..<contents.span.countWithoutLineEnd])
  guard !password.isEmpty else { throw emptyFile(path, "--cluster-redis-password") }
  return password
}

private func readSecretFile(_ path: String, of option: String) throws(StartError) -> [UInt8] {
  var contents: [UInt8] = []
  do throws(InputFileError) {
    let file = try InputFile(path: path)
    while contents.count <= maximumSecretBytes {
      let more = try file.read()
      if more.isEmpty { break }
      contents += more
    }
  } catch {
    throw StartError(reason: "\(option): \(path): \(error.reason)")
  }
  guard contents.count <= maximumSecretBytes else {
    throw StartError(reason: "\(option): \(path): longer than \(maximumSecretBytes) bytes")
  }
  return contents
}

private func emptyFile(_ path: String, _ option: String) -> StartError {
  StartError(reason: "\(option): \(path): the file is empty")
}

/// The maximum size of a file with a secret, in bytes. A larger file is refused.
private let maximumSecretBytes = 65_536
