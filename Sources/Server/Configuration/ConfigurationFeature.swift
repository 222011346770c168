import API
import HTTPTypes
import WeirConfiguration

/// Deploying, planning and exporting the configuration over HTTP (REFERENCE §2, §15).
struct ConfigurationFeature: Sendable {
    let deployment: Deployment
    let configuration: ConfigurationStore
    let signal: ChangeSignal
    /// The largest body of a deployment.
    let maxByteCount: Int

    var routes: [Route] {
        [
            .sending(
                .post, "/api/Configuration/Deploy", needs: "/Configuration/Deploy",
                "Deploys a folder's files in one transaction, or says why not.", upTo: maxByteCount
            ) { (call, request: DeployConfiguration) -> DeploymentReport? in
                let report = try await deployment.deploy(
                    files: request.files, simulateOnly: request.simulateOnly,
                    forceCascadeDelete: request.forceCascadeDelete, by: call.caller.name)
                signal.changed()
                return report
            },
            .sending(
                .post, "/api/Configuration/Query/Plan", needs: "/Configuration/Query/Plan",
                "Says what a deployment would change, and writes nothing.", upTo: maxByteCount
            ) { (call, request: DeployConfiguration) -> DeploymentReport? in
                try await deployment.deploy(
                    files: request.files, simulateOnly: true, forceCascadeDelete: request.forceCascadeDelete,
                    by: call.caller.name)
            },
            .asking(
                .get, "/api/Configuration", needs: "/Configuration/Query", "The deployed configuration as XML files.",
                query: [.init("scaffolding", "true: also what the scaffoldings generated, for reading.")]
            ) { call -> Page<ConfigurationFile>? in
                let files = ConfigurationFolder.export(
                    try await configuration.items(), scaffolding: call.query("scaffolding") == "true")
                return Page(items: files.map { ConfigurationFile(path: $0.name, text: $0.text) })
            },
        ]
    }
}
