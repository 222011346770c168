import Foundation
import ProcessSupport
import Synchronization

/// A small company whose first day is deployed and loaded, made once for all tests; each works on a copy.
enum LoadedCompany {
    static let job = "HR_Synchronize_Incremental_Scaffolding"

    private static let template: Result<Company, any Error> = Result {
        let company = try Company(example: "Tests/Fixtures/small")
        // Statics are never torn down, and what tests make must not stay.
        folder.withLock { $0 = company.folder }
        atexit { LoadedCompany.removeTemplate() }
        try company.day(1)
        let deployed = try company.run("deploy-configuration", "-d", "Conf")
        guard deployed.code == 0 else { throw Unexpected(deployed.printed) }
        try company.startServer()
        let loaded = try company.run("invoke-job", "-j", "InitializationJob")
        guard loaded.code == 0 else { throw Unexpected(loaded.printed) }
        guard company.stopServer() == 0 else { throw Unexpected("the server did not stop well") }
        return company
    }

    /// A copy on a port of its own, its server not started. The sources are those of the first day.
    static func copy() throws -> Company {
        try Company(copying: template.get())
    }

    /// The same, with its server running.
    static func served() throws -> Company {
        let company = try copy()
        try company.startServer()
        return company
    }

    private static let folder = Mutex("")

    private static func removeTemplate() {
        let path = folder.withLock { $0 }
        if !path.isEmpty { try? FileManager.default.removeItem(atPath: path) }
    }
}
