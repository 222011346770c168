import Foundation
import Testing

@testable import Agent

struct WorkspaceTests {
    private let folder = TemporaryFolder()

    private func workspace(_ identifier: String) throws -> Workspace {
        try Workspace(tempFolder: "\(folder.path)/Temp", workFolder: "\(folder.path)/Work") { identifier }
    }

    @Test func `an installation keeps its identifier`() throws {
        #expect(try workspace("one").installation == "one")
        #expect(try workspace("two").installation == "one")
    }

    @Test func `missing folders are made for their owner alone`() throws {
        _ = try workspace("one")
        for name in ["Work", "Work/Collect", "Temp/ExportOutput"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
        let file = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/Work/installation-id")
        #expect(file[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a job is locked once and free again when its holder is gone`() throws {
        let workspace = try workspace("one")
        var held = try workspace.lock(job: "J")
        #expect(held != nil)
        #expect(try workspace.lock(job: "J") == nil)
        #expect(try workspace.lock(job: "K") != nil)
        #expect(workspace.holder(job: "J") == "The job \"J\" (process \(getpid()))")
        held = nil
        #expect(try workspace.lock(job: "J") != nil)
    }

    @Test func `a folder that cannot be made is named, with the mend`() throws {
        try Data().write(to: URL(fileURLWithPath: "\(folder.path)/Work"))
        let error = #expect(throws: AgentError.self) { try workspace("one") }
        #expect(error?.code == .storage)
        #expect(error?.message.contains("\(folder.path)/Work") == true)
    }
}
