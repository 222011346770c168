import Foundation
import FoundationNetworking
import ProcessSupport
import Testing

extension DesignRows {
    /// Row 6, an explained block: counters, causes, before and after of each change, the same in page, tool and API.
    struct ExplanationTests {
        private static let people = "sources/current/people.csv"

        private static func key(_ number: Int) -> String { "P" + String(1_000 + number) }

        private static func row(
            _ number: Int, key: String? = nil, name: String? = nil, manager: Int? = nil, mail: String? = nil
        ) -> String {
            let boss = manager ?? number % 5
            return [
                key ?? Self.key(number), name ?? "Name \(number)", number < 5 ? "" : Self.key(boss),
                mail ?? "p\(number)@contoso.test",
            ].joined(separator: ",")
        }

        /// Ten left, three are new, four have another key, six lost their mail, two another name, two another manager.
        private static var tomorrow: [String] {
            (0..<90).map { number in
                switch number {
                case 10..<16: row(number, mail: "")
                case 20, 21: row(number, name: "Renamed \(number)")
                case 30, 31: row(number, manager: 4)
                case 50..<54: row(number, key: "X\(number)")
                case _: row(number)
                }
            } + (200..<203).map { row($0, manager: 3) }
        }

        private static func held() throws -> Company {
            let company = try Company(example: "Tests/Fixtures/small")
            let text = try company.read("Conf/Small.xml")
            try company.write(
                text.replacing(
                    "TargetColumnIndex=\"5\" />",
                    with:
                        "TargetColumnIndex=\"5\" /><Property Identifier=\"Mail\" Type=\"String\" TargetColumnIndex=\"6\" />"
                ).replacing(
                    "ConnectionColumn=\"name\" />",
                    with: "ConnectionColumn=\"name\" /><Property Identifier=\"Mail\" ConnectionColumn=\"mail\" />"),
                to: "Conf/Small.xml")
            try addOperator(to: company)
            try write((0..<100).map { row($0) }, to: company)
            try load(company)
            try write(tomorrow, to: company)
            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            guard run.code == 3 else { throw Unexpected(run.printed) }
            return company
        }

        private static func write(_ rows: [String], to company: Company) throws {
            try company.write("id,name,manager,mail\n" + rows.joined(separator: "\n") + "\n", to: people)
        }

        @Test func `row 6: page, tool and API explain a block alike, down to each value`() async throws {
            let company = try Self.held()
            let session = try company.query("select Id from US_Sessions where State = 'blocked'")
            let tool = try company.run(
                ["changes", "--session", session, "--csv"] + asOperator(calling: company.port))
            #expect(tool.code == 0, "\(tool.printed)")

            // What the tool says, counted by rows: kind, operation, cause.
            let lines = tool.printed.split(separator: "\n").dropFirst().map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            var keys: [String: Set<String>] = [:]
            for fields in lines {
                let end = fields[0] == "link" ? fields[6] + fields[7] : ""
                keys["\(fields[0]) \(fields[1]) \(fields[2])", default: []].insert(fields[4] + end)
            }
            let counted = keys.mapValues(\.count)
            let expected = [
                "resource insert new": 3, "resource delete left": 10, "resource insert keyChanged": 4,
                "resource delete keyChanged": 4, "resource update emptied": 6, "resource update changed": 2,
            ]
            #expect(counted.filter { $0.key.hasPrefix("resource") } == expected)
            #expect(counted["link delete moved"] == 2 && counted["link insert moved"] == 2, "\(counted)")
            #expect(lines.contains { $0.suffix(5) == ["Person", "P1020", "Name", "Name 20", "Renamed 20"] })
            #expect(lines.contains { $0.suffix(5) == ["Person", "P1012", "Mail", "p12@contoso.test", ""] })

            let visitor = try await Visitor(company)
            let page = try await visitor.get("/sessions/\(session)")
            let words = [
                "MaxPercentageDeletedLines", "left the source", "key changed", "value emptied", "moved", "Renamed 20",
                "Name 20", "p12@contoso.test",
            ]
            #expect(BadInputTests.missing(words, in: page) == [])
            #expect(try await visitor.get("/sessions/\(session)/changes.csv") == tool.printed)

            let resources = try await visitor.call("/api/Connectors/ResourceChange/File?session=\(session)")
            let links = try await visitor.call("/api/Connectors/ResourceLinkChange/File?session=\(session)")
            let header = try #require(links.split(separator: "\n").first) + "\n"
            #expect(resources + links.dropFirst(header.count) == tool.printed)

            let review = try await visitor.call("/api/Connectors/ResourceChange/Review?session=\(session)")
            let object = try JSONSerialization.jsonObject(with: Data(review.utf8)) as? [String: Any]
            let counts = object?["counts"] as? [[String: Any]] ?? []
            let told = counts.map { count in
                let kind = (count["isLinks"] as? Bool) == true ? "link" : "resource"
                return ("\(kind) \(count["operation"] ?? "") \(count["cause"] ?? "")", count["count"] as? Int ?? 0)
            }
            #expect(Dictionary(told) { $0 + $1 } == counted)
        }
    }

    /// Somebody with a browser and a client's token.
    private struct Visitor {
        let company: Company
        let session: URLSession

        init(_ company: Company) async throws {
            self.company = company
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpCookieAcceptPolicy = .always
            session = URLSession(configuration: configuration)
            let added = try company.run("user", "add", "auditor", "--profile", "Operator")
            let password = try #require(added.printed.split(separator: "password: ").last).trimmingCharacters(
                in: .whitespacesAndNewlines)
            let form = try await get("/signin")
            let token = try #require(
                form.split(separator: "name=\"formToken\" value=\"", maxSplits: 1).last
            ).prefix { $0 != "\"" }
            _ = try await send(
                "/signin",
                form: ["formToken": String(token), "user": "auditor", "password": password, "next": "/"])
        }

        func get(_ path: String) async throws -> String { try await send(path) }

        /// A call of the API as the client Operator.
        func call(_ path: String) async throws -> String {
            let answer = try await send(
                "/connect/token",
                form: [
                    "grant_type": "client_credentials", "client_id": "Operator", "client_secret": "secret",
                    "scope": "usercube_api",
                ])
            let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
            return try await send(path, token: try #require(object?["access_token"] as? String))
        }

        private func send(_ path: String, form: [String: String]? = nil, token: String? = nil) async throws -> String {
            var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(company.port)\(path)")))
            if let form {
                request.httpMethod = "POST"
                request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
                let allowed = CharacterSet.alphanumerics
                request.httpBody = Data(
                    form.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")" }
                        .joined(separator: "&").utf8)
            }
            if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
            let (data, response) = try await session.data(for: request)
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            let text = String(decoding: data, as: UTF8.self)
            guard status == 200 else { throw Unexpected("\(path): \(status) \(text.prefix(500))") }
            return text
        }
    }
}
