import CSVConnector
import ConnectorKit
import Foundation
import TestSupport
import Testing

@Suite struct CSVExporterTests {
    private let folder: TemporaryFolder
    private let exporter = CSVExporter(attempts: 3, pause: .zero)

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.makeFolder("in")
    }

    private func export(
        _ settings: [String: SettingValue], full: Bool = true, output: OutputFolder? = nil,
        progress: @escaping @Sendable (ExportProgress) -> Void = { _ in }
    ) async throws -> ExportedTables {
        let request = ExportRequest(
            connection: "HR", settings: .object(settings), isFull: full, sourceRoots: SourceRoots([folder.path("in")]),
            output: output ?? OutputFolder(folder.path("collect")), progress: progress)
        return try await ExportRun(
            exporter, request: request, published: PublishedFolder(folder.path("published"))
        ).run()
    }

    /// What is published of a source.
    private func copy(_ bytes: [UInt8], _ settings: [String: SettingValue] = [:]) async throws -> String {
        let path = try folder.write(bytes, to: "in/source.csv")
        _ = try await export(settings.merging(["Path": .string(path)]) { $1 })
        #expect(try folder.bytes("collect/HR.csv") == folder.bytes("published/HR.csv"))
        return try folder.text("published/HR.csv")
    }

    private func failure(_ settings: [String: SettingValue], full: Bool = true) async -> ConnectorError? {
        do {
            _ = try await export(settings, full: full)
            return nil
        } catch {
            #expect(folder.names(in: "collect") == [])
            #expect(folder.names(in: "published") == [])
            return error as? ConnectorError
        }
    }

    // MARK: The readable copy

    @Test(arguments: [
        "Id,Name\n1,Ann\n", "Id,Name\r\n1,Ann\r\n", "\u{FEFF}Id,Name\n1,Ann\n", "Id,Name\n1,\"a\nb\"\n\n2,x,too,many\n",
        "\n\nId,Name\n1,Ann", "Id,\"Na\"\"me\"\n1,\"never closed\n2,b\n", "Id\n\u{0}\n", "\"Id\n1\n",
    ])
    func `a source that is readable already is copied byte for byte, malformed rows included`(
        text: String
    ) async throws {
        #expect(try await Array(copy(Array(text.utf8)).utf8) == Array(text.utf8))
    }

    @Test func `bytes that are no UTF-8 are copied too, for prepare to reject with their offset`() async throws {
        let bytes = Array("Id,Name\n1,".utf8) + [0xE9, 0x0A]
        let path = try folder.write(bytes, to: "in/source.csv")
        let exported = try await export(["Path": .string(path)])
        #expect(try folder.bytes("published/HR.csv") == bytes)
        #expect(
            exported
                == ExportedTables(
                    tables: [ExportedTable(name: "HR", path: folder.path("collect/HR.csv"), byteCount: bytes.count)],
                    hasProduced: true))
    }

    @Test(arguments: [
        (
            "Id;Name\n1;Ann, Bob\n2;\"a;b\"\n", ["Separator": .string(";")] as [String: SettingValue],
            "Id,Name\n1,\"Ann, Bob\"\n2,a;b\n"
        ),
        ("Id\tName\n1\tAnn\n", ["Separator": .string("\t")], "Id,Name\n1,Ann\n"),
        ("Id;Name\r\n1;Ann\r\n\r\n2;Bob\r\n", ["Separator": .string(";")], "Id,Name\n1,Ann\n\n2,Bob\n"),
        ("made by HR\non Monday\nId,Name\n1,Ann\n", ["NumberOfLinesToSkip": .integer(2)], "\n\nId,Name\n1,Ann\n"),
        ("Id,,Name,\n1,x,Ann,y\n", [:], "Id,Name\n1,Ann\n"),
        ("$Id$,%Name\n$%x$%,%$y\n", ["ValuesToTrim": .array([.string("$"), .string("%")])], "Id,Name\nx$,$y\n"),
        ("$Id$,%Name\n$%x$%,%$y\n", ["ValuesToTrim": .string("$%")], "Id,Name\nx$,$y\n"),
        ("$,Id\n1,2\n", ["ValuesToTrim": .string("$")], "Id\n2\n"),
    ])
    func `every other format becomes readable, line by line`(
        text: String, settings: [String: SettingValue], expected: String
    ) async throws {
        #expect(try await copy(Array(text.utf8), settings) == expected)
    }

    @Test(arguments: [
        ("windows-1252", [0x4E, 0x0A, 0x80, 0xE9, 0x0A] as [UInt8], "N\n€é\n"),
        ("ISO-8859-1", [0x4E, 0x0A, 0xE9, 0x0A], "N\né\n"),
        ("UTF-16", [0xFF, 0xFE, 0x4E, 0x00, 0x0A, 0x00, 0xE9, 0x00, 0x0A, 0x00], "N\né\n"),
        ("UTF-16", [0xFE, 0xFF, 0x00, 0x4E, 0x00, 0x0A, 0x00, 0xE9, 0x00, 0x0A], "N\né\n"),
        ("UTF-8", [0xFF, 0xFE, 0x4E, 0x00, 0x0A, 0x00, 0xE9, 0x00, 0x0A, 0x00], "N\né\n"),
        ("utf8", [0x4E, 0x0A, 0xC3, 0xA9, 0x0A], "N\né\n"),
    ])
    func `every encoding becomes UTF-8`(encoding: String, bytes: [UInt8], expected: String) async throws {
        #expect(try await copy(bytes, ["Encoding": .string(encoding)]) == expected)
    }

    @Test func `a large source is copied whole, with progress`() async throws {
        var bytes = Array("Id,Name\n".utf8)
        for number in 0..<400_000 {
            bytes += Array("\(number),\"Name, of \(number), which goes on and on and on\"\n".utf8)
        }
        let path = try folder.write(bytes, to: "in/source.csv")
        let seen = Progresses()
        _ = try await export(["Path": .string(path)], progress: { seen.add($0) })
        #expect(try folder.bytes("published/HR.csv") == bytes)
        #expect(seen.all.count >= 3)
        #expect(seen.all.last == ExportProgress(table: "HR", byteCount: bytes.count, totalByteCount: bytes.count))
        #expect(seen.all.map(\.byteCount) == seen.all.map(\.byteCount).sorted())
    }

    // MARK: Which file

    @Test func `with a regular expression the last created file whose whole name matches is read`() async throws {
        let roots = SourceRoots([folder.path("in")])
        let older = try folder.write("Id\nold\n", to: "in/people_2.csv")
        let newer = folder.path("in/people_1.csv")
        // The clock of a file system ticks every few milliseconds.
        repeat {
            try? FileManager.default.removeItem(atPath: newer)
            try folder.write("Id\nnew\n", to: "in/people_1.csv")
        } while roots.creationTime(of: newer) == roots.creationTime(of: older)
        try folder.write("Id\nno\n", to: "in/people_3.csv.bak")
        try folder.write("Id\nno\n", to: "in/xpeople_4.csv")
        _ = try folder.makeFolder("in/people_5.csv")
        let path = folder.path("in/people_\\d+\\.csv")
        _ = try await export(["Path": .string(path), "IsFileNameRegex": .bool(true)])
        #expect(try folder.text("published/HR.csv") == "Id\nnew\n")
        try FileManager.default.removeItem(atPath: newer)
        _ = try await export(["Path": .string(path), "IsFileNameRegex": .bool(true)])
        #expect(try folder.text("published/HR.csv") == "Id\nold\n")
    }

    @Test func `a link that matches a regular expression but leads out of the roots is not read`() async throws {
        try folder.write("Id\nsecret\n", to: "outside.csv")
        try folder.write("Id\n1\n", to: "in/people_1.csv")
        try folder.link("in/people_2.csv", to: folder.path("outside.csv"))
        let path = folder.path("in/people_\\d\\.csv")
        _ = try await export(["Path": .string(path), "IsFileNameRegex": .bool(true)])
        #expect(try folder.text("published/HR.csv") == "Id\n1\n")
    }

    @Test func `a regular expression that no name matches is a missing file`() async throws {
        try folder.write("Id\n1\n", to: "in/people_1.csv.old")
        let path = folder.path("in/people_\\d\\.csv")
        let error = await failure(["Path": .string(path), "IsFileNameRegex": .bool(true)])
        #expect(error?.code == .sourceMissing)
        #expect(
            error?.description
                == "Connections:HR:Path: \(path): no file in \(folder.path("in/")) has a name that matches; "
                + "put the file there, or correct the regular expression; it must match the whole name")
    }

    // MARK: Incremental

    @Test func `an incremental export reads PathIncremental, a full one Path`() async throws {
        let full = try folder.write("Id\n1\n2\n", to: "in/full.csv")
        let feed = try folder.write("Command,Id\ninsert,2\n", to: "in/feed.csv")
        let settings: [String: SettingValue] = ["Path": .string(full), "PathIncremental": .string(feed)]
        let incremental = try await export(settings, full: false)
        #expect(try folder.text("published/HR.csv") == "Command,Id\ninsert,2\n")
        #expect(incremental.hasProduced && incremental.tables.map(\.isChangeFeed) == [true])
        let complete = try await export(settings, full: true)
        #expect(try folder.text("published/HR.csv") == "Id\n1\n2\n")
        #expect(complete.hasProduced && complete.tables.map(\.isChangeFeed) == [false])
    }

    @Test(arguments: ["Command,Id\n", "Command,Id", "Command,Id\n\n\r\n"])
    func `a change feed without a change has produced nothing`(text: String) async throws {
        let full = try folder.write("Id\n1\n", to: "in/full.csv")
        let feed = try folder.write(text, to: "in/feed.csv")
        for separator in [",", ";"] {
            let settings: [String: SettingValue] = [
                "Path": .string(full), "PathIncremental": .string(feed), "Separator": .string(separator),
            ]
            #expect(try await export(settings, full: false).hasProduced == false)
        }
    }

    @Test func `without PathIncremental every export is full and has produced`() async throws {
        let path = try folder.write("Id\n", to: "in/full.csv")
        let exported = try await export(["Path": .string(path)], full: false)
        #expect(exported.hasProduced && exported.tables.map(\.isChangeFeed) == [false])
    }

    // MARK: Bad input

    @Test func `a source that is always being written is refused, and one that settles is read`() async throws {
        for separator in [",", ";"] {
            let path = try folder.write("Id\n1\n", to: "in/source.csv")
            let settings: [String: SettingValue] = ["Path": .string(path), "Separator": .string(separator)]
            let grow: @Sendable (ExportProgress) -> Void = { progress in
                guard progress.byteCount == 0, let file = FileHandle(forWritingAtPath: path) else { return }
                file.seekToEndOfFile()
                file.write(Data("2\n".utf8))
            }
            let error = await #expect(throws: ConnectorError.self) { try await export(settings, progress: grow) }
            #expect(error?.code == .sourceChanging)
            #expect(error?.recovery == .retry(after: .seconds(60)))
            #expect(
                error?.description
                    == "Connections:HR:Path: \(path): the file was written to while it was read, 3 times in a row; let "
                    + "its producer write under another name and rename it when it is complete, or run the job later")
            #expect(folder.names(in: "collect") + folder.names(in: "published") == [])

            let once = Progresses()
            _ = try await export(
                settings,
                progress: { progress in
                    once.add(progress)
                    if once.all.count == 1 { grow(progress) }
                })
            #expect(try folder.text("published/HR.csv").hasSuffix("2\n"))
            #expect(try folder.text("published/HR.csv") == folder.text("in/source.csv"))
        }
    }

    @Test func `a missing, an empty and a blank file, a folder and a pipe are told apart`() async throws {
        #expect(mkfifo(folder.path("in/pipe"), 0o600) == 0)
        try folder.write("", to: "in/empty.csv")
        try folder.write("\n\r\n\n", to: "in/blank.csv")
        let cases: [(String, ConnectorError.Code)] = [
            ("in/absent.csv", .sourceMissing), ("in/empty.csv", .sourceEmpty), ("in/blank.csv", .sourceInvalid),
            ("in", .sourceNotAFile), ("in/pipe", .sourceNotAFile), ("in/../absent.csv", .sourceOutsideRoots),
        ]
        for (name, code) in cases {
            for separator in [",", ";"] {
                let error = await failure(["Path": .string(folder.path(name)), "Separator": .string(separator)])
                #expect(error?.code == code, "\(name)")
                #expect(error?.place == "Connections:HR:Path: \(folder.path(name))")
            }
        }
    }

    @Test func `fewer lines than are to be skipped is no header`() async throws {
        let path = try folder.write("a\nb\n", to: "in/source.csv")
        let error = await failure(["Path": .string(path), "NumberOfLinesToSkip": .integer(5)])
        #expect(error?.code == .sourceInvalid)
    }

    @Test func `settings that are wrong are all listed`() {
        let problems = exporter.problems(
            in: .object([
                "Separator": .string("\""), "Encoding": .string("UTF-9"), "IsFileNameRegex": .bool(true),
                "PathIncremental": .string("/x/("), "NumberOfLinesToSkip": .integer(-1), "Seperator": .string(";"),
            ]), connection: "HR")
        #expect(
            problems.map(\.key) == [
                "Connections:HR:Path", "Connections:HR:NumberOfLinesToSkip", "Connections:HR:Seperator",
                "Connections:HR:Separator", "Connections:HR:Encoding", "Connections:HR:PathIncremental",
            ])
    }

    @Test func `a disk that fills while a file is rewritten leaves nothing`() async throws {
        guard let disk = try SmallDisk() else { return }
        let rows = String(repeating: "1;a name that takes room\n", count: 4000)
        let path = try folder.write("Id;Name\n" + rows, to: "in/source.csv")
        let error = await #expect(throws: ConnectorError.self) {
            try await export(
                ["Path": .string(path), "Separator": .string(";")], output: OutputFolder(disk.path + "/collect"))
        }
        #expect(error?.code == .outputFull)
        #expect(error?.place == disk.path + "/collect/HR.csv")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path + "/collect") == [])
        #expect(folder.names(in: "published") == [])
    }
}

/// What was reported, in order.
private final class Progresses: @unchecked Sendable {
    private let lock = NSLock()
    private var reported: [ExportProgress] = []

    var all: [ExportProgress] { lock.withLock { reported } }
    func add(_ progress: ExportProgress) { lock.withLock { reported.append(progress) } }
}
