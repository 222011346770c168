import Foundation
import Glibc
import Testing

@testable import Delta

struct BadInputTests {
    private func failure(
        _ text: String?, previous: String? = nil, columns: [String] = ["id", "name"],
        change: (inout Preparation) -> Void = { _ in }
    ) throws -> (DeltaError?, Workspace) {
        let workspace = try Workspace()
        if let text { try workspace.write("in.csv", text) }
        var preparation = textPreparation(workspace, input: workspace.file("in.csv"), columns: columns)
        if let previous { preparation.previous = try workspace.write("previous.csv", previous) }
        change(&preparation)
        let error = #expect(throws: DeltaError.self) { _ = try prepare(preparation) }
        return (error, workspace)
    }

    @Test(
        arguments: [
            (nil, DeltaError.Code.inputMissing), ("", .inputEmpty), ("\n\r\n\n", .headerMissing),
            ("\u{FEFF}", .headerMissing), ("\"id,name\n1,a\n", .headerMissing), ("id,nmae\n1,a\n", .columnMissing),
            ("id,name,id\n1,a,1\n", .columnDuplicated),
        ] as [(String?, DeltaError.Code)])
    func `a file that cannot be used is refused and nothing is written`(text: String?, code: DeltaError.Code) throws {
        let (error, workspace) = try failure(text)
        #expect(error?.code == code)
        #expect(workspace.names == (text == nil ? [] : ["in.csv"]))
    }

    @Test func `a missing column names what is there and the nearest name`() throws {
        let (error, _) = try failure("id,nmae,x\n1,a,b\n")
        #expect(
            error?.detail
                == "the header has no column \"name\"; did you mean \"nmae\"?; it has \"id\", \"nmae\", \"x\"")
    }

    @Test func `a folder is no file`() throws {
        let (error, _) = try failure("id\n") { $0.input = $0.outputDirectory }
        #expect(error?.code == .inputUnreadable)
    }

    @Test func `a file without rows is refused where the image has some`() throws {
        let (error, _) = try failure("id,name\n\n", previous: "id,name\n1,a\n")
        #expect(error?.code == .rowsMissing)
    }

    @Test func `a file without rows is fine where the image has none or it is allowed`() throws {
        let workspace = try Workspace()
        let input = try workspace.write("in.csv", "id,name\n")
        let empty = try workspace.write("empty.csv", "id,name\n")
        let full = try workspace.write("full.csv", "id,name\n1,a\n")
        var preparation = textPreparation(workspace, input: input, columns: ["id", "name"], previous: empty)
        #expect(try prepare(preparation).rowsRead == 0)
        preparation.previous = full
        preparation.allowsEmpty = true
        #expect(try prepare(preparation).deleted == 1)
    }

    @Test func `too many rejected rows stop the run and leave their list`() throws {
        let (error, workspace) = try failure("id,name\n1,a\n2\n3,c\n") { $0.maximumRejectedPercentage = 33 }
        #expect(error?.code == .tooManyRejected)
        #expect(workspace.names == ["T.rejected.csv", "in.csv"])
        let workspace2 = try Workspace()
        var preparation = textPreparation(
            workspace2, input: try workspace2.write("in.csv", "id,name\n1,a\n2\n3,c\n"), columns: ["id", "name"])
        preparation.maximumRejectedPercentage = 34
        #expect(try prepare(preparation).rejected == 1)
    }

    @Test(arguments: [
        "id,name\n2,b\n1,a\n", "id,name\n1,a\n1,b\n", "id,name\n1,a\n2\n", "id,name\n1,a\n2,b", "id,name\r\n1,a\r\n",
        "id,name\n1,\"a\n", "name\na\n", "id,name\n1,a\"b\n", "id,name\n,b\n", "id,name\n1,\"a\"b\n", "",
    ])
    func `an image that is not one is refused`(image: String) throws {
        let (error, workspace) = try failure("id,name\n1,x\n2,y\n3,z\n", previous: image)
        #expect(error?.code == .previousCorrupt)
        #expect(workspace.names == ["in.csv", "previous.csv"])
    }

    @Test func `an image that is missing is named`() throws {
        let (error, _) = try failure("id,name\n1,x\n") { $0.previous = "/nowhere/at/all.csv" }
        #expect(error?.code == .previousUnreadable)
        #expect(error?.path == "/nowhere/at/all.csv")
    }

    @Test(arguments: ["sorted.csv", "sorted.delta", "nullpk.csv", "duplicates.csv", "rejected.csv"])
    func `a full disk leaves no file with a final name`(name: String) throws {
        let workspace = try Workspace()
        try FileManager.default.createSymbolicLink(
            atPath: workspace.file(".T.\(name).\(getpid()).partial"), withDestinationPath: "/dev/full")
        let input = try workspace.write("in.csv", "id,name\n1,x\n2,y\n")
        let error = #expect(throws: DeltaError.self) {
            _ = try prepare(textPreparation(workspace, input: input, columns: ["id", "name"]))
        }
        #expect(error?.code == .diskFull)
        #expect(error?.remedy == .retry)
        #expect(workspace.names == ["in.csv"])
    }

    @Test func `what a killed process left is removed and what a running one writes is not`() throws {
        let workspace = try Workspace()
        // No process has the largest number that there is.
        let dead = Int32.max
        try workspace.write(".T.sorted.csv.\(dead).partial", "x")
        try workspace.write(".other.csv.\(dead).partial", "x")
        try workspace.write(".locked.csv.\(dead).partial", "x")
        try workspace.write(".running.csv.\(getppid()).partial", "x")
        try workspace.write(".unlike.partial", "x")
        let locked = open(workspace.file(".locked.csv.\(dead).partial"), O_RDONLY)
        defer { close(locked) }
        #expect(flock(locked, LOCK_EX) == 0)
        try workspace.write("in.csv", "id\n1\n")
        _ = try prepare(textPreparation(workspace, input: workspace.file("in.csv"), columns: ["id"]))
        #expect(
            workspace.names.filter { $0.hasPrefix(".") } == [
                ".locked.csv.\(dead).partial", ".running.csv.\(getppid()).partial", ".unlike.partial",
            ])
    }

    @Test func `a folder that cannot be written is named`() throws {
        let (error, _) = try failure("id,name\n1,x\n") { $0.outputDirectory = "/nowhere" }
        #expect(error?.code == .writeFailed)
    }

    @Test func `a cancelled run leaves nothing`() throws {
        let (error, workspace) = try failure("id,name\n1,x\n") { $0.isCancelled = { true } }
        #expect(error?.code == .cancelled)
        #expect(workspace.names == ["in.csv"])
    }

    @Test func `old results stay until the new ones are complete`() throws {
        let workspace = try Workspace()
        try workspace.write("T.sorted.csv", "old")
        try workspace.write("in.csv", "id\n")
        var preparation = textPreparation(workspace, input: workspace.file("in.csv"), columns: ["id", "name"])
        #expect(throws: DeltaError.self) { _ = try prepare(preparation) }
        #expect(try workspace.read("T.sorted.csv") == "old")
        preparation.columns.removeLast()
        _ = try prepare(preparation)
        #expect(try workspace.read("T.sorted.csv") == "id\n")
    }

    @Test func `an error holds no value of a row`() throws {
        let secret = "S3cret-Value"
        let (error, workspace) = try failure("id,name\n1,\(secret)\n\(secret)\n\(secret),\(secret),x\n") {
            $0.maximumRejectedPercentage = 1
        }
        #expect(error?.description.contains(secret) == false)
        #expect(try workspace.read("T.rejected.csv").contains(secret))
    }
}
