import ProcessSupport
import Testing

/// Gives all tests of a suite one site, which they only look at: a company with hostile values, and a run that is held.
struct SharedSite: SuiteTrait, TestScoping {
    @TaskLocal static var current: Site?

    static func site() throws -> Site {
        guard let current else { throw Unexpected("the suite has no site: add .sharedSite to it") }
        return current
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let site = try Site.demo(HostileValues.plant)
        try site.company.day(3)
        try HostileValues.plantPeople(site.company)
        let visitor = Visitor(site)
        try await visitor.signIn(site)
        let page = try await visitor.get("/jobs/" + Site.jobIdentifier)
        _ = try await visitor.post(
            "/jobs/\(Site.jobIdentifier)/launch",
            ["formToken": page.hidden("formToken") ?? "", "instance": page.hidden("instance") ?? ""])
        try await Self.$current.withValue(site) { try await function() }
    }
}

extension Trait where Self == SharedSite {
    static var sharedSite: Self { SharedSite() }
}
