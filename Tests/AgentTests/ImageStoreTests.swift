import API
import Foundation
import Testing

@testable import Agent

/// What a crash can leave between the server's commit and the agent's promotion (DESIGN §4, steps 0 and 6).
struct ImageStoreTests {
    private let folder = TemporaryFolder()
    private var store: ImageStore { ImageStore(folder: "\(folder.path)/HR") }
    private let first = ImageVersion(number: 1, session: "11111111-1111-1111-1111-111111111111")
    private let second = ImageVersion(number: 2, session: "22222222-2222-2222-2222-222222222222")

    /// A prepared run: one image file and its candidate.
    private func candidate(_ run: String, _ version: ImageVersion, text: String = "a\n1\n") throws {
        let prepared = store.preparedFolder(of: run)
        try Folders.make(prepared)
        try Folders.write(Data(text.utf8), to: "\(prepared)/P.sorted.csv")
        let manifest = ImageManifest(
            session: version.session, jobInstance: run, fingerprint: "f",
            files: [ImageFile(mapping: "P", name: "P.sorted.csv", rows: 1, bytes: text.utf8.count, sha256: "")])
        try Folders.write(JSONCoding.encoder().encode(manifest), to: "\(prepared)/candidate.json")
    }

    private func agree(_ version: ImageVersion?, keeping: Set<String> = [], fingerprint: String = "f") throws -> Image?
    {
        try store.agree(version: version, fingerprint: fingerprint, keeping: keeping)
    }

