/// The resource tables of REFERENCE §3, and what Weir keeps beside them to synchronize (DESIGN §4, §6).
struct CreateSynchronizationTables: Migration {
    let name = "0001-synchronization"

    func run(_ transaction: any Transaction) throws {
        try createResources(transaction)
        try createChanges(transaction)
        try createSessions(transaction)
        try createPairs(transaction)
    }

    private func createResources(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        let identity = transaction.dialect.identity
        let scalars = scalarColumns.map { "\(identifier: $0) \(sql: text)" as SQL }.joined()
        let navigations = (128...152).map { "\(identifier: "I" + base32($0)) \(sql: integer)" as SQL }.joined()
        try transaction.execute(
            """
            CREATE TABLE UR_Resources (
              Id \(sql: identity), Type \(sql: text) NOT NULL, InternalDisplayName \(sql: text),
              Dirty \(sql: integer) NOT NULL DEFAULT 0, \(sql: scalars), \(sql: navigations))
            """)
        try transaction.execute(
            "CREATE INDEX UR_Resources_DisplayName ON UR_Resources (Type, InternalDisplayName)")
        try transaction.execute(
            """
            CREATE TABLE UR_ResourceLinks (
              Type \(sql: text) NOT NULL, R1_Id \(sql: integer) NOT NULL, R2_Id \(sql: integer) NOT NULL,
              PRIMARY KEY (Type, R1_Id, R2_Id))\(sql: transaction.dialect.clustered)
            """)
        try transaction.execute("CREATE INDEX UR_ResourceLinks_Back ON UR_ResourceLinks (Type, R2_Id, R1_Id)")
        try transaction.execute(
            """
            CREATE TABLE UR_ResourceFiles (
              Id \(sql: identity), Resource_Id \(sql: integer) NOT NULL, Property \(sql: text) NOT NULL,
              Value \(sql: transaction.dialect.blob), UNIQUE (Resource_Id, Property))
            """)
    }

    /// A change row holds the values after the change in the columns of UR_Resources, and those before it as a JSON
    /// object by property identifier.
    private func createChanges(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        let identity = transaction.dialect.identity
        let scalars = scalarColumns.map { "\(identifier: $0) \(sql: text)" as SQL }.joined()
        try transaction.execute(
            """
            CREATE TABLE UR_ResourceChanges (
              Id \(sql: identity), Session \(sql: text) NOT NULL, Mapping \(sql: text) NOT NULL,
              Operation \(sql: text) NOT NULL, Resource_Id \(sql: integer), KeyValue \(sql: text), \(sql: scalars),
              Before \(sql: text))
            """)
        try transaction.execute(
            "CREATE INDEX UR_ResourceChanges_Session ON UR_ResourceChanges (Session, Mapping, Operation, Id)")
        try transaction.execute(
            """
            CREATE TABLE UR_ResourceLinkChanges (
              Id \(sql: identity), Session \(sql: text) NOT NULL, Mapping \(sql: text) NOT NULL,
              Operation \(sql: text) NOT NULL, Key1 \(sql: text) NOT NULL, Key2 \(sql: text) NOT NULL,
              R1_Id \(sql: integer), R2_Id \(sql: integer))
            """)
        try transaction.execute(
            "CREATE INDEX UR_ResourceLinkChanges_Session ON UR_ResourceLinkChanges (Session, Mapping, Operation, Id)")
        try transaction.execute(
            """
            CREATE TABLE UR_ResourceFileChanges (
              Id \(sql: identity), Session \(sql: text) NOT NULL, Mapping \(sql: text) NOT NULL,
              Operation \(sql: text) NOT NULL, Resource_Id \(sql: integer), KeyValue \(sql: text),
              Property \(sql: text) NOT NULL, Value \(sql: transaction.dialect.blob))
            """)
        try transaction.execute(
            "CREATE INDEX UR_ResourceFileChanges_Session ON UR_ResourceFileChanges (Session, Mapping, Operation, Id)")
    }

