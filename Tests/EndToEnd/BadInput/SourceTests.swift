import Foundation
import ProcessSupport
import Testing

extension BadInputTests {
    /// Source files that are not what they should be.
    struct SourceTests {
        /// One way to spoil the source of a connection.
        struct Defect: Sendable, CustomTestStringConvertible {
            let testDescription: String
            /// 4: the export failed, and the job went on without it; 1: the file was read and is refused.
            let code: Int32
            let words: [String]
            let make: @Sendable (Company) throws -> Void

            init(
                _ name: String, code: Int32 = 4, words: [String], make: @escaping @Sendable (Company) throws -> Void
            ) {
                testDescription = name
                self.code = code
                self.words = words
                self.make = make
            }
        }

        private static let people = "sources/current/people.csv"

        private static func remove(_ company: Company) throws {
            try FileManager.default.removeItem(atPath: "\(company.folder)/\(people)")
        }

        private static func link(_ company: Company, to target: String) throws {
            try remove(company)
            try FileManager.default.createSymbolicLink(
                atPath: "\(company.folder)/\(people)", withDestinationPath: target)
        }

        private static func setting(_ company: Company, _ name: String, _ value: String) throws {
            try company.edit("appsettings.agent.json") { settings in
                var section = (settings["Connections"] as? [String: [String: Any]])?["People"] ?? [:]
                section[name] = value
                settings["Connections"] = ["People": section]
            }
        }

        private static let defects = [
            Defect(
                "a missing file",
                words: ["Connections:People:Path: \(people)", "does not exist", "put the file there"], make: remove),
            Defect("a folder in its place", words: [people, "is no regular file", "name the file itself"]) {
                try remove($0)
                try FileManager.default.createDirectory(
                    atPath: "\($0.folder)/\(people)", withIntermediateDirectories: true)
            },
            Defect("a pipe in its place", words: [people, "is no regular file", "name the file itself"]) {
                try remove($0)
                mkfifo("\($0.folder)/\(people)", 0o600)
            },
            Defect("a link that leads nowhere", words: [people, "does not exist", "put the file there"]) {
                try link($0, to: "gone.csv")
            },
            Defect("an empty file", words: [people, "the file is empty", "its producer"]) {
                try $0.write("", to: people)
            },
            Defect("a file of blank lines", words: [people, "no header line", "name the columns"]) {
                try $0.write("\n\r\n\n", to: people)
            },
            Defect(
                "a header without a mapped column", code: 1,
                words: ["People.csv", "\"manager\"", "\"id\", \"name\", \"boss\"", "mapping \"Person_Manager\""]
            ) { company in
                let text = try company.read(people)
                try company.write(text.replacing("id,name,manager", with: "id,name,boss"), to: people)
            },
            Defect("a header and no rows", code: 1, words: ["People.csv", "no rows", "cut short"]) {
                try $0.write("id,name,manager\n", to: people)
            },
            Defect(
                "windows-1252 where the setting says UTF-8", code: 1,
                words: ["People.csv", "100 of 100 rows were rejected", ".rejected.csv", "mend the source"]
            ) { company in
                let text = try company.read(people).replacing("Name", with: "Zoë")
                let data = try #require(text.data(using: .windowsCP1252))
                try data.write(to: URL(fileURLWithPath: "\(company.folder)/\(people)"))
            },
            Defect(
                "an encoding that nobody knows",
                words: ["Connections:People:Encoding", "no encoding that is known here", "windows-1252"]
            ) {
                try setting($0, "Encoding", "UFT-8")
            },
            Defect(
                "a path outside the roots",
                words: ["Connections:People:Path: people.csv", "SourcesRootPaths: sources/current", "move the file"]
            ) { company in
                try company.write(company.read(people), to: "people.csv")
                try setting(company, "Path", "people.csv")
            },
            Defect(
                "a path that leaves the roots through ..",
                words: ["sources/current/../day2/people.csv", "SourcesRootPaths: sources/current", "move the file"]
            ) {
                try setting($0, "Path", "sources/current/../day2/people.csv")
            },
            Defect(
                "a link that leaves the roots", words: [people, "SourcesRootPaths: sources/current", "sources/day2"]
            ) {
                try link($0, to: "../day2/people.csv")
            },
            Defect("no roots at all", words: [people, "SourcesRootPaths lists no folder", "appsettings.agent.json"]) {
                try $0.edit("appsettings.agent.json") { $0["SourcesRootPaths"] = [String]() }
            },
        ]

