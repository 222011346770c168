internal import API
internal import Foundation

/// The folder of received files: `<session>/received/<mapping>` until the session ends, beside them what the server
/// wrote for people to read. Folders are 0700, files 0600: they hold people's data.
struct SessionFiles: Sendable {
    let directory: String

    func folder(of session: String) -> String { directory + "/" + session }

    func receivedFolder(of session: String) -> String { folder(of: session) + "/received" }

    func received(_ mapping: String, of session: String) -> String {
        receivedFolder(of: session) + "/" + Self.fileName(mapping)
    }

    /// Named by its content, so that another sender's list never takes its place.
    func quarantine(_ list: QuarantineList, sha256: String, of session: String) -> String {
        // No mapping's file has such a name: theirs have two digits behind the sign.
        receivedFolder(of: session) + "/%\(list.rawValue)-" + Self.fileName(sha256.lowercased())
    }

    /// What a simulation set aside, until it is applied: the seal's words about the lists beside it.
    func keptQuarantine(of session: String) -> String { receivedFolder(of: session) + "/%quarantine.json" }

    func orphans(_ mapping: String, of session: String) -> String {
        folder(of: session) + "/" + Self.fileName(mapping) + ".orphans.csv"
    }

    /// Rows that agents asked for, as long as they are sent.
    var rowsFolder: String { directory + "/rows" }

    /// What a dead process left there.
    func removeRows() {
        try? FileManager.default.removeItem(atPath: rowsFolder)
    }

    func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// What cannot be removed now is removed by the sweep at the next start.
    func removeReceived(of session: String) {
        try? FileManager.default.removeItem(atPath: receivedFolder(of: session))
        // Only when nothing else is in it.
        rmdir(folder(of: session))
    }

    /// Everything of a session; what cannot be removed now is removed by the sweep at the next start.
    func remove(_ session: String) {
        try? FileManager.default.removeItem(atPath: folder(of: session))
    }

    /// The sessions that have a folder.
    func sessions() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    /// A mapping's identifier as a file name: nothing in it can leave the folder.
    private static func fileName(_ mapping: String) -> String {
        var name = ""
        for byte in mapping.utf8 {
            let character = Character(UnicodeScalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || character == "_" || character == "-" {
                name.append(character)
            } else {
                name += "%" + [byte].hexadecimal
            }
        }
        // 255 bytes is the most that file systems take, and an ending has to fit.
        return name.utf8.count <= 200 ? name : String(name.prefix(150)) + "%" + mapping.utf8.digest
    }
}
