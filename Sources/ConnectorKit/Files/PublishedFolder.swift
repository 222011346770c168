import CFileSystem
import Foundation

/// `<TempFolderPath>/ExportOutput`: where people and scripts find what was exported (REFERENCE §10).
package struct PublishedFolder: Sendable {
    private let folder: OutputFolder

    package init(_ path: String, calls: FileCalls = .system) {
        folder = OutputFolder(path, calls: calls)
    }

    package var path: String { folder.path }

    package func path(of table: String) -> String { folder.path(of: table + ".csv") }

    /// Makes the readable copy of an exported table: through a temporary name and a rename; sharing the content with
    /// the original where the file system can (a reflink, else a hard link), copying it where it cannot.
    ///
    /// Weir never writes into a file that has its name, so that a hard link is as good as a copy; whoever edits the
    /// copy in place (instead of replacing it) on a file system without reflinks edits the original.
    package func publish(_ table: ExportedTable) throws(ConnectorError) {
        try folder.make()
        let temporary = folder.path(of: "." + table.name + ".csv" + OutputFile.partialSuffix)
        unlink(temporary)
        do throws(SystemError) {
            if try share(table.path, as: temporary) {
                guard rename(temporary, path(of: table.name)) == 0 else { throw SystemError() }
                // Renaming one name of a file to another name of it does nothing, and leaves both.
                unlink(temporary)
                return
            }
        } catch {
            unlink(temporary)
            throw OutputFile.failure(path(of: table.name), "the readable copy cannot be made", error)
        }
        try copy(table)
    }

    private func copy(_ table: ExportedTable) throws(ConnectorError) {
        let source: SourceFile
        do throws(SystemError) {
            source = SourceFile(place: table.path, file: try OpenedFile(reading: table.path, followingLinks: false))
        } catch {
            throw OutputFile.failure(table.path, "the exported table cannot be read again", error)
        }
        let copy = try folder.create(table.name + ".csv")
        while try copy.copy(from: source, upTo: 64 << 20) > 0 {}
        try copy.commit()
    }

    /// Removes the copies of a connection's tables, before it is exported anew and when that failed.
    package func removeTables(of connection: String) throws(ConnectorError) {
        try folder.removeTables(of: connection)
    }

    /// Whether a second name or a reflink could be made.
    private func share(_ original: String, as temporary: String) throws(SystemError) -> Bool {
        let source = try OpenedFile(reading: original, followingLinks: false)
        let target = try OpenedFile(path: temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        if weir_clone(source.descriptor, target.descriptor) == 0 { return true }
        unlink(temporary)
        return link(original, temporary) == 0
    }
}
