/// A file that an export writes.
package struct ExportedFile: Sendable, Equatable {
    package var name: String
    package var text: String
}
