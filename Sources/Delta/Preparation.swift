/// What is to be prepared: one mapping's part of one exported file (REFERENCE §11, DESIGN §5).
package struct Preparation: Sendable {
    /// What a row stands for.
    package enum Kind: Sendable, Equatable {
        /// A resource; one key, or two columns that are the key together.
        case entries
        /// A link between two resources; two keys. Where pairs stand in an entity's table (a manager column), `owner` is
        /// the side (0 or 1, an index into `keys`) that holds the row's own key: one row a key, and what happens to a
        /// row happens to the pairs of its key.
        case pairs(owner: Int?)
    }

    /// The mapping's identifier: `<name>.sorted.csv`, `.sorted.delta`, `.nullpk.csv`, `.duplicates.csv`,
    /// `.rejected.csv`, and `.carried.csv` where rows were carried.
    package var name: String
    package var input: String
    package var format: CSVFormat
    /// The file's name as `.rejected.csv` shows it.
    package var inputName: String
    /// What is written, in this order.
    package var columns: [Column]
    /// Indices into `columns`: one (or two) for entries, two for pairs.
    package var keys: [Int]
    package var kind: Kind
    /// Checked like `columns` but not written, so that the pairs of a row that its entity mapping rejects are carried.
    /// Such a row is neither listed again nor counted against `maximumRejectedPercentage`.
    package var checkedColumns: [Column]
    package var writesRejected: Bool
    /// False where nobody reads the changes (Initial, Complete); they are counted anyway.
    package var writesDelta: Bool
    /// The image of the last version: canonical, sorted, with header. nil: none.
    package var previous: String?
    /// What a change feed is applied to, where that is another image than the one to compare with: the source's last
    /// content, of which changes are held (DESIGN §8). nil: `previous`.
    package var feedBase: String?
    /// Where the input's header has this column (any case), the input is a change feed: insert, update, delete, merge,
    /// also add and modify, in any case. nil: never a feed.
    package var commandColumn: String?
    /// Whether a change feed names everything there is, so that a row of `previous` that it does not name is gone: a full
    /// export by a connector that writes commands.
    package var isCompleteFeed: Bool
    /// Must exist.
    package var outputDirectory: String
    /// Bytes for rows while sorting; the process needs about 60 MB more at most.
    package var memoryBudget: Int
    /// Row hashes and buckets of the new image (DESIGN §6).
    package var digests: Bool
    /// The association whose links are hashed; nil: `name`. See `RowHasher`.
    package var digestIdentifier: String?
    /// SHA-256 of each output file.
    package var checksums: Bool
    /// Rejected rows in percent of the rows read above which the call throws; 0: off.
    package var maximumRejectedPercentage: Int
    /// Whether an input without rows is valid although the previous image has some.
    package var allowsEmpty: Bool
    /// Whether the files are on stable storage (fsync) when the call returns.
    package var isDurable: Bool
    package var progress: (@Sendable (Progress) -> Void)?
    /// Asked now and then; true ends the call with the error `cancelled`. The current task's cancellation counts too.
    package var isCancelled: (@Sendable () -> Bool)?

    /// Bytes of the input read at once; a record may be longer.
    var windowSize = 256 << 10

    package init(
        name: String, input: String, format: CSVFormat = .canonical, inputName: String? = nil, columns: [Column],
        keys: [Int] = [0], kind: Kind = .entries, checkedColumns: [Column] = [], writesRejected: Bool = true,
        writesDelta: Bool = true, previous: String? = nil, feedBase: String? = nil, commandColumn: String? = nil,
        isCompleteFeed: Bool = false, outputDirectory: String,
        memoryBudget: Int = 160 << 20, digests: Bool = false, digestIdentifier: String? = nil,
        checksums: Bool = false, maximumRejectedPercentage: Int = 5, allowsEmpty: Bool = false, isDurable: Bool = true,
        progress: (@Sendable (Progress) -> Void)? = nil, isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.name = name
        self.input = input
        self.format = format
        self.inputName = inputName ?? (input.split(separator: "/").last.map(String.init) ?? input)
        self.columns = columns
        self.keys = keys
        self.kind = kind
        self.checkedColumns = checkedColumns
        self.writesRejected = writesRejected
        self.writesDelta = writesDelta
        self.previous = previous
        self.feedBase = feedBase
        self.commandColumn = commandColumn
        self.isCompleteFeed = isCompleteFeed
        self.outputDirectory = outputDirectory
        self.memoryBudget = memoryBudget
        self.digests = digests
        self.digestIdentifier = digestIdentifier
        self.checksums = checksums
        self.maximumRejectedPercentage = maximumRejectedPercentage
        self.allowsEmpty = allowsEmpty
        self.isDurable = isDurable
        self.progress = progress
        self.isCancelled = isCancelled
    }
}
