import Foundation
import Hummingbird
import Storage
import WeirSynchronization

/// The features and what they share: the composition of this module. Adding a feature is its folder and a line here.
struct ServerFeatures: Sendable {
    let settings: ServerSettings
    let issuer: TokenIssuer
    let jobs: JobStore
    let signal: ChangeSignal
    let serverTasks: ServerTasks
    let tokens: TokenFeature
    let authenticator: Authenticator
    let routes: [Route]
    let users: UserStore
    let signIn: SignInFeature
    let pages: PageRouter
    let templates: Templates

    init(
        settings: ServerSettings, issuer: String, isSecure: Bool, database: any Database, engine: SynchronizationEngine,
        configuration: ConfigurationStore, deployment: Deployment, clock: @escaping @Sendable () -> Date,
        makeIdentifier: @escaping @Sendable () -> String
    ) throws {
        self.settings = settings
        let signal = ChangeSignal()
        let audit = AuditLog(database: database, clock: clock)
        let jobs = JobStore(
            database: database, signal: signal, clock: clock, launchTimeout: settings.jobLaunchTimeout,
            maxSilence: settings.maxLockWatchTime)
        let tokenIssuer = TokenIssuer(
            issuer: issuer,
            keys: SigningKeyStore(database: database, clock: clock, makeIdentifier: makeIdentifier),
            clock: clock, makeIdentifier: makeIdentifier)
        let launch = LaunchJobFeature(jobs: jobs, engine: engine, audit: audit, clock: clock)
        self.signal = signal
        self.jobs = jobs
        self.issuer = tokenIssuer
        tokens = TokenFeature(
            issuer: tokenIssuer, configuration: configuration, limiter: AttemptLimiter(clock: clock), audit: audit,
            clock: clock)
        authenticator = Authenticator(issuer: tokenIssuer, configuration: configuration, clock: clock)
        let serverTasks = ServerTasks(jobs: jobs, engine: engine, lock: NamedLocks())
        self.serverTasks = serverTasks
        let templates = try Templates()
        let users = UserStore(
            database: database, configuration: configuration, clock: clock, hashCost: settings.passwordHashCost)
        let signIns = SignInStore(database: database, clock: clock)
        let cookies = SignInCookies(isSecure: isSecure)
        let resources = ResourceStore(database: database)
        let waiting = WaitingChanges(jobs: jobs, engine: engine)
        let changes = ChangesFeature(engine: engine, jobs: jobs, waiting: waiting)
        let review = ChangeReviewFeature(
            engine: engine, changes: changes, launcher: launch, templates: templates)
        self.templates = templates
        self.users = users
        signIn = SignInFeature(
            users: users, signIns: signIns, cookies: cookies, limiter: AttemptLimiter(clock: clock), audit: audit,
            templates: templates)
        pages = PageRouter(
            routes: HomeFeature(
                jobs: jobs, engine: engine, resources: resources, templates: templates, waiting: waiting
            ).routes
                + JobPagesFeature(
                    jobs: jobs, engine: engine, launcher: launch, templates: templates,
                    makeIdentifier: makeIdentifier
                ).routes
                + RunPagesFeature(
                    jobs: jobs, launcher: launch, templates: templates, review: review,
                    events: RunEvents(signal: signal), waiting: waiting
                ).routes
                + review.routes
                + QuarantinePagesFeature(engine: engine, templates: templates).routes
                + ResourcesFeature(resources: resources, engine: engine, templates: templates).routes,
            signIns: signIns, users: users, configuration: configuration, templates: templates, cookies: cookies,
            clock: clock)
        routes =
            ConfigurationFeature(
                deployment: deployment, configuration: configuration, signal: signal,
                maxByteCount: settings.maxDeploymentBytes
            ).routes
            + ConnectorsFeature(engine: engine).routes
            + SessionFeature(engine: engine, jobs: jobs, audit: audit).routes
            + changes.routes
            + VerificationFeature(engine: engine).routes
            + QuarantineFeature(engine: engine).routes
            + JobsFeature(
                jobs: jobs, signal: signal,
                serverTasks: serverTasks, launch: launch, waiting: waiting
            ).routes
    }

    func router() -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        router.add(middleware: ProblemMiddleware { error, _ in page(error) })
        tokens.add(to: router)
        AssetsFeature().add(to: router)
        signIn.add(to: router)
        pages.add(to: router)
        RouteTable(
            routes: routes, authenticate: { request, _ in try await authenticator.authenticate(request) },
            limits: PageLimits(standard: settings.defaultPageSize, maximum: settings.maxPageSize)
        ).add(to: router)
        let document = OpenAPIDocument.make(routes, issuer: issuer.issuer)
        router.get("/api/openapi.json") { _, _ in try Response.json(document) }
        return router
    }

    /// What a browser is shown when an address is wrong, or something went wrong before a page was made.
    private func page(_ error: ServerError) -> Response {
        let message = MessagePage(error, layout: Layout(title: "", formToken: ""))
        let html = try? templates.render(MessagePage.name, message)
        return .html(html ?? error.detail, status: error.status)
    }
}