    private func createSessions(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        try transaction.execute(
            """
            CREATE TABLE US_Connectors (
              Connector \(sql: text) NOT NULL PRIMARY KEY, Version \(sql: integer) NOT NULL,
              VersionSession \(sql: text) NOT NULL, Fingerprint \(sql: text) NOT NULL, VerifiedAt \(sql: text),
              BlockedSince \(sql: text), BlockedSession \(sql: text))
            """)
        try transaction.execute(
            """
            CREATE TABLE US_Leases (
              Connector \(sql: text) NOT NULL PRIMARY KEY, Token \(sql: integer) NOT NULL,
              Installation \(sql: text) NOT NULL, Agent \(sql: text) NOT NULL, JobInstance \(sql: text) NOT NULL,
              ExpiresAt \(sql: text) NOT NULL, IsReleased \(sql: integer) NOT NULL)
            """)
        try transaction.execute(
            """
            CREATE TABLE US_Sessions (
              Sequence \(sql: transaction.dialect.identity), Id \(sql: text) NOT NULL UNIQUE,
              Connector \(sql: text) NOT NULL, Mode \(sql: integer) NOT NULL, Content \(sql: text) NOT NULL,
              State \(sql: text) NOT NULL, BaseNumber \(sql: integer), BaseSession \(sql: text),
              ResultNumber \(sql: integer), ResultSession \(sql: text), Fingerprint \(sql: text) NOT NULL,
              JobInstance \(sql: text) NOT NULL, TaskInstance \(sql: text) NOT NULL,
              SynchronizeTask \(sql: text), LeaseToken \(sql: integer) NOT NULL, OpenedBy \(sql: text) NOT NULL,
              OpenedAt \(sql: text) NOT NULL, SealedAt \(sql: text), EndedAt \(sql: text),
              Definition \(sql: text) NOT NULL, Options \(sql: text), Roots \(sql: text), Counters \(sql: text),
              Violations \(sql: text), Loaded \(sql: text), Detail \(sql: text), ChangeSet \(sql: text),
              ApprovedBy \(sql: text), FlagsSetAt \(sql: text))
            """)
        try transaction.execute("CREATE INDEX US_Sessions_Connector ON US_Sessions (Connector, Sequence)")
        try transaction.execute("CREATE INDEX US_Sessions_JobInstance ON US_Sessions (JobInstance, Sequence)")
        try transaction.execute(
            """
            CREATE UNIQUE INDEX US_Sessions_Live ON US_Sessions (Connector)
              WHERE State IN ('open', 'sealed', 'applying')
            """)
        try transaction.execute(
            "CREATE UNIQUE INDEX US_Sessions_Blocked ON US_Sessions (Connector) WHERE State = 'blocked'")
        try transaction.execute(
            """
            CREATE TABLE US_SessionFiles (
              Session \(sql: text) NOT NULL, Mapping \(sql: text) NOT NULL, Bytes \(sql: integer) NOT NULL,
              Sha256 \(sql: text) NOT NULL, ReceivedAt \(sql: text) NOT NULL, Sealed \(sql: text),
              PRIMARY KEY (Session, Mapping))
            """)
        try transaction.execute(
            """
            CREATE TABLE US_Approvals (
              Id \(sql: transaction.dialect.identity), Session \(sql: text) NOT NULL, ChangeSet \(sql: text) NOT NULL,
              Decision \(sql: text) NOT NULL, DecidedBy \(sql: text) NOT NULL, DecidedAt \(sql: text) NOT NULL,
              Reason \(sql: text))
            """)
        try transaction.execute("CREATE INDEX US_Approvals_Session ON US_Approvals (Session)")
    }

    private func createPairs(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        let clustered = transaction.dialect.clustered
        try transaction.execute(
            """
            CREATE TABLE US_Pairs (
              Mapping \(sql: text) NOT NULL, Key1 \(sql: text) NOT NULL, Key2 \(sql: text) NOT NULL,
              Hash \(sql: transaction.dialect.blob), R1_Id \(sql: integer), R2_Id \(sql: integer),
              PRIMARY KEY (Mapping, Key1, Key2))\(sql: clustered)
            """)
        try transaction.execute("CREATE INDEX US_Pairs_Back ON US_Pairs (Mapping, Key2, Key1)")
        try transaction.execute(
            """
            CREATE TABLE US_Counters (
              Mapping \(sql: text) NOT NULL PRIMARY KEY, Stored \(sql: integer) NOT NULL,
              Orphans \(sql: integer) NOT NULL, Root \(sql: text))
            """)
        try transaction.execute(
            """
            CREATE TABLE US_DigestBuckets (
              Mapping \(sql: text) NOT NULL, Bucket \(sql: integer) NOT NULL, High \(sql: integer) NOT NULL,
              Low \(sql: integer) NOT NULL,
              PRIMARY KEY (Mapping, Bucket))\(sql: clustered)
            """)
    }

    /// C0 … C3V.
    private var scalarColumns: [String] { (0...127).map { "C" + base32($0) } }

    private func base32(_ number: Int) -> String { String(number, radix: 32, uppercase: true) }
}
