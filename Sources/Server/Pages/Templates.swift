import API
import Mustache

/// The pages' templates, compiled when the server starts.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// - Throws: a parser error, which a test would have met first.
    init() throws {
        MustacheContentTypes.register(SafeHTML(), named: SafeHTML.name)
        var library = MustacheLibrary()
        let all: [(name: String, text: String)] = [
            (Layout.name, Layout.template), (SignInPage.name, SignInPage.template),
            (MessagePage.name, MessagePage.template), (HomePage.name, HomePage.template),
            (JobExecutionPage.name, JobExecutionPage.template), (JobPage.name, JobPage.template),
            (RunPage.name, RunPage.template), (RunPage.liveName, RunPage.liveTemplate),
            (DecisionCard.name, DecisionCard.template), (ChangeSummary.name, ChangeSummary.template),
            (TaskLogPage.name, TaskLogPage.template),
            (ChangeReviewPage.name, ChangeReviewPage.template), (ChangeReviewPage.listName, ChangeReviewPage.list),
            (ResourceTablePage.name, ResourceTablePage.template), (ResourcePage.name, ResourcePage.template),
            (QuarantinePage.name, QuarantinePage.template), (QuarantineListPage.name, QuarantineListPage.template),
        ]
        for (name, text) in all {
            // Every template starts so: no value is ever written without ``SafeHTML``.
            try library.register("{{% CONTENT_TYPE:\(SafeHTML.name)}}" + text, named: name)
        }
        self.library = library
    }

    func render(_ name: String, _ page: Any) throws -> String {
        guard let html = library.render(page, withTemplate: name) else {
            throw ServerError(.internal, "There is no template \(name).")
        }
        return html
    }
}
