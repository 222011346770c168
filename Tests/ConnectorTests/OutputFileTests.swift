import Foundation
import TestSupport
import Testing

@testable import ConnectorKit

@Suite struct OutputFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `a file has its name once it is committed, and belongs to its owner alone`() throws {
        let output = OutputFolder(folder.path("a/b"))
        let file = try output.create("HR.csv")
        try file.write("Id\n1\n".utf8)
        #expect(folder.names(in: "a/b") == [".HR.csv.partial"])
        try file.commit()
        #expect(folder.names() == ["a", "a/b", "a/b/HR.csv"])
        #expect(try folder.text("a/b/HR.csv") == "Id\n1\n")
        #expect(file.byteCount == 5)
        #expect(try [folder.mode("a"), folder.mode("a/b"), folder.mode("a/b/HR.csv")] == [0o700, 0o700, 0o600])
    }

    @Test func `a file that is not committed vanishes and leaves the former one alone`() throws {
        try folder.write("before", to: "HR.csv")
        do {
            let file = try OutputFolder(folder.path).create("HR.csv")
            try file.write("after".utf8)
        }
        #expect(folder.names() == ["HR.csv"])
        #expect(try folder.text("HR.csv") == "before")
    }

    @Test func `what an interrupted run left is replaced, and a link in its place is not followed`() throws {
        try folder.write("precious", to: "elsewhere")
        try folder.link(".HR.csv.partial", to: folder.path("elsewhere"))
        let file = try OutputFolder(folder.path).create("HR.csv")
        try file.write("Id\n".utf8)
        try file.commit()
        #expect(try folder.text("elsewhere") == "precious")
        #expect(folder.names() == ["HR.csv", "elsewhere"])
    }

    @Test func `a full disk is told with the mend and leaves nothing`() throws {
        do {
            let file = try OutputFolder(folder.path("full"), calls: FullDisk.calls(after: 3)).create("HR.csv")
            let error = #expect(throws: ConnectorError.self) { try file.write("Id\n1\n".utf8) }
            #expect(error?.code == .outputFull)
            #expect(
                error?.description
                    == "\(folder.path("full/HR.csv")): there is no room for the file (No space left on device); "
                    + "free space on its file system (or raise the quota), then run the job again")
        }
        #expect(folder.names(in: "full") == [])
    }

    @Test(arguments: ["", "a/b", "../x"])
    func `a name that is no file name is refused`(name: String) throws {
        let error = #expect(throws: ConnectorError.self) { try OutputFolder(folder.path).create(name) }
        #expect(error?.code == .connector)
    }

    @Test func `a folder that cannot be made is named`() throws {
        try folder.write("", to: "file")
        let error = #expect(throws: ConnectorError.self) {
            try OutputFolder(folder.path("file/sub")).create("HR.csv")
        }
        #expect(error?.code == .outputUnwritable)
        #expect(error?.place == folder.path("file/sub"))
    }

    @Test func `a connection's tables are removed, and no other's`() throws {
        let own = [
            "HR.csv", "HR_entries.csv", ".HR.csv.partial", ".HR_entries.csv.partial", "..HR.csv.partial.7.partial",
        ]
        let others = ["HRPeople.csv", "HR.xlsx", "XHR.csv", "HR.csv.bak", ".HRPeople.csv.partial", "hr.csv"]
        for name in own + others { try folder.write("", to: name) }
        try OutputFolder(folder.path).removeTables(of: "HR")
        #expect(folder.names() == others.sorted())
    }

    @Test func `removing from a folder that is not there is no error`() throws {
        try OutputFolder(folder.path("absent")).removeTables(of: "HR")
    }

    @Test func `a published table has the content of its original`() throws {
        try folder.write("Id\n1\n", to: "collect/HR.csv")
        try folder.write("Id\nold\n", to: "published/HR.csv")
        let published = PublishedFolder(folder.path("published"))
        let table = ExportedTable(name: "HR", path: folder.path("collect/HR.csv"), byteCount: 5)
        try published.publish(table)
        try published.publish(table)
        #expect(folder.names(in: "published") == ["HR.csv"])
        #expect(try folder.text("published/HR.csv") == "Id\n1\n")
        let file = try OutputFolder(folder.path("collect")).create("HR.csv")
        try file.write("Id\n2\n".utf8)
        try file.commit()
        #expect(try folder.text("published/HR.csv") == "Id\n1\n")
    }

    @Test func `a table on another file system is published as a copy`() throws {
        guard let disk = try SmallDisk() else { return }
        try folder.write("Id\n1\n", to: "collect/HR.csv")
        try PublishedFolder(disk.path).publish(
            ExportedTable(name: "HR", path: folder.path("collect/HR.csv"), byteCount: 5))
        #expect(try String(contentsOfFile: disk.path + "/HR.csv", encoding: .utf8) == "Id\n1\n")
    }
}
