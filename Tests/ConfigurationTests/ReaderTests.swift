import Foundation
import Testing
import WeirConfiguration

struct ReaderTests {
    private func problem(_ text: String) -> String? {
        problem([UInt8](text.utf8))
    }

    private func problem(_ bytes: [UInt8]) -> String? {
        var reader = ConfigurationReader()
        reader.read(bytes: bytes, file: "Conf/HR.xml")
        return reader.problems.map(\.description).joined(separator: "\n")
    }

    @Test func `elements keep their lines, attributes and children`() throws {
        var reader = ConfigurationReader()
        let text = """
            <?xml version="1.0" encoding="utf-8"?>
            <ConfigurationFile xmlns="urn:schemas-usercube-com:configuration" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
               xsi:schemaLocation="a b">
              <!-- a comment
                   of two lines -->
              <EntityType Identifier="A"
                 DisplayName_L1="&lt;é&#10;&amp;">
                <Property
                   Identifier="B"/>
              </EntityType>
            </ConfigurationFile>
            """
        reader.read(bytes: [UInt8](text.utf8), file: "Conf/HR.xml")
        #expect(reader.problems == [])
        #expect(
            reader.elements == [
                Element(
                    "EntityType",
                    [Element.Attribute("Identifier", "A"), Element.Attribute("DisplayName_L1", "<é\n&")],
                    children: [
                        Element(
                            "Property", [Element.Attribute("Identifier", "B")],
                            location: SourceLocation(file: "Conf/HR.xml", line: 8))
                    ], location: SourceLocation(file: "Conf/HR.xml", line: 6))
            ])
    }

    @Test func `lines above 65,535 are exact`() throws {
        var reader = ConfigurationReader()
        let filler = String(repeating: "\n", count: 70_000)
        reader.read(bytes: document(filler + "<Agent\nIdentifier=\"A\" />"), file: "Conf/A.xml")
        #expect(reader.elements.map(\.location.line) == [70_002])
    }

    @Test(arguments: [
        "<!DOCTYPE ConfigurationFile [<!ENTITY a \"b\">]>\n<ConfigurationFile/>",
        "<!DOCTYPE ConfigurationFile SYSTEM \"file:///etc/passwd\">\n<ConfigurationFile/>",
        """
        <!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
        <ConfigurationFile>&lol2;</ConfigurationFile>
        """,
    ])
    func `a document type declaration is refused`(text: String) {
        #expect(
            problem(text)
                == "Conf/HR.xml:1: a document type declaration (<!DOCTYPE …>) is refused; configuration files need none, "
                + "remove it")
    }

    @Test func `an entity that is not XML's own is an error`() {
        let text = String(decoding: document("<Agent Identifier=\"&secret;\" />"), as: UTF8.self)
        #expect(problem(text)?.contains("Entity 'secret' not defined") == true)
    }

    @Test func `a truncated document names the line where it ends`() {
        let text = "<ConfigurationFile xmlns=\"urn:schemas-usercube-com:configuration\">\n<Agent Identifier=\"A\">\n"
        #expect(problem(text)?.hasPrefix("Conf/HR.xml:3: the XML is not well formed: ") == true)
    }

    @Test func `an empty file is an error`() {
        #expect(problem("") == "Conf/HR.xml:1: the file is empty")
        #expect(problem("  \n")?.hasPrefix("Conf/HR.xml:") == true)
    }

    @Test func `mismatched tags are an error`() {
        let text =
            "<ConfigurationFile xmlns=\"urn:schemas-usercube-com:configuration\">\n<Agent></Agnt></ConfigurationFile>"
        #expect(
            problem(text)
                == "Conf/HR.xml:2: the XML is not well formed: Opening and ending tag mismatch: Agent line 2 and Agnt")
    }

    @Test func `bytes that are not of the declared encoding are an error`() {
        var bytes = document("<Agent Identifier=\"A\" />")
        bytes.replace([UInt8]("\"A\"".utf8), with: [0x22, 0xE9, 0x22])
        #expect(problem(bytes)?.contains("not proper UTF-8") == true)
    }

    @Test func `another encoding is read as declared`() {
        var reader = ConfigurationReader()
        let head = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
        let bytes =
            [UInt8](
                (head + "<ConfigurationFile xmlns=\"urn:schemas-usercube-com:configuration\"><Agent Identifier=\"").utf8
            )
            + [0xE9] + [UInt8]("\" /></ConfigurationFile>".utf8)
        reader.read(bytes: bytes, file: "Conf/A.xml")
        #expect(reader.problems == [])
        #expect(reader.elements.first?["Identifier"] == "é")
    }

    @Test func `UTF-16 with its mark, and UTF-8 with one, are read`() throws {
        let text =
            "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n"
            + String(decoding: document("<Agent Identifier=\"é\" />"), as: UTF8.self)
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in text.utf16 { wide += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        var reader = ConfigurationReader()
        reader.read(bytes: wide, file: "Conf/A.xml")
        reader.read(bytes: [0xEF, 0xBB, 0xBF] + document("<Agent\nIdentifier=\"ü\" />"), file: "Conf/B.xml")
        #expect(reader.problems == [])
        #expect(reader.elements.map { $0["Identifier"] } == ["é", "ü"])
        #expect(reader.elements.map(\.location.description) == ["Conf/A.xml:3", "Conf/B.xml:2"])
    }

    @Test(arguments: [(255, true), (256, false)])
    func `256 levels are read, 257 are refused`(inner: Int, isRead: Bool) {
        // The root is one level.
        let text = String(repeating: "<Form>", count: inner) + String(repeating: "</Form>", count: inner)
        let said = problem(document(text)) ?? ""
        #expect(
            said
                == (isRead ? "" : "Conf/HR.xml:2: elements are nested more than 256 deep, which is refused"))
    }

    @Test(arguments: [
        "<Configuration xmlns=\"urn:schemas-usercube-com:configuration\"/>", "<ConfigurationFile/>",
        "<ConfigurationFile xmlns=\"urn:other\"/>",
    ])
    func `another root element is refused`(text: String) {
        #expect(problem(text)?.hasPrefix("Conf/HR.xml:1: the root element is <Configuration") == true)
    }

    @Test func `all XML files of all folders are read, and all their problems said`() throws {
        let folder = try TemporaryFolder()
        try folder.write("Conf/b/2.xml", document("<Agent Identifier=\"B\" />"))
        try folder.write("Conf/1.XML", document("<Agent Identifier=\"A\" />"))
        try folder.write("Conf/c/d/3.xml", [])
        try folder.write("Conf/4.xml", document("<Agent>"))
        try folder.write("Conf/.hidden.xml", [])
        try folder.write("Conf/notes.txt", [])
        let reader = ConfigurationReader.read(folder: folder.path + "/Conf/")
        #expect(reader.elements.compactMap { $0["Identifier"] } == ["A", "B"])
        #expect(reader.elements.map(\.location.description) == ["Conf/1.XML:2", "Conf/b/2.xml:2"])
        #expect(reader.problems.map { $0.location?.file } == ["Conf/4.xml", "Conf/c/d/3.xml"])
    }

    @Test func `a link that leaves the folder is refused, one within it is read once`() throws {
        let folder = try TemporaryFolder()
        try folder.write("secret.xml", document("<Agent Identifier=\"Outside\" />"))
        try folder.write("Conf/real/a.xml", document("<Agent Identifier=\"A\" />"))
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: folder.path + "/Conf/out.xml", withDestinationPath: folder.path + "/secret.xml")
        try files.createSymbolicLink(atPath: folder.path + "/Conf/loop", withDestinationPath: folder.path + "/Conf")
        let reader = ConfigurationReader.read(folder: folder.path + "/Conf")
        #expect(reader.elements.compactMap { $0["Identifier"] } == ["A"])
        #expect(
            reader.problems.map(\.description) == [
                "Conf/out.xml:1: this symbolic link leads out of the configuration folder, which is refused; copy the "
                    + "file here"
            ])
    }

    @Test func `a file over 64 MB is refused`() throws {
        let folder = try TemporaryFolder()
        try folder.write("Conf/big.xml", [])
        let handle = try #require(FileHandle(forWritingAtPath: folder.path + "/Conf/big.xml"))
        try handle.truncate(atOffset: UInt64(ConfigurationReader.sizeLimit) + 1)
        try handle.close()
        let reader = ConfigurationReader.read(folder: folder.path + "/Conf")
        #expect(
            reader.problems.map(\.description) == [
                "Conf/big.xml:1: the file is larger than 64 MB, which is refused; split it"
            ])
    }

    @Test func `a folder that is missing or holds no XML is an error`() throws {
        let folder = try TemporaryFolder()
        #expect(
            ConfigurationReader.read(folder: folder.path).problems.map(\.message) == [
                "the configuration folder \"\(folder.path)\" holds no XML file; nothing can be deployed from it"
            ])
        let missing = folder.path + "/none"
        #expect(
            ConfigurationReader.read(folder: missing).problems.map(\.message) == [
                "the configuration folder \"\(missing)\" does not exist or is no folder; name the folder of XML files"
            ])
    }

    @Test(arguments: 1...150)
    func `damaged bytes are problems, never a crash`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let folder = URL(filePath: ContosoTests.folder)
        let names = ["HR/EntityTypes.xml", "HR/Mappings.xml", "HR/Jobs.xml", "OpenIdClients.xml"]
        var reader = ConfigurationReader()
        for name in names {
            var bytes = try [UInt8](Data(contentsOf: folder.appending(path: name)))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes.removeSubrange(place..<min(place + 200, bytes.count - 1))
                }
            }
            reader.read(bytes: bytes, file: name)
        }
        let loaded = ConfigurationFolder.load(elements: reader.elements, readingProblems: reader.problems)
        #expect((loaded.model == nil) == !loaded.errors.isEmpty)
        #expect(loaded.problems.allSatisfy { ($0.location?.line ?? 1) >= 1 && !$0.message.isEmpty })
    }
}
