import Foundation
import ProcessSupport
import Testing

/// ThresholdScope Operation, with real processes (DESIGN §1.4, §8).
struct HeldTests {
    @Test func `row 4: 600 deletes over the limit, and 50 new users of the same run are live`() throws {
        let held = try HeldCompany()
        try held.write(people: 600..<1550)
        let run = try held.run()
        #expect(run.code == 3, "\(run.printed)")
        #expect(run.printed.contains("600 deletes of \"Person\" with 599 links are held since"), "\(run.printed)")
        #expect(run.printed.contains("MaximumDeletedLines of Connector \"HR\" is 100, and 600 would be deleted"))
        #expect(try held.people() == 1550)
        let first = try held.roots()
        #expect(first.agent == first.server)
        let verified = try held.company.run("verify", "--connector", "HR", "--deep")
        #expect(verified.code == 0, "\(verified.printed)")
        let list = try held.company.read("Work/Collect/HR/current/Person.held.csv").split(separator: "\n")
        #expect(list.count == 601)
        #expect(list[1].hasPrefix("P0000,delete,"))

        // The next runs go on, hold the same, and keep its age.
        let since = try held.company.query("select Id, HeldSince from US_HeldSets")
        try held.write(people: 600..<1560)
        let next = try held.run()
        #expect(next.code == 3, "\(next.printed)")
        #expect(next.printed.contains("Person: 10 inserted, 0 updated, 0 deleted"), "\(next.printed)")
        #expect(try held.people() == 1560)
        #expect(try held.company.query("select Id, HeldSince from US_HeldSets") == since)
        let second = try held.roots()
        #expect(second.agent == second.server)
        #expect(try held.company.query("select BlockedSince is null from US_Connectors") == "1")

        // Only who may decide decides; then exactly these 600 go.
        #expect(try held.run("-r").code == 6)
        let resumed = try held.resume()
        #expect(resumed.code == 0, "\(resumed.printed)")
        #expect(try held.people() == 960)
        #expect(try held.links() == 0)
        #expect(try held.held() == ["released 600+599 delete"])
        #expect(try held.company.waitingChanges() == "0")
        let third = try held.roots()
        #expect(third.agent == third.server)
        #expect(
            !FileManager.default.fileExists(atPath: "\(held.company.folder)/Work/Collect/HR/current/Person.held.csv"))
        let quiet = try held.run()
        #expect(quiet.code == 0, "\(quiet.printed)")
        #expect(quiet.printed.contains("0 deleted"), "\(quiet.printed)")
    }

    @Test func `what a feed says once stays held until somebody decides`() throws {
        let held = try HeldCompany(feed: true)
        try held.write(changes: (100..<700).map { "delete,\(HeldCompany.key($0)),," } + ["insert,N1,New 1,P0001"])
        let run = try held.run()
        #expect(run.code == 3, "\(run.printed)")
        #expect(try held.people() == 1501)
        let since = try held.company.query("select Id, HeldSince from US_HeldSets")

        // The feed goes on, and does not repeat itself.
        try held.write(changes: ["insert,N2,New 2,P0002", "update,N1,Renamed,P0001", "update,P0100,Back,P0001"])
        let next = try held.run()
        #expect(next.code == 3, "\(next.printed)")
        #expect(try held.people() == 1502)
        #expect(try held.company.query("select C5 from UR_Resources where C4 = 'N1'") == "Renamed")
        // Somebody of the 600 came back: the set is another one.
        #expect(try held.company.query("select C5 from UR_Resources where C4 = 'P0100'") == "Back")
        #expect(try held.held() == ["superseded 600+600 delete", "held 599+599 delete"])
        #expect(try held.company.query("select Id, HeldSince from US_HeldSets limit 1") == since)
        let roots = try held.roots()
        #expect(roots.agent == roots.server)

        let resumed = try held.resume()
        #expect(resumed.code == 0, "\(resumed.printed)")
        #expect(try held.people() == 1502 - 599)
        try held.write(changes: ["insert,N3,New 3,P0002"])
        let after = try held.run()
        #expect(after.code == 0, "\(after.printed)")
        #expect(try held.people() == 1502 - 599 + 1)
        let last = try held.roots()
        #expect(last.agent == last.server)
    }

    @Test func `approved and then changed behind the server's back is refused, and named`() throws {
        let held = try HeldCompany()
        try held.write(people: 600..<1500)
        #expect(try held.run().code == 3)
        _ = try held.company.query("update UR_Resources set C5 = 'Married' where C4 = 'P0042'")
        let refused = try held.resume()
        #expect(refused.code != 0)
        #expect(refused.printed.contains("\"P0042\" has changed since"), "\(refused.printed)")
        #expect(try held.people() == 1500)
        #expect(try held.held() == ["held 600+599 delete"])
    }

    @Test func `the agent dies before its image is what the server holds, and is completed from the server's answer`()
        throws
    {
        let template = try HeldCompany()
        #expect(template.company.stopServer() == 0)
        for moment in FaultProxy.Moment.allCases {
            for request in ["/Held/Row?", "/Synchronize ", "/TaskInstance/"] {
                let held = try template.copy()
                try held.write(people: 600..<1550)
                try Self.kill(held, at: request, moment, HeldCompany.job)
                let again = try held.run()
                #expect(again.code == 3, "\(request) \(moment): \(again.printed)")
                #expect(try held.people() == 1550, "\(request) \(moment)")
                #expect(try held.held() == ["held 600+599 delete"], "\(request) \(moment)")
                let roots = try held.roots()
                #expect(roots.agent == roots.server, "\(request) \(moment)")
                let list = try held.company.read("Work/Collect/HR/current/Person.held.csv")
                #expect(list.split(separator: "\n").count == 601)
                #expect(try held.resume().code == 0)
                #expect(try held.people() == 950)
            }
        }
    }

    @Test func `the agent dies while it releases what was approved, and goes on`() throws {
        let template = try HeldCompany()
        try template.write(people: 600..<1550)
        #expect(try template.run().code == 3)
        #expect(template.company.stopServer() == 0)
        for moment in FaultProxy.Moment.allCases {
            for request in ["/Repair ", "/SynchronizeSession ", "/Held/Row?", "/File/", "/Seal ", "/Synchronize "] {
                let held = try template.copy()
                try Self.kill(held, at: request, moment, HeldCompany.job, "-r")
                // Approved or not, and begun or not: resuming, or running again, ends it.
                var run = try held.run()
                if run.code != 0 { run = try held.resume() }
                #expect(run.code == 0, "\(request) \(moment): \(run.printed)")
                #expect(try held.people() == 950, "\(request) \(moment)")
                #expect(try held.held() == ["released 600+599 delete"], "\(request) \(moment)")
                let roots = try held.roots()
                #expect(roots.agent == roots.server, "\(request) \(moment)")
                #expect(try held.company.waitingChanges() == "0", "\(request) \(moment)")
            }
        }
    }

    /// Runs the job and kills the tool at a request.
    private static func kill(
        _ held: HeldCompany, at request: String, _ moment: FaultProxy.Moment, _ job: String, _ options: String...
    ) throws {
        let proxy = try FaultProxy(target: held.company.port)
        let box = SharedProgram()
        proxy.arm(at: request, moment) { box.kill() }
        let program = try Program(
            ["invoke-job", "-j", job] + options + HeldCompany.operatorOptions
                + ["--api-url", "http://127.0.0.1:\(proxy.port)"],
            in: held.company.folder, started: { box.program = $0 })
        let code = program.end()
        guard code == -SIGKILL else { throw Unexpected("\(request): ended with \(code): \(program.printed)") }
    }
}
