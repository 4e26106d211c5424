import Glibc

/// A proxy of a test's own before a daemon. It listens on a free port of this machine, keeps all
/// its files in a temporary folder, and ends with its last use.
final class ReverseProxy {
  let port: UInt16
  private let folder: TemporaryFolder
  private let program: ChildProgram

  /// nginx with a server that has `directives`, and nginx's defaults otherwise, such as its
  /// buffering.
  static func nginx(before daemon: RunningDaemon, _ directives: String = "") throws -> ReverseProxy
  {
    try nginx { port in
      """
      events {}
      http {
        server {
          listen 127.0.0.1:\(port);
          location / {
            proxy_pass http://127.0.0.1:\(daemon.audience);
            \(directives)
          }
        }
      }
      """
    }
  }

  /// nginx as docs/PROXIES.md advises.
  static func documentedNginx(before daemon: RunningDaemon) throws -> ReverseProxy {
    try nginx { port in
      try documentExample(below: "nginx", of: "docs/PROXIES.md")
        .replacingOnce("listen 80;", with: "listen 127.0.0.1:\(port);")
        .replacingOnce("127.0.0.1:8000", with: "127.0.0.1:\(daemon.audience)")
        .replacingOnce("127.0.0.1:8080", with: "127.0.0.1:\(daemon.demo)")
    }
  }

  /// nginx with a configuration of docs/RECIPES.md, which serves the files of `root`.
  static func recipe(
    _ configuration: String, before daemon: RunningDaemon, root: String
  ) throws -> ReverseProxy {
    try nginx { port in
      try configuration.replacingOnce("listen 80;", with: "listen 127.0.0.1:\(port);")
        .replacingOnce("root /srv;", with: "root \(root);")
        .replacingOnce("127.0.0.1:8000", with: "127.0.0.1:\(daemon.audience)")
    }
  }

  /// nginx with a configuration for a port, to which the places of its files are added.
  private static func nginx(_ configuration: (UInt16) throws -> String) throws -> ReverseProxy {
    try ReverseProxy { folder, listener in
      let places = """
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;

        """
      let path = try folder.write(
        """
        daemon off;
        worker_processes 1;
        pid nginx.pid;
        error_log error.log;
        \(try configuration(listener.port).replacingOnce("http {\n", with: places))
        """, to: "nginx.conf")
      // By this variable an nginx gets the sockets of the nginx that it replaces.
      return try ChildProgram(
        "nginx", ["-p", folder.path, "-e", "error.log", "-c", path],
        environment: ["NGINX": "3;"], listener: listener.socket)
    }
  }

  /// HAProxy as docs/PROXIES.md advises: TLS and HTTP/2 for its clients, and HTTP/1.1 to the
  /// daemon. A stream is silent for the max delay at most, so the timeouts are longer.
  static func haproxy(before daemon: RunningDaemon) throws -> ReverseProxy {
    try ReverseProxy { folder, listener in
      let certificate = try makeCertificate(in: folder)
      let configuration = try documentExample(below: "HAProxy", of: "docs/PROXIES.md")
        .replacingOnce(":443 ssl crt /etc/haproxy/site.pem", with: "fd@3 ssl crt \(certificate)")
        .replacingOnce("127.0.0.1:8000", with: "127.0.0.1:\(daemon.audience)")
        .replacingOnce("127.0.0.1:8080", with: "127.0.0.1:\(daemon.demo)")
      let path = try folder.write("\(configuration)\n", to: "haproxy.cfg")
      return try ChildProgram("haproxy", ["-db", "-f", path], listener: listener.socket)
    }
  }

  private init(
    _ start: (TemporaryFolder, (socket: Int32, port: UInt16)) throws -> ChildProgram
  ) throws {
    let listener = try Loopback.v4.listen(backlog: 64)
    defer { close(listener.socket) }
    port = listener.port
    folder = try TemporaryFolder()
    program = try start(folder, listener)
  }

  /// A file with a self-signed certificate for localhost and its key.
  private static func makeCertificate(in folder: TemporaryFolder) throws -> String {
    let (key, certificate) = ("\(folder.path)/key.pem", "\(folder.path)/certificate.pem")
    let openssl = try ChildProgram(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate,
      ])
    let end = try openssl.awaitExit()
    guard end.status == 0 else { throw HarnessError("openssl: \(end.standardError)") }
    let both =
      try String(contentsOfFile: certificate, encoding: .utf8)
      + String(contentsOfFile: key, encoding: .utf8)
    return try folder.write(both, to: "localhost.pem")
  }
}
