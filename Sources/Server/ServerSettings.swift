/// What the server reads from `appsettings.json` and the environment (REFERENCE §9), with the reference's defaults.
/// Reading files is the executable's business.
package struct ServerSettings: Sendable, Equatable {
    /// `ApplicationUri`: where the server listens, and the issuer of its tokens. Port 0 takes a free one.
    package var applicationUri = "http://localhost:5000"
    /// `WorkFolderPath`: received files live in `Synchronization/` below it; not to be deleted.
    package var workFolderPath = "../Work"
    /// `TempFolderPath`: may be deleted while the server is down.
    package var tempFolderPath = "../Temp"
    /// `JobLaunchTimeout`: a launched job that no agent has taken by then is in error.
    package var jobLaunchTimeout: Duration = .milliseconds(7500)
    /// `DefaultPageSize` of lists.
    package var defaultPageSize = 50
    /// `MaxPageSize`: larger requests get this many.
    package var maxPageSize = 1000
    /// `Jobs:MaxTaskBatchSize`: how many tasks of a level run at once.
    package var maxTaskBatchSize = 5
    /// `Scheduler:MaxLockWatchTime`: a running job whose agent has said nothing for so long is in error.
    package var maxLockWatchTime: Duration = .seconds(1800)
    /// `IdentityServer:CertificateFile`: PEM chain; with `CertificateKeyFile` the server speaks TLS.
    package var certificateFile: String?
    /// `IdentityServer:CertificateKeyFile`: PEM private key.
    package var certificateKeyFile: String?
    /// `IdentityServer:AllowPlainHttp`: plain HTTP on other addresses than loopback, for a proxy that ends TLS.
    package var allowsPlainHTTP = false

    /// `Retention:SessionDays`: how long sessions that ended are kept with their changes (DESIGN §12).
    package var sessionRetentionDays = 14
    /// `Retention:LogDays`: how long logs of tasks are kept.
    package var logRetentionDays = 90
    /// `Retention:HistoryDays`: how long executions of jobs are kept.
    package var historyRetentionDays = 400
    /// How long a simulation waits for its approval, in days.
    package var simulationRetentionDays = 14

    package init() {}

    /// The largest body of a JSON request, in bytes. A configuration of 64 MB a file is the largest thing sent.
    package var maxRequestBytes = 4 * 1024 * 1024
    /// What hashing a password costs: N of scrypt (RFC 7914), a power of 2.
    var passwordHashCost = PasswordHash.currentCost
    /// The largest body of a deployment, in bytes.
    package var maxDeploymentBytes = 256 * 1024 * 1024
}
