import API
import Testing

@testable import Server

/// The button that launches a connector's verification (DESIGN §6).
@Suite struct VerifyButtonTests {
    /// ``Company`` with a job that verifies HR, and one that does more.
    private static let files: [ConfigurationFile] = {
        var files = Company.files
        let verify = "<VerifySynchronizationTask Identifier=\"{}\" Connector=\"HR\" Deep=\"true\" />"
        let more = "<SetRecentlyModifiedFlagTask Identifier=\"More_Flag\" DisplayName_L1=\"Flag\" />"
        files.append(
            ConfigurationFile(
                path: "Conf/Verify.xml",
                text: Company.xml(
                    """
                    <Job Identifier="More" DisplayName_L1="More" Agent="Local">
                      \(verify.replacing("{}", with: "More_Verify"))\(more)
                    </Job>
                    <Job Identifier="Verify" DisplayName_L1="Verify HR" Agent="Local">
                      \(verify.replacing("{}", with: "Verify_HR"))
                    </Job>
                    """)))
        return files
    }()

    private static let job = "/jobs/HR_Incremental"

    @Test func `a connector is verified from the page of a job that synchronizes it`() async throws {
        try await TestServer.run(files: Self.files) { server in
            try await server.withEngine {
                _ = try await VerificationRouteTests.loaded(server)
                let browser = try await Browser.signedIn(server)
                let page = try await browser.get(Self.job).body
                #expect(page.contains("action=\"/jobs/Verify/launch\""))
                #expect(page.contains(">Verify</button>"))
                let launched = try await browser.post("/jobs/Verify/launch", ["instance": "v"])
                #expect(launched.status == 303)
                #expect(try await server.jobs.instance("v")?.instance.job == "Verify")
                // The page of that job has its Launch button, and no second one.
                #expect(try await !browser.get("/jobs/Verify").body.contains(">Verify</button>"))
                let reader = try await Browser.signedIn(server, user: "bob", profile: "AgentSynchro")
                #expect(try await !reader.get(Self.job).body.contains(">Verify</button>"))
            }
        }
    }

    @Test func `without a job that only verifies there is no button`() async throws {
        try await TestServer.run(files: Array(Self.files.dropLast())) { server in
            let browser = try await Browser.signedIn(server)
            #expect(try await !browser.get(Self.job).body.contains(">Verify</button>"))
        }
    }
}
