import API
import Foundation
import HTTPTypes
import Testing
import WeirConfiguration
import WeirSynchronization

@testable import Server

/// What a visitor may look at and decide on a session's page.
@Suite struct ReviewRightTests {
    /// May look at runs and changes of resources, and not at changes of links.
    private static let reader = """
        <Profile Identifier="Reader" DisplayName_L1="Reader" />
        <AccessControlRule Identifier="Reader" Profile="Reader" EntityType="Job">
          <Entry Permission="/Jobs" CanExecute="true" />
          <Entry Permission="/Connectors/ResourceChange/Query" CanExecute="true" />
        </AccessControlRule>
        """

    /// Runs `test` with a simulated run `i` that would remove one link and change nothing else.
    private func withPlannedLink(_ test: @Sendable (TestServer, Session) async throws -> Void) async throws {
        let reader = ConfigurationFile(path: "Conf/Reader.xml", text: Company.xml(Self.reader))
        try await ReviewedCompany.withLoaded(adding: reader) { server in
            let walk = AgentWalk(server: server)
            try await walk.move(to: .running, isSimulation: true)
            try await walk.task(2, .running)
            var changed = ReviewedCompany.files(40)
            changed[2].text = "Key1,Key2\nHQ,E10\n"
            let (sealed, again) = try await walk.sealedSession(files: changed)
            let planned = try await walk.synchronize(sealed, again)
            #expect(planned.state == .planned)
            try await walk.task(2, .planned, session: planned.id)
            try await walk.move(to: .planned)
            try await test(server, planned)
        }
    }

    @Test func `changes of links are shown to those who may read them`() async throws {
        try await withPlannedLink { server, planned in
            let path = "/sessions/\(planned.id)"
            let browser = try await Browser.signedIn(server)
            #expect(try await browser.get("/runs/i").body.contains("<bdi>HQ</bdi> – <bdi>E11</bdi>"))
            #expect(try await browser.get(path).body.contains(">Links 1<"))
            #expect(try await browser.get(path + "?of=links").body.contains("<bdi>HQ</bdi> – <bdi>E11</bdi>"))
            #expect(try await browser.get(path + "/changes.csv").body.contains("link,delete,"))
        }
    }

    @Test func `without the permission a page shows no change of a link`() async throws {
        try await withPlannedLink { server, planned in
            let path = "/sessions/\(planned.id)"
            let browser = try await Browser.signedIn(server, user: "rita", profile: "Reader")
            for page in ["/runs/i", path] {
                let shown = try await browser.get(page)
                #expect(shown.status == 200)
                #expect(!shown.body.contains("E11"))
                #expect(!shown.body.contains("of=links"))
            }
            #expect(try await browser.get(path + "?of=links").status == 403)
            let csv = try await browser.get(path + "/changes.csv")
            #expect(csv.status == 200)
            #expect(!csv.body.contains("link,"))
        }
    }

    @Test(arguments: ["", " ", "\n\t "]) func `a rejection without a reason is none`(reason: String) async throws {
        try await ReviewedCompany.withBlocked { server, _, session in
            let refused = try await server.call(
                .post, "/api/Jobs/RunJob/Repair/Reject", as: "Op",
                body: RejectSession(session: session.id, reason: reason))
            #expect(refused.status == 400)
            #expect(refused.code == .invalidRequest)
            #expect(refused.body.contains("The reason is empty; say why, for those who look at it later."))
            let browser = try await Browser.signedIn(server)
            let page = try await browser.post("/sessions/\(session.id)/reject", ["reason": reason])
            #expect(page.status == 400)
            #expect(try await server.application.engine.session(session.id).state == .blocked)
            #expect(try await server.jobs.instance("i")?.instance.state == .blocked)
        }
    }
}
