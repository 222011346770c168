import Foundation
import ProcessSupport
import Testing

/// A company whose pages are tested, served by real processes.
struct Site: Sendable {
    static let job = "HR: synchronize changes"
    static let jobIdentifier = "HR_Synchronize_Incremental_Scaffolding"

    let company: Company
    let password: String

    var address: String { "http://127.0.0.1:\(company.port)" }

    /// `weir demo` with a company of its own, loaded with the first day. Nothing is launched by schedule: a test that
    /// runs at a full quarter of an hour must not meet another run.
    static func demo(_ change: (Company) throws -> Void = { _ in }) throws -> Site {
        let company = try unscheduled()
        try company.day(1)
        try change(company)
        let printed = try company.startDemo("--example", company.folder)
        guard let password = printed.firstMatch(of: /user: admin  password: (\w+)/)?.output.1 else {
            throw Unexpected("no password in:\n\(printed)")
        }
        return Site(company: company, password: String(password))
    }

    /// `weir server` alone: nobody takes what is launched.
    static func withoutAgent() throws -> Site {
        let company = try unscheduled()
        try company.edit("appsettings.json") { $0["JobLaunchTimeout"] = 1500 }
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        let added = try company.run("user", "add", "admin", "--profile", "Administrator")
        guard added.code == 0, let password = added.printed.firstMatch(of: /password: (\w+)/)?.output.1
        else {
            throw Unexpected(added.printed)
        }
        try company.startServer()
        return Site(company: company, password: String(password))
    }

    private static func unscheduled() throws -> Company {
        let company = try Company()
        let jobs = try company.read("Conf/HR/Jobs.xml")
        let kept = jobs.split(separator: "\n").filter { !$0.contains("<CronTabExpression") }
        try company.write(kept.joined(separator: "\n"), to: "Conf/HR/Jobs.xml")
        return company
    }

    /// How often the job was run or asked for.
    func runs() throws -> String {
        try company.query("select count(*) from UJ_JobInstances where Job = '\(Self.jobIdentifier)'")
    }

    /// How often somebody did so, as the audit trail has it.
    func audited(_ action: String) throws -> String {
        try company.query("select count(*) from UA_Audit where Action = '\(action)'")
    }
}

extension Browser {
    static func open<Value>(_ site: Site, _ body: (Browser) async throws -> Value) async throws -> Value {
        try await open(site.address, body)
    }

    /// Signs in and stands on the page that was asked for.
    func signIn(_ site: Site, to path: String = "/") async throws {
        try await go(path)
        try await type("admin", into: .css("#user"))
        try await type(site.password, into: .css("#password"))
        try await click(.button("Sign in"))
        try await wait("signed in") { try await $0.path() == path }
    }

    /// Launches the job from Job Execution and stands on the run's page.
    func launch(_ job: String) async throws {
        try await go("/jobs")
        try await click(.css("button[aria-label='Launch \(job)']"))
        try await wait("the run's page") { try await $0.path().hasPrefix("/runs/") }
    }

    /// Waits until the page of a run shows one of these states, without touching it.
    func waitForState(_ states: String...) async throws {
        try await wait("state \(states)") { states.contains(try await $0.state()) }
    }

    /// The state of the run whose page is shown.
    func state() async throws -> String { try await text("h1 .badge") }
}

extension Browser {
    /// A page that explains offers the next step as a button.
    func expectNextStep(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await text("main p").count > 20, sourceLocation: sourceLocation)
        #expect(try await text("main a.button") != "", sourceLocation: sourceLocation)
    }
}