        @Test(arguments: defects)
        func `a source that cannot be read is named, and nothing is deleted for it`(_ defect: Defect) throws {
            let company = try LoadedCompany.served()
            let before = try BadInputTests.state(company)
            let settings = try company.read("appsettings.agent.json")
            // Yesterday's readable copy lies there, and must not be taken for today's.
            #expect(try company.read("Temp/ExportOutput/People.csv").contains("P099"))
            try defect.make(company)

            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == defect.code, "\(run.printed)")
            #expect(BadInputTests.missing(defect.words, in: run.printed) == [], "\(run.printed)")
            #expect(try BadInputTests.state(company) == before)
            #expect(try company.query("select count(*) from US_Sessions where EndedAt is null") == "0")

            // Mended, the same job goes through.
            try company.write(settings, to: "appsettings.agent.json")
            try company.day(2)
            let mended = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(mended.code == 0, "\(mended.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "101")
        }

        @Test func `a first load without its file stops, and loads nothing`() throws {
            let company = try Company(example: "Tests/Fixtures/small")
            #expect(try company.run("deploy-configuration", "-d", "Conf").code == 0)
            try company.startServer()
            let run = try company.run("invoke-job", "-j", "InitializationJob")
            #expect(run.code != 0, "\(run.printed)")
            #expect(
                BadInputTests.missing(["sources/current/people.csv", "does not exist"], in: run.printed) == [],
                "\(run.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "0")
        }

        @Test func `a cut last line is a rejected row, whose resource stays`() throws {
            let company = try LoadedCompany.served()
            let before = try company.contents()
            let text = try company.read(Self.people)
            try company.write(String(text.dropLast("e 99,P009\n".count)), to: Self.people)
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 4, "\(run.printed)")
            #expect(
                BadInputTests.missing(
                    ["1 rejected row of People", "Temp/Rejected/Person.rejected.csv"], in: run.printed) == [],
                "\(run.printed)")
            #expect(try company.query("select count(*) from UR_Resources where C4 = 'P099'") == "1")
            #expect(try company.contents() == before)
            #expect(try Self.rejected(company).contains(",101,"))
        }

        @Test func `a quote that is never closed costs its row, neither the file nor its resource`() throws {
            let company = try LoadedCompany.served()
            try company.day(2)
            let text = try company.read(Self.people)
            try company.write(text.replacing("P042,Renamed,", with: "P042,\"Renamed,"), to: Self.people)
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 4, "\(run.printed)")
            #expect(
                BadInputTests.missing(
                    ["1 rejected row of People", "Temp/Rejected/Person.rejected.csv"], in: run.printed) == [],
                "\(run.printed)")
            // The row keeps its former value, whoever only seems absent stays, and what came is there.
            #expect(try company.query("select C5 from UR_Resources where C4 = 'P042'") == "Name 42")
            #expect(try company.query("select count(*) from UR_Resources where C4 = 'P055'") == "1")
            #expect(try company.query("select C5 from UR_Resources where C4 = 'P101'") == "New two")
            #expect(try Self.rejected(company).contains(",44,"))

            try company.day(2)
            let mended = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(mended.code == 0, "\(mended.printed)")
            #expect(try company.query("select C5 from UR_Resources where C4 = 'P042'") == "Renamed")
            #expect(try company.query("select count(*) from UR_Resources where C4 = 'P055'") == "0")
        }

        /// Where the message says that the rejected rows are.
        private static func rejected(_ company: Company) throws -> String {
            try company.read("Temp/Rejected/Person.rejected.csv")
        }
    }
}
