/// What the database refuses, in words that name the file and the mend.
package struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// The disk, or the size the database may have, is used up.
        case full
        /// Another process holds the database's lock.
        case busy
        case readOnly
        case cannotOpen
        case corrupt
        case notADatabase
        /// A row breaks a rule of a table: a key that exists already, a missing value.
        case constraint
        /// A newer Weir made this schema.
        case newerSchema
        /// A kind of database that this version does not speak.
        case notSupported
        case invalidConnectionString
        /// The disk or network gave an error.
        case inputOutput
        /// A statement of ours that the database does not accept.
        case statement
    }

    package var code: Code
    /// Names thing, place and mend.
    package var detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    package var description: String { detail }

    /// Whether the same call may succeed later, without anybody changing the data.
    package var isTransient: Bool {
        switch code {
        case .full, .busy, .inputOutput: true
        case .readOnly, .cannotOpen, .corrupt, .notADatabase, .constraint, .newerSchema, .notSupported,
            .invalidConnectionString, .statement:
            false
        }
    }
}
