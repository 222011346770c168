import Foundation
import ProcessSupport
import Testing

extension DesignRows {
    /// Row 5, safeguards beyond deletes.
    struct SafeguardTests {
        private static let people = "sources/current/people.csv"
        private static let count = 100

        private static func key(_ number: Int) -> String { "P" + String(1_000 + number) }

        private static func row(_ number: Int) -> String {
            "\(key(number)),Name \(number),,\(key(number).lowercased())@contoso.test"
        }

        private static let header = "id,name,manager,mail"

        /// A hundred persons with a mail, loaded; every threshold of the reference's is off, and one safeguard is on.
        private static func company(_ safeguard: String) throws -> Company {
            let company = try Company(example: "Tests/Fixtures/small")
            let off = ["Inserted", "Updated", "Deleted"].flatMap {
                ["Maximum\($0)Lines", "MaxPercentage\($0)Lines"]
            }.map { "\($0)=\"0\"" }.joined(separator: " ")
            let text = try company.read("Conf/Small.xml")
            try company.write(
                text.replacing("<Connector Identifier=\"HR\"", with: "<Connector Identifier=\"HR\" \(off)").replacing(
                    "TargetColumnIndex=\"5\" />",
                    with:
                        "TargetColumnIndex=\"5\" /><Property Identifier=\"Mail\" Type=\"String\" TargetColumnIndex=\"6\" />"
                ).replacing(
                    "ConnectionColumn=\"name\" />",
                    with: "ConnectionColumn=\"name\" /><Property Identifier=\"Mail\" ConnectionColumn=\"mail\" />"
                ).replacing(
                    "<EntityTypeMapping Identifier=\"Person\"",
                    with: "<EntityTypeMapping Identifier=\"Person\" \(safeguard)"),
                to: "Conf/Small.xml")
            try addOperator(to: company)
            try write((0..<count).map(row), to: company)
            try load(company)
            return company
        }

        private static func write(_ rows: [String], to company: Company) throws {
            try company.write(([header] + rows).joined(separator: "\n") + "\n", to: people)
        }

        /// What the source suffers, the safeguard against it, and what the message must say.
        struct Misfortune: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let safeguard: String
            let words: [String]
            let rows: @Sendable () -> [String]
        }

        private static let misfortunes = [
            Misfortune(
                testDescription: "mail emptied on 30 % of the rows", safeguard: "MaxPercentageEmptiedValues=\"20\"",
                words: ["MaxPercentageEmptiedValues", "\"Person\"", "30", "Mail"]
            ) {
                (0..<count).map {
                    $0 < 30 ? row($0).replacing("\(key($0).lowercased())@contoso.test", with: "") : row($0)
                }
            },
            Misfortune(
                testDescription: "mail emptied on 12 rows", safeguard: "MaximumEmptiedValues=\"10\"",
                words: ["MaximumEmptiedValues", "\"Person\"", "12", "Mail"]
            ) {
                (0..<count).map {
                    $0 < 12 ? row($0).replacing("\(key($0).lowercased())@contoso.test", with: "") : row($0)
                }
            },
            Misfortune(
                testDescription: "less than half of the rows, by default", safeguard: "",
                words: ["MinPercentageRows", "\"Person\"", "50"]
            ) { (0..<49).map(row) },
            Misfortune(
                testDescription: "less rows than the mapping says", safeguard: "MinPercentageRows=\"90\"",
                words: ["MinPercentageRows", "\"Person\"", "90"]
            ) { (0..<89).map(row) },
            Misfortune(
                testDescription: "keys in another form", safeguard: "MaxPercentageChurnedKeys=\"10\"",
                words: ["MaxPercentageChurnedKeys", "\"Person\"", "25"]
            ) { (0..<count).map { $0 < 25 ? row($0).replacing("P1", with: "X1") : row($0) } },
        ]

        @Test(arguments: misfortunes)
        func `row 5: held, with the update and delete thresholds at 0, and nothing changes`(
            _ misfortune: Misfortune
        ) throws {
            let company = try Self.company(misfortune.safeguard)
            let before = try BadInputTests.state(company)
            try Self.write(misfortune.rows(), to: company)
            let held = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(held.code == 3, "\(held.printed)")
            #expect(BadInputTests.missing(misfortune.words, in: held.printed) == [], "\(held.printed)")
            #expect(try company.contents() == before.split(separator: "\n").dropLast(2).joined(separator: "\n"))
            // Who has looked may let it pass.
            let approved = try company.run(
                ["invoke-job", "-j", LoadedCompany.job, "-r"] + asOperator(calling: company.port))
            #expect(approved.code == 0, "\(approved.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "\(misfortune.rows().count)")
            let equal = try company.run("verify", "--connector", "HR", "--deep")
            #expect(equal.code == 0, "\(equal.printed)")
        }

        @Test func `row 5: just below each limit, a run passes`() throws {
            let company = try Self.company(
                "MaxPercentageEmptiedValues=\"20\" MinPercentageRows=\"90\" MaxPercentageChurnedKeys=\"10\"")
            try Self.write(
                (0..<90).map { number in
                    number < 20
                        ? Self.row(number).replacing("\(Self.key(number).lowercased())@contoso.test", with: "")
                        : number < 30 ? Self.row(number).replacing("P1", with: "X1") : Self.row(number)
                }, to: company)
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(run.code == 0, "\(run.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "90")
            #expect(try company.query("select count(*) from UR_Resources where C6 is null") == "20")
        }

        /// A file that was cut is no content: it is refused before anything is sent, whatever the thresholds.
        @Test(arguments: ["", "\(header)\n", "id,name,manager\nP1000,Name 0,\n"])
        func `row 5: an empty or truncated file is refused, and nothing is sent`(file: String) throws {
            let company = try Self.company("MinPercentageRows=\"0\"")
            let before = try BadInputTests.state(company)
            try company.write(file, to: Self.people)
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            // An empty file fails its export, after which the job goes on without it; the others fail the preparation.
            #expect(run.code == (file.isEmpty ? 4 : 1), "\(run.printed)")
            #expect(try BadInputTests.state(company) == before)
            #expect(try company.query("select count(*) from US_Sessions where EndedAt is null") == "0")
        }
    }
}
