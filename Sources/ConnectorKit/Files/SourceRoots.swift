import Foundation

/// `SourcesRootPaths`: the folders that file-based connections may read, everything below them included
/// (REFERENCE §9). None listed: nothing may be read.
///
/// What counts is where a file really lies, after links and `..`. It is looked at again once the file is open, so
/// that exchanging a folder or a file for a link in between opens nothing else. A hard link inside a root is a file
/// of that root.
package struct SourceRoots: Sendable, Equatable {
    /// As written; relative ones start at the working directory.
    package let paths: [String]

    package init(_ paths: [String]) {
        self.paths = paths
    }

    /// Opens a regular file inside the roots.
    ///
    /// - Parameter setting: the key that names the path, for the message.
    package func open(_ path: String, setting: String) throws(ConnectorError) -> SourceFile {
        try open(path, setting: setting, whenResolved: {})
    }

    /// - Parameter whenResolved: what a test lets happen between the look at the path and the opening.
    func open(_ path: String, setting: String, whenResolved: () -> Void) throws(ConnectorError) -> SourceFile {
        let place = "\(setting): \(path)"
        let resolved = try resolve(path, setting: setting)
        // A look before opening, because opening a device may do something.
        guard OpenedFile.isRegularFile(resolved) else { throw notAFile(place: place) }
        whenResolved()
        let file: OpenedFile
        let status: stat
        let actual: String?
        do throws(SystemError) {
            file = try OpenedFile(reading: resolved, followingLinks: false)
            status = try file.status()
            actual = try actualPath(of: file, openedAs: resolved)
        } catch {
            throw unreadable(error, place: place)
        }
        guard let actual, contains(actual) else { throw outside(path, resolved: actual ?? resolved, setting: setting) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw notAFile(place: place) }
        return SourceFile(place: place, file: file)
    }

    /// The names in a folder inside the roots, in no particular order.
    package func names(in folder: String, setting: String) throws(ConnectorError) -> [String] {
        let resolved = try resolve(folder, setting: setting)
        guard let opened = opendir(resolved) else {
            throw unreadable(SystemError(), place: "\(setting): \(folder)")
        }
        defer { closedir(opened) }
        var names: [String] = []
        while let entry = readdir(opened) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// When a file in the roots came into being: its birth, or its last modification where the file system knows no
    /// birth; nanoseconds since 1970. Nil for what is no regular file in the roots.
    package func creationTime(of path: String) -> Int? {
        guard let resolved = OpenedFile.resolved(path), contains(resolved), OpenedFile.isRegularFile(resolved)
        else { return nil }
        return FileTimes.creation(of: resolved)
    }

    /// The real path, which lies in a root.
    private func resolve(_ path: String, setting: String) throws(ConnectorError) -> String {
        guard !paths.isEmpty else {
            throw ConnectorError(
                .sourceOutsideRoots, place: "\(setting): \(path)",
                problem: "may not be read, because SourcesRootPaths lists no folder",
                mend: "list the folder that holds it under SourcesRootPaths in appsettings.agent.json")
        }
        if let resolved = OpenedFile.resolved(path) {
            guard contains(resolved) else { throw outside(path, resolved: resolved, setting: setting) }
            return resolved
        }
        let error = SystemError()
        // Of what lies outside not even the absence is told.
        let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        if let resolved = OpenedFile.resolved(parent), !contains(resolved) {
            throw outside(path, resolved: resolved, setting: setting)
        }
        throw unreadable(error, place: "\(setting): \(path)")
    }

    private func contains(_ resolved: String) -> Bool {
        paths.contains { root in
            guard let real = OpenedFile.resolved(root) else { return false }
            return real == "/" || resolved == real || resolved.hasPrefix(real + "/")
        }
    }

    /// Where an open file lies: what the kernel says, or where there is no /proc, the path if it still leads there.
    private func actualPath(of file: OpenedFile, openedAs path: String) throws(SystemError) -> String? {
        if let link = FileTimes.linkTarget("/proc/self/fd/\(file.descriptor)") { return link }
        guard let again = OpenedFile.resolved(path) else { return nil }
        let (opened, found) = (try file.status(), try OpenedFile(reading: again, followingLinks: false).status())
        return opened.st_dev == found.st_dev && opened.st_ino == found.st_ino ? again : nil
    }

    private func outside(_ path: String, resolved: String, setting: String) -> ConnectorError {
        let listed = paths.joined(separator: ", ")
        return ConnectorError(
            .sourceOutsideRoots, place: "\(setting): \(path)",
            problem: "lies outside the folders that may be read (SourcesRootPaths: \(listed)), at \(resolved)",
            mend: "move the file into one of them, or list its folder under SourcesRootPaths in appsettings.agent.json")
    }

    private func notAFile(place: String) -> ConnectorError {
        ConnectorError(
            .sourceNotAFile, place: place, problem: "is no regular file but a folder, pipe or device",
            mend: "name the file itself")
    }

    private func unreadable(_ error: SystemError, place: String) -> ConnectorError {
        switch error.number {
        case ENOENT, ENOTDIR:
            ConnectorError(
                .sourceMissing, place: place, problem: "does not exist",
                mend: "put the file there, or correct the setting; a relative path starts at the agent's working "
                    + "directory",
                recovery: .retry(after: .seconds(60)))
        case EACCES, EPERM:
            ConnectorError(
                .sourceUnreadable, place: place, problem: "may not be read by the agent's user",
                mend: "give that user the right to read it", underlying: error.text)
        default:
            ConnectorError(
                .sourceUnreadable, place: place, problem: "cannot be opened",
                mend: "look after the disk or share that holds it, then run the job again", underlying: error.text,
                recovery: .retry(after: .seconds(60)))
        }
    }
}
