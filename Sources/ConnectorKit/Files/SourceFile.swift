import Foundation

/// A file of a managed system, open for reading; only ``SourceRoots`` opens one.
package final class SourceFile {
    /// The setting that names it and the path, for messages: `Connections:HRPeople:Path: /srv/hr/people.csv`.
    package let place: String
    let file: OpenedFile

    init(place: String, file: OpenedFile) {
        self.place = place
        self.file = file
    }

    /// A path that opens this very file, whatever has taken its name since.
    package var openPath: String { "/proc/self/fd/\(file.descriptor)" }

    /// What tells whether the file was written to while it was read.
    package struct Stamp: Equatable, Sendable {
        package let byteCount: Int
        let modifiedSeconds: Int
        let modifiedNanoseconds: Int
        let changedSeconds: Int
        let changedNanoseconds: Int
    }

    package func stamp() throws(ConnectorError) -> Stamp {
        do {
            let status = try file.status()
            #if os(Linux)
                let (modified, changed) = (status.st_mtim, status.st_ctim)
            #else
                let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
            #endif
            return Stamp(
                byteCount: Int(status.st_size), modifiedSeconds: modified.tv_sec,
                modifiedNanoseconds: modified.tv_nsec, changedSeconds: changed.tv_sec,
                changedNanoseconds: changed.tv_nsec)
        } catch {
            throw failure(error)
        }
    }

    /// The next bytes, as many as asked for unless the file ends; empty at its end.
    package func read(upTo count: Int) throws(ConnectorError) -> [UInt8] {
        do {
            return try file.read(upTo: count)
        } catch {
            throw failure(error)
        }
    }

    package func seek(to offset: Int) throws(ConnectorError) {
        do {
            try file.seek(to: offset)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: SystemError) -> ConnectorError {
        ConnectorError(
            .sourceUnreadable, place: place, problem: "reading the file failed",
            mend: "look after the disk or share that holds it, then run the job again", underlying: error.text,
            recovery: .retry(after: .seconds(60)))
    }
}
