import Foundation
import Synchronization

/// A company in a folder of its own: configuration, settings, sources, and a server on a free port.
package final class Company: @unchecked Sendable {
    package let folder: String
    package let port: Int
    private var server: Program?

    /// - Parameter example: a folder of the repository that is copied, for instance `examples/contoso`.
    package init(example: String = "examples/contoso") throws {
        folder = NSTemporaryDirectory() + "weir-e2e-" + UUID().uuidString
        port = try Self.freePort()
        try FileManager.default.copyItem(atPath: "\(Self.repository)/\(example)", toPath: folder)
        try settings()
    }

    /// A copy of everything, on a port of its own.
    package init(copying other: Company) throws {
        folder = NSTemporaryDirectory() + "weir-e2e-" + UUID().uuidString
        port = try Self.freePort()
        try FileManager.default.copyItem(atPath: other.folder, toPath: folder)
        try settings()
    }

    deinit {
        server?.kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    package static let repository: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// The address that tools call, the proxy's if there is one.
    private func settings() throws {
        try edit("appsettings.json") { $0["ApplicationUri"] = "http://127.0.0.1:\(port)" }
    }

    package func edit(_ name: String, _ change: (inout [String: Any]) -> Void) throws {
        let url = URL(fileURLWithPath: "\(folder)/\(name)")
        var settings = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
        change(&settings)
        try JSONSerialization.data(withJSONObject: settings, options: .prettyPrinted).write(to: url)
    }

    package func write(_ text: String, to name: String) throws {
        let url = URL(fileURLWithPath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")), as: UTF8.self)
    }

    /// Copies a day of the example's sources to where the connections read.
    package func day(_ number: Int) throws {
        let current = "\(folder)/sources/current"
        try? FileManager.default.removeItem(atPath: current)
        try FileManager.default.copyItem(atPath: "\(folder)/sources/day\(number)", toPath: current)
    }

    /// Runs a tool to its end.
    package func run(_ arguments: String..., environment: [String: String] = [:]) throws -> (
        code: Int32, printed: String
    ) {
        try run(arguments, environment: environment)
    }

    package func run(_ arguments: [String], environment: [String: String] = [:]) throws -> (
        code: Int32, printed: String
    ) {
        let program = try Program(arguments, in: folder, environment: environment)
        let code = program.end()
        return (code, program.printed)
    }

    package func startServer() throws {
        let program = try Program(["server"], in: folder)
        guard program.waitFor("Weir server: http://127.0.0.1:\(port)") else {
            program.kill()
            throw Unexpected("the server did not start:\n\(program.printed)")
        }
        server = program
    }

    /// Server, agent and database in one process; returns what it printed when it was ready.
    package func startDemo(_ arguments: String...) throws -> String {
        let program = try Program(["demo", "--directory", folder, "--port", "\(port)"] + arguments, in: folder)
        guard program.waitFor("Weir demo: http://127.0.0.1:\(port)"), program.waitFor("review what is held") else {
            program.kill()
            throw Unexpected("the demo did not start:\n\(program.printed)")
        }
        server = program
        return program.printed
    }

    package func killServer() {
        server?.kill()
        server = nil
    }

    package func stopServer() -> Int32 {
        server?.signal(SIGTERM)
        defer { server = nil }
        return server?.end() ?? 0
    }

    /// What `sqlite3 weir.db` prints.
    package func query(_ sql: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        // The server may be writing.
        process.arguments = ["-cmd", ".timeout 10000", "weir.db", sql]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A port that nobody listens on, and that is given to nobody else in this process.
    ///
    /// Below the range from which systems take the ports of outgoing connections: one of these could be taken between the
    /// answer and its use.
    package static func freePort() throws -> Int {
        for _ in 0..<1_000 {
            let port = lastPort.withLock { last in
                last = last < 30_000 ? last + 1 : 10_000
                return last
            }
            if isFree(port) { return port }
        }
        throw Unexpected("no free port: \(String(cString: strerror(errno)))")
    }

    private static let lastPort = Mutex(Int.random(in: 10_000..<30_000))

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

extension Company {
    /// How many computed changes wait: none but those of a held session.
    package func waitingChanges() throws -> String {
        try query("select (select count(*) from UR_ResourceChanges) + (select count(*) from UR_ResourceLinkChanges)")
    }

    /// Everything that a job may change, without numbers that depend on the order of work: resources by key, links by the
    /// keys of their ends, and flags.
    package func contents() throws -> String {
        let navigations = ["I40", "I41", "I42", "I43"].map { column in
            "(select n.Type || '/' || coalesce(n.C4, '') from UR_Resources n where n.Id = r.\(column))"
        }
        return try query(
            """
            select r.Type, r.C4, r.C5, r.C6, r.C7, r.C8, r.C9, r.CA, r.CB, r.InternalDisplayName, coalesce(r.Dirty, 0),
              \(navigations.joined(separator: ", "))
              from UR_Resources r order by r.Type, r.C4;
            select l.Type, a.Type, a.C4, b.Type, b.C4 from UR_ResourceLinks l
              join UR_Resources a on a.Id = l.R1_Id join UR_Resources b on b.Id = l.R2_Id order by 1, 2, 3, 4, 5;
            """)
    }
}
