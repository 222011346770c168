import Foundation
import TestSupport
import Testing

@testable import ConnectorKit

@Suite struct SourceRootsTests {
    private let folder: TemporaryFolder
    private let roots: SourceRoots

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("inside", to: "root/people.csv")
        try folder.write("below", to: "root/deep/er/people.csv")
        try folder.write("outside", to: "rootless/people.csv")
        try folder.write("outside", to: "secret.csv")
        roots = SourceRoots([folder.path("root")])
    }

    private func read(_ path: String, roots: SourceRoots? = nil) throws -> String {
        let file = try (roots ?? self.roots).open(path, setting: "Connections:HR:Path")
        return String(decoding: try file.read(upTo: 100), as: UTF8.self)
    }

    private func failure(_ path: String, roots: SourceRoots? = nil) -> ConnectorError? {
        do {
            _ = try read(path, roots: roots)
            return nil
        } catch {
            return error as? ConnectorError
        }
    }

    @Test func `files in a root and below it are read`() throws {
        #expect(try read(folder.path("root/people.csv")) == "inside")
        #expect(try read(folder.path("root/deep/er/people.csv")) == "below")
        #expect(try read(folder.path("root/deep/../people.csv")) == "inside")
        #expect(try read(folder.path("rootless/../root/people.csv")) == "inside")
    }

    @Test func `a root that is a link, ends in a slash or is the whole system counts`() throws {
        try folder.link("alias", to: folder.path("root"))
        #expect(try read(folder.path("root/people.csv"), roots: SourceRoots([folder.path("alias")])) == "inside")
        #expect(try read(folder.path("alias/people.csv")) == "inside")
        #expect(try read(folder.path("root/people.csv"), roots: SourceRoots([folder.path("root/")])) == "inside")
        #expect(try read(folder.path("secret.csv"), roots: SourceRoots(["/"])) == "outside")
        #expect(
            try read(
                folder.path("secret.csv"), roots: SourceRoots([folder.path("missing"), folder.path])) == "outside")
    }

    @Test(arguments: [
        "root/../secret.csv", "secret.csv", "rootless/people.csv", "root/file-link.csv", "root/folder-link/people.csv",
        "root/chain.csv", "root/deep/../../secret.csv", "missing.csv", "root/../missing.csv",
        "root/folder-link/missing.csv",
    ])
    func `a way out of the roots is refused, whether or not there is a file`(path: String) throws {
        try folder.link("root/file-link.csv", to: folder.path("secret.csv"))
        try folder.link("root/folder-link", to: folder.path("rootless"))
        try folder.link("root/chain.csv", to: "file-link.csv")
        let error = try #require(failure(folder.path(path)))
        #expect(error.code == .sourceOutsideRoots)
        #expect(error.description.hasPrefix("Connections:HR:Path: \(folder.path(path)): lies outside the folders"))
        #expect(error.description.contains("SourcesRootPaths: \(folder.path("root"))"))
        #expect(error.description.hasSuffix("or list its folder under SourcesRootPaths in appsettings.agent.json"))
    }

    @Test func `where no root is listed nothing may be read`() {
        let error = failure(folder.path("root/people.csv"), roots: SourceRoots([]))
        #expect(
            error?.description
                == "Connections:HR:Path: \(folder.path("root/people.csv")): may not be read, because SourcesRootPaths "
                + "lists no folder; list the folder that holds it under SourcesRootPaths in appsettings.agent.json")
    }

    @Test func `a missing file in a root is missing, not refused`() {
        #expect(failure(folder.path("root/absent.csv"))?.code == .sourceMissing)
        #expect(failure(folder.path("root/people.csv/x.csv"))?.code == .sourceMissing)
    }

    @Test func `a folder, a pipe and a device are no files`() throws {
        #expect(mkfifo(folder.path("root/pipe"), 0o600) == 0)
        #expect(failure(folder.path("root/deep"))?.code == .sourceNotAFile)
        #expect(failure(folder.path("root/pipe"))?.code == .sourceNotAFile)
        #expect(failure("/dev/null", roots: SourceRoots(["/dev"]))?.code == .sourceNotAFile)
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `a file without read permission is named`() throws {
        #expect(chmod(folder.path("root/people.csv"), 0) == 0)
        let error = failure(folder.path("root/people.csv"))
        #expect(error?.code == .sourceUnreadable)
        #expect(error?.description.contains("may not be read by the agent's user (Permission denied)") == true)
    }

    @Test func `names in a folder are told for roots alone`() throws {
        #expect(try Set(roots.names(in: folder.path("root"), setting: "S")) == ["people.csv", "deep"])
        #expect(throws: ConnectorError.self) { try roots.names(in: folder.path("rootless"), setting: "S") }
        #expect(throws: ConnectorError.self) { try roots.names(in: folder.path("root/absent"), setting: "S") }
    }

    /// Between the look at the path and the opening.
    @Test(arguments: [
        ("swapped", "rootless", ConnectorError.Code.sourceOutsideRoots),
        ("swapped/people.csv", "secret.csv", .sourceUnreadable),
        ("swapped", "root", nil),
    ])
    func `exchanging a folder or a file for a link opens nothing outside`(
        name: String, target: String, code: ConnectorError.Code?
    ) throws {
        let path = try folder.write("inside", to: "root/swapped/people.csv")
        var failure: ConnectorError?
        do throws(ConnectorError) {
            _ = try roots.open(
                path, setting: "S",
                whenResolved: {
                    rename(folder.path("root/" + name), folder.path("root/aside"))
                    symlink(folder.path(target), folder.path("root/" + name))
                })
        } catch {
            failure = error
        }
        #expect(failure?.code == code)
    }

    @Test func `a file that was exchanged for a pipe is not waited for`() throws {
        let path = try folder.write("inside", to: "root/swapped.csv")
        let error = #expect(throws: ConnectorError.self) {
            try roots.open(
                path, setting: "S",
                whenResolved: {
                    unlink(path)
                    mkfifo(path, 0o600)
                })
        }
        #expect(error?.code == .sourceNotAFile)
    }
}
