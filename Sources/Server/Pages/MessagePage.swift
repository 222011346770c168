import API
import HTTPTypes

/// A page that says what went wrong and what to do next.
struct MessagePage: Sendable {
    static let name = "message"

    var layout: Layout
    var heading: String
    var text: String
    var nextTitle: String
    var nextPath: String

    /// - Parameter path: the address that was asked for; signing in leads back to it.
    init(_ error: ServerError, layout: Layout) {
        self.layout = layout
        text = error.detail
        nextTitle = "Go to the home page"
        nextPath = PagePath.home
        switch error.code {
        case .notFound: heading = "There is nothing here"
        case .forbidden, .userStartDenied: heading = "This is not allowed"
        case .unauthenticated:
            heading = "You are not signed in"
            nextTitle = "Sign in"
            nextPath = "/signin"
        case .tooManyAttempts: heading = "Too many attempts"
        case .changeSetMismatch: heading = "The changes are not the ones you looked at"
        case .sessionState, .connectorBlocked: heading = "There is nothing to decide any more"
        case .jobRunning:
            heading = "The job is running already"
            nextTitle = "Go to Job Execution"
            nextPath = PagePath.jobs
        case .jobState: heading = "The job is not in that state any more"
        case .invalidRequest: heading = "This request cannot be used"
        case .leaseHeld, .leaseLost, .sessionLive, .staleVersion, .staleFingerprint, .initialRefused, .dataLoss,
            .configuration, .checksum:
            heading = "This cannot be done now"
        case .storageFull: heading = "The database is full"
        case .internal, .other: heading = "Something went wrong here"
        }
        self.layout.title = heading
    }

    static let template = """
        {{<layout}}{{$content}}
        <div class="card message">
          <h1>{{heading}}</h1>
          <p>{{text}}</p>
          <p><a class="button" href="{{nextPath}}">{{nextTitle}}</a></p>
        </div>
        {{/content}}{{/layout}}
        """
}
