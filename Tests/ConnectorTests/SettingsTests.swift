import Foundation
import TestSupport
import Testing

@testable import ConnectorKit

@Suite struct SettingsTests {
    private static let fields = [
        SettingField("Server", .text, isRequired: true, description: "name the server"),
        SettingField("Password", .secret, isRequired: true, description: "write the password"),
        SettingField("Port", .integer(1...65535), description: "the port"),
        SettingField("SSL", .boolean, description: "whether to encrypt"),
        SettingField("Mode", .choice(["Basic", "Negotiate"]), description: "how to sign in"),
        SettingField("Separator", .character, description: "what stands between"),
        SettingField("Names", .texts, description: "names"),
        SettingField(
            "Tables", .sections([SettingField("Table", .text, isRequired: true, description: "name the table")]),
            description: "tables"),
    ]

    private func problems(_ json: String) throws -> [String] {
        let section = try JSONDecoder().decode(SettingValue.self, from: Data(json.utf8))
        let exporter = FakeExporter(settings: Self.fields, tables: [:])
        return exporter.problems(in: section, connection: "HR").map(\.description)
    }

    @Test func `everything that is wrong is listed at once, each with its key`() throws {
        let found = try problems(
            """
            {"Server": "", "Port": 0, "SSL": "maybe", "Mode": "Kerberos", "Separator": "||", "Names": [1.5],
             "Tables": [{"Table": "a"}, {}], "Sever": "x"}
            """)
        #expect(
            found == [
                "Connections:HR:Server: is empty; name the server",
                "Connections:HR:Password: is missing; write the password",
                "Connections:HR:Port: is a whole number that does not fit; write a whole number from 1 to 65535",
                "Connections:HR:SSL: is a text that does not fit; write true or false",
                "Connections:HR:Mode: is a text that does not fit; write one of Basic, Negotiate",
                "Connections:HR:Separator: is a text that does not fit; write one ASCII character",
                "Connections:HR:Names: is a list that does not fit; write a list of texts",
                "Connections:HR:Tables:1:Table: is missing; name the table",
                "Connections:HR:Sever: is not known to this package and is ignored; it knows Server, Password, Port, "
                    + "SSL, Mode, Separator, Names, Tables",
            ])
    }

    @Test func `values from environment variables are texts, and fit`() throws {
        #expect(
            try problems(
                """
                {"server": "ldap", "PASSWORD": "x", "Port": "636", "SSL": "True", "Mode": "basic",
                 "Names": {"0": "a", "1": "b"}, "Tables": {"0": {"Table": "a"}}}
                """) == [])
    }

    @Test(arguments: ["[]", "\"text\"", "17"])
    func `a section that is none is refused`(json: String) throws {
        #expect(try problems(json).count == 1)
    }

    @Test func `a missing section is an empty one`() {
        let problems = FakeExporter(settings: Self.fields, tables: [:]).problems(in: nil, connection: "HR")
        #expect(problems.map(\.key) == ["Connections:HR:Server", "Connections:HR:Password"])
    }

    @Test func `values are read whatever the case of their names`() throws {
        let settings = ConnectionSettings(
            connection: "HR",
            section: .object([
                "path": .string("/a"), "FLAG": .string("1"), "Number": .string("17"),
                "List": .object(["1": .string("b"), "0": .string("a"), "10": .string("c")]), "One": .string("x"),
                "Sections": .array([.object(["A": .integer(1)])]),
            ]))
        #expect(settings.text("Path") == "/a")
        #expect(settings.bool("Flag") == true)
        #expect(settings.integer("number") == 17)
        #expect(settings.texts("LIST") == ["a", "b", "c"])
        #expect(settings.texts("one") == ["x"])
        #expect(settings.sections("sections")?.first?.integer("a") == 1)
        #expect(settings.sections("Sections")?.first?.key("A") == "Connections:HR:Sections:0:A")
        #expect(settings.text("absent") == nil)
    }

    @Test func `a secret may stand in a file, and is never printed`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("hunter2\r\n", to: "password")
        let settings = ConnectionSettings(
            connection: "HR",
            section: .object(["Inline": .string("hunter2"), "Filed": .object(["File": .string(file)])]))
        let inline = try #require(try settings.secret("Inline"))
        let filed = try #require(try settings.secret("Filed"))
        #expect(inline.exposed == "hunter2")
        #expect(filed == inline)
        var text = "\(settings) \(inline) \(String(reflecting: filed)) \(SettingValue.string("hunter2"))"
        dump(settings, to: &text)
        dump(inline, to: &text)
        dump(SettingValue.array([.string("hunter2")]), to: &text)
        #expect(!text.contains("hunter2"))
        #expect("\(inline)" == "•••")
    }

    @Test func `a secret's file that is missing is named with its setting`() throws {
        let settings = ConnectionSettings(
            connection: "HR", section: .object(["Password": .object(["File": .string("/nowhere/secret")])]))
        let error = #expect(throws: ConnectorError.self) { try settings.secret("Password") }
        #expect(
            error?.description
                == "Connections:HR:Password: the secret cannot be read from /nowhere/secret "
                + "(No such file or directory); let File name a file that holds the secret alone")
    }
}
