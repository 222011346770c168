import Foundation
import ProcessSupport
import Testing

/// `kill -9` of tool or server at every request of a job (DESIGN §1.3): the end state equals the one without.
struct KillTests {
    enum Victim: String, CaseIterable, Sendable {
        case tool, server
    }

    private static let job = "HR_Synchronize_Incremental_Scaffolding"

    /// The company with its second day waiting, and what it must become.
    private struct Start {
        let company: Company
        let wanted: String
        let requests: Int
    }

    /// A small company, so that the job has few requests: one CSV of persons with their managers.
    private static func start() throws -> Start {
        let company = try Company(example: "Tests/Fixtures/small")
        try company.day(1)
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        let loaded = try company.run("invoke-job", "-j", "InitializationJob")
        guard loaded.code == 0 else { throw Unexpected(loaded.printed) }
        guard company.stopServer() == 0 else { throw Unexpected("the server did not stop well") }
        try company.day(2)

        let undisturbed = try Company(copying: company)
        let proxy = try FaultProxy(target: undisturbed.port)
        try undisturbed.startServer()
        let run = try undisturbed.run(
            "invoke-job", "-j", job, "--api-url", "http://127.0.0.1:\(proxy.port)",
            "--api-client-id", "Job", "--api-secret", "secret")
        guard run.code == 0 else { throw Unexpected(run.printed) }
        return Start(company: company, wanted: try end(undisturbed), requests: proxy.count)
    }

    @Test func `row 3: killed at any request, the job run again ends as if nothing had happened`() throws {
        let start = try Self.start()
        #expect(start.requests > 15)
        let points = (1...start.requests).flatMap { number in
            Victim.allCases.flatMap { victim in
                FaultProxy.Moment.allCases.map { (number, victim, $0) }
            }
        }
        // Two at a time: more would only wait for each other.
        let failures = Failures()
        print("\(points.count) deaths at \(start.requests) requests")
        DispatchQueue.concurrentPerform(iterations: 2) { part in
            for (index, point) in points.enumerated() where index % 2 == part {
                do {
                    let found = try Self.contents(after: point.0, point.1, point.2, from: start.company)
                    if found != start.wanted { failures.add("request \(point): the contents differ") }
                } catch {
                    failures.add("request \(point): \(error)")
                }
            }
        }
        #expect(failures.all == [])
    }

    /// What is stored, that nothing waits, and how often something was applied: the first day, and the second, once.
    private static func end(_ company: Company) throws -> String {
        try company.contents() + "\n" + company.waitingChanges() + "\n"
            + company.query(
                """
                select (select Version from US_Connectors where Connector = 'HR'),
                  (select count(*) from US_Sessions where State = 'applied')
                """)
    }

    private static func contents(
        after number: Int, _ victim: Victim, _ moment: FaultProxy.Moment, from start: Company
    ) throws -> String {
        let company = try Company(copying: start)
        let proxy = try FaultProxy(target: company.port)
        try company.startServer()
        let options = [
            "--api-url", "http://127.0.0.1:\(proxy.port)", "--api-client-id", "Job", "--api-secret", "secret",
        ]
        let box = SharedProgram()
        proxy.arm(number, moment) {
            switch victim {
            case .tool: box.kill()
            case .server:
                company.killServer()
                do { try company.startServer() } catch { box.problem = "\(error)" }
            }
        }
        let tool = try Program(["invoke-job", "-j", job] + options, in: company.folder, started: { box.program = $0 })
        let code = tool.end()
        if let problem = box.problem { throw Unexpected(problem) }
        // A tool that outlived the server's death has gone on by itself.
        if victim == .server, code != 0 { throw Unexpected("the tool ended with \(code): \(tool.printed)") }
        let again = try Program(["invoke-job", "-j", job] + options, in: company.folder)
        guard again.end() == 0 else { throw Unexpected("the second run: \(again.printed)") }
        return try end(company)
    }
}

private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []

    var all: [String] { lock.withLock { texts } }

    func add(_ text: String) {
        lock.withLock { texts.append(text) }
    }
}