    @Test func `a promoted candidate is the current image`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        let image = try #require(try agree(first))
        #expect(image.manifest.version == first)
        #expect(try String(contentsOfFile: try #require(image.path(of: "P")), encoding: .utf8) == "a\n1\n")
    }

    @Test func `a candidate that the server committed is promoted at the next start`() throws {
        try candidate("run1", first)
        #expect(try agree(first)?.manifest.version == first)
        #expect(try agree(first)?.folderName == "1-\(first.session)")
    }

    @Test func `a version that was renamed and not linked is linked at the next start`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        try candidate("run2", second, text: "a\n2\n")
        try store.promote(jobInstance: "run2", version: second)
        unlink("\(store.folder)/current")
        #expect(symlink("1-\(first.session)", "\(store.folder)/current") == 0)
        #expect(try agree(second)?.manifest.version == second)
    }

    @Test func `a candidate that the server never committed is discarded`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        try candidate("run2", second)
        #expect(try agree(first)?.manifest.version == first)
        #expect(try store.candidate(session: second.session) == nil)
    }

    @Test func `the candidate of a held session is kept`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        try candidate("run2", second)
        _ = try agree(first, keeping: ["run2"])
        #expect(try store.candidate(session: second.session)?.jobInstance == "run2")
        #expect(try agree(second, keeping: ["run3"])?.manifest.version == second)
    }

    @Test func `an image that was made anew for a version takes the lost one's place`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        unlink("\(store.folder)/current")
        #expect(try agree(first, keeping: ["run2"])?.manifest.version == first, "its folder is there still")
        try Folders.remove("\(store.folder)/1-\(first.session)")
        #expect(try agree(first, keeping: ["run2"]) == nil)
        try candidate("run2", second, text: "a\n2\n")
        try store.replace(jobInstance: "run2", version: first)
        let image = try #require(try agree(first))
        #expect(image.manifest.session == first.session)
        #expect(try String(contentsOfFile: try #require(image.path(of: "P")), encoding: .utf8) == "a\n2\n")
    }

    @Test func `a damaged image is lost until there is a new one, and kept until then`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        try store.forget()
        try store.forget()
        for _ in 0..<2 { #expect(try agree(first, keeping: ["run2"]) == nil) }
        #expect(Folders.names(in: store.folder) == ["damaged-1-\(first.session)"])
        try candidate("run2", second, text: "a\n2\n")
        try store.replace(jobInstance: "run2", version: first)
        let image = try #require(try agree(first))
        #expect(try String(contentsOfFile: try #require(image.path(of: "P")), encoding: .utf8) == "a\n2\n")
        #expect(Folders.names(in: store.folder) == ["1-\(first.session)", "current"])
    }

    @Test(arguments: AgentPoint.allCases)
    func `an image that takes another's place is the one or the other after a crash`(_ point: AgentPoint) throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        try candidate("run2", second, text: "a\n22\n")
        struct Crash: Error {}
        let dying = ImageStore(folder: store.folder) { if $0 == point { throw Crash() } }
        #expect(throws: Crash.self) { try dying.replace(jobInstance: "run2", version: first) }
        let image = try #require(try agree(first, keeping: ["run3"]))
        let text = try String(contentsOfFile: try #require(image.path(of: "P")), encoding: .utf8)
        #expect(text == (point == .manifestWritten ? "a\n1\n" : "a\n22\n"))
        #expect(Folders.names(in: store.folder) == ["1-\(first.session)", "current"])
    }

    @Test func `a linked candidate has the image's files, and the image stays when it goes`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        let image = try #require(try agree(first))
        try store.link(image, jobInstance: "task")
        let linked = "\(store.preparedFolder(of: "task"))/P.sorted.csv"
        #expect(try String(contentsOfFile: linked, encoding: .utf8) == "a\n1\n")
        try Folders.remove(store.exportFolder(of: "task"))
        #expect(try agree(first) == image)
    }

    @Test func `a file whose bytes changed makes an image unusable`() throws {
        let text = "a\n1\n"
        let prepared = store.preparedFolder(of: "run1")
        try candidate("run1", first, text: text)
        var manifest = try #require(try store.candidate(of: "run1"))
        manifest.files[0].sha256 = try Folders.sha256(of: "\(prepared)/P.sorted.csv")
        try Folders.write(JSONCoding.encoder().encode(manifest), to: "\(prepared)/candidate.json")
        try store.promote(jobInstance: "run1", version: first)
        let image = try #require(try agree(first))
        #expect(manifest.files[0].sha256.count == 64)
        #expect(try store.isWhole(image))
        try Folders.write(Data("a\n2\n".utf8), to: try #require(image.path(of: "P")))
        #expect(try agree(first) != nil, "its size is the same")
        #expect(try !store.isWhole(image))
    }

    @Test func `an image of another session with the same number is lost`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        #expect(try agree(ImageVersion(number: 1, session: second.session)) == nil)
    }

    @Test func `an image under another fingerprint is lost`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        #expect(try agree(first, fingerprint: "other") == nil)
    }

    @Test(arguments: ["a\n", ""]) func `a truncated image is lost`(text: String) throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(store.folder)/current/P.sorted.csv"))
        #expect(try agree(first) == nil)
    }

    @Test func `a server without content makes every image lost, and keeps its folder`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        #expect(try agree(nil) == nil)
        #expect(try agree(first)?.manifest.version == first)
    }

    @Test func `two versions are kept, and older ones are removed`() throws {
        let versions = (1...4).map { ImageVersion(number: $0, session: "\($0)1111111-1111-1111-1111-111111111111") }
        for version in versions {
            try candidate("run\(version.number)", version)
            try store.promote(jobInstance: "run\(version.number)", version: version)
            try store.retire()
        }
        let left = Folders.names(in: store.folder).filter { $0 != "current" && !$0.hasPrefix("run") }
        #expect(left == ["3-31111111-1111-1111-1111-111111111111", "4-41111111-1111-1111-1111-111111111111"])
    }

    @Test func `a manifest that is no manifest counts as lost`() throws {
        try candidate("run1", first)
        try store.promote(jobInstance: "run1", version: first)
        try Data("{".utf8).write(to: URL(fileURLWithPath: "\(store.folder)/current/manifest.json"))
        #expect(try agree(first) == nil)
    }
}
