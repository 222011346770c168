import Foundation

/// The agent's folders.
///
/// ```
/// Work/installation-id                                   who this installation is
/// Work/Locks/<name>.lock                                 one process at a time
/// Work/Collect/<connector>/<job instance>/<connection>/  what one run exported
/// Work/Collect/<connector>/<job instance>/prepared/      its prepared files, and candidate.json
/// Work/Collect/<connector>/<version>-<session>/          images and manifest of a committed version
/// Work/Collect/<connector>/current                       link to the version that the server has
/// Temp/ExportOutput/<table>.csv                          the readable copy of the newest export
/// ```
package struct Workspace: Sendable {
    package let tempFolder: String
    package let workFolder: String
    /// Where exports leave their readable copies, and scripts their tables: `ExportOutput`.
    package let exportOutput: String
    /// Where images and what runs work on are, by connector: `Collect`.
    package let collectFolder: String
    /// GUID, made at the first start: which installation holds images and leases.
    package let installation: String

    /// - Parameters:
    ///   - exportOutput: nil: `ExportOutput` of the folder for temporary files.
    ///   - collectFolder: nil: `Collect` of the folder for work.
    package init(
        tempFolder: String, workFolder: String, exportOutput: String? = nil, collectFolder: String? = nil,
        makeIdentifier: () -> String
    ) throws {
        self.tempFolder = tempFolder
        self.workFolder = workFolder
        self.exportOutput = exportOutput ?? "\(tempFolder)/ExportOutput"
        self.collectFolder = collectFolder ?? "\(workFolder)/Collect"
        try Folders.make(self.collectFolder)
        try Folders.make("\(workFolder)/Locks")
        try Folders.make(self.exportOutput)
        let path = "\(workFolder)/installation-id"
        // Two processes may start at once on a new folder: the first writes, the other waits for it.
        guard let lock = try Workspace.waitForLock("\(workFolder)/Locks/installation.lock") else {
            throw AgentError(
                .busy, "\(workFolder)/Locks/installation.lock is held; another Weir process hangs. End it.")
        }
        if let data = try Folders.read(path), let text = String(bytes: data, encoding: .utf8)?.trimmed, !text.isEmpty {
            installation = text
        } else {
            installation = makeIdentifier()
            try Folders.write(Data((installation + "\n").utf8), to: path)
        }
        _ = lock
    }

    func collect(_ connector: String) -> String { "\(collectFolder)/\(connector)" }

    /// nil while another run on this installation executes the job.
    func lock(job: String) throws -> ProcessLock? {
        try ProcessLock(path: path(ofLock: "job-\(job)"), holder: Self.holder(job))
    }

    /// nil while another run on this installation synchronizes the connector.
    func lock(connector: String, for job: String) throws -> ProcessLock? {
        try ProcessLock(path: path(ofLock: "connector-\(connector)"), holder: Self.holder(job))
    }

    /// `The job "A" (process 12)`: who holds what a lock could not be had for.
    func holder(job: String) -> String {
        ProcessLock.holder(of: path(ofLock: "job-\(job)")) ?? Self.holder(job)
    }

    func holder(connector: String) -> String {
        ProcessLock.holder(of: path(ofLock: "connector-\(connector)")) ?? "Another job"
    }

    private static func holder(_ job: String) -> String { "The job \"\(job)\"" }

    /// Identifiers may hold what file names may not.
    private func path(ofLock name: String) -> String {
        "\(workFolder)/Locks/\(name.replacingOccurrences(of: "/", with: "%2F")).lock"
    }

    private static func waitForLock(_ path: String) throws -> ProcessLock? {
        for _ in 0..<500 {
            if let lock = try ProcessLock(path: path, holder: "Another start") { return lock }
            usleep(10_000)
        }
        return nil
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
