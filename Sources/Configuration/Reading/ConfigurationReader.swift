import Foundation

/// Reads the XML files of a configuration folder (REFERENCE §2): every `*.xml` in it and in its sub-folders, sorted.
///
/// Hidden files and folders, and `*.generated.xml`, which an export writes for reading, are left out. A symbolic link
/// that leads out of the folder is refused. Problems of all files are collected.
package struct ConfigurationReader {
    package static let namespace = "urn:schemas-usercube-com:configuration"
    package static let sizeLimit = 64 * 1024 * 1024
    /// What the names of files end with that an export writes for reading only.
    package static let generatedSuffix = ".generated.xml"

    package private(set) var elements: [Element] = []
    package private(set) var problems: [Problem] = []
    private var seenFolders: Set<String> = []
    private var seenFiles: Set<String> = []

    /// Reads a folder; what cannot be read is in `problems`.
    package static func read(folder path: String) -> ConfigurationReader {
        var reader = ConfigurationReader()
        let root = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue else {
            reader.report(
                nil, "the configuration folder \"\(path)\" does not exist or is no folder; name the folder of XML files"
            )
            return reader
        }
        let files = reader.files(in: root, shownAs: name, root: root)
        if files.isEmpty, reader.problems.isEmpty {
            reader.report(
                nil, "the configuration folder \"\(path)\" holds no XML file; nothing can be deployed from it")
        }
        for file in files.sorted(by: { $0.shown < $1.shown }) {
            reader.read(path: file.path, shownAs: file.shown)
        }
        return reader
    }

    private struct File {
        var path: String
        var shown: String
    }

    private mutating func files(in folder: String, shownAs shown: String, root: String) -> [File] {
        guard seenFolders.insert(folder).inserted else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            report(SourceLocation(file: shown, line: 1), "the folder cannot be read; give its reader the permission")
            return []
        }
        var found: [File] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = folder + "/" + name
            let shownPath = shown + "/" + name
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let isXML = name.lowercased().hasSuffix(".xml")
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: real, isDirectory: &isFolder)
            guard real == root || real.hasPrefix(root + "/") else {
                if isXML || isFolder.boolValue {
                    report(
                        SourceLocation(file: shownPath, line: 1),
                        "this symbolic link leads out of the configuration folder, which is refused; copy the file here"
                    )
                }
                continue
            }
            if isFolder.boolValue {
                found += files(in: real, shownAs: shownPath, root: root)
            } else if isXML, !exists {
                report(SourceLocation(file: shownPath, line: 1), "this symbolic link leads nowhere; remove it")
            } else if isXML, name.hasSuffix(Self.generatedSuffix) {
                problems.append(
                    Problem(
                        .notice, at: SourceLocation(file: shownPath, line: 1),
                        "is not deployed: files named *\(Self.generatedSuffix) are what an export writes for reading"))
            } else if isXML, seenFiles.insert(real).inserted {
                found.append(File(path: real, shown: shownPath))
            }
        }
        return found
    }

    private mutating func read(path: String, shownAs file: String) {
        let start = SourceLocation(file: file, line: 1)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            report(start, "the file cannot be read; give its reader the permission")
            return
        }
        defer { try? handle.close() }
        do {
            let data = try handle.read(upToCount: Self.sizeLimit + 1) ?? Data()
            guard data.count <= Self.sizeLimit else {
                report(start, "the file is larger than 64 MB, which is refused; split it")
                return
            }
            read(bytes: [UInt8](data), file: file)
        } catch {
            report(start, "the file cannot be read: \(error.localizedDescription)")
        }
    }

    /// Reads one file's bytes; `file` is the name that messages show.
    package mutating func read(bytes: [UInt8], file: String) {
        switch XMLDocumentParser.parse(bytes, file: file) {
        case .failure(let problem):
            problems.append(problem)
        case .success(let root):
            guard root.element.name == "ConfigurationFile", root.namespace == Self.namespace else {
                report(
                    root.element.location,
                    "the root element is <\(root.element.name)> of the namespace \"\(root.namespace ?? "")\"; it must be "
                        + "<ConfigurationFile xmlns=\"\(Self.namespace)\">")
                return
            }
            if !root.element.text.isEmpty {
                report(root.element.location, "there is text between the elements of <ConfigurationFile>; remove it")
            }
            elements += root.element.children
        }
    }

    package init() {}

    private mutating func report(_ location: SourceLocation?, _ message: String) {
        problems.append(Problem(.error, at: location, message))
    }
}
