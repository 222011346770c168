/// Jobs and their executions (REFERENCE §3), the deployed configuration, access and audit.
struct CreateServerTables: Migration {
    let name = "0002-server"

    func run(_ transaction: any Transaction) throws {
        try createJobs(transaction)
        try createInstances(transaction)
        try createConfiguration(transaction)
        try createAccess(transaction)
    }

    /// The deployed jobs and tasks, as people look them up by SQL.
    private func createJobs(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        try transaction.execute(
            """
            CREATE TABLE UJ_Jobs (
              Identifier \(sql: text) NOT NULL PRIMARY KEY, DisplayName \(sql: text) NOT NULL, Agent \(sql: text),
              CronTabExpression \(sql: text), CronTimeZone \(sql: integer) NOT NULL,
              IsIncremental \(sql: integer) NOT NULL, IsConnectorJob \(sql: integer) NOT NULL,
              IsInitializationJob \(sql: integer) NOT NULL, UserStartDenied \(sql: integer) NOT NULL)
            """)
        try transaction.execute(
            """
            CREATE TABLE UJ_Tasks (
              Job \(sql: text) NOT NULL, TaskOrder \(sql: integer) NOT NULL, Identifier \(sql: text) NOT NULL,
              DisplayName \(sql: text) NOT NULL, Element \(sql: text) NOT NULL, Level \(sql: integer),
              Connector \(sql: text), PRIMARY KEY (Job, TaskOrder))
            """)
    }

    private func createInstances(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        try transaction.execute(
            """
            CREATE TABLE UJ_JobInstances (
              Id \(sql: text) NOT NULL PRIMARY KEY, Job \(sql: text) NOT NULL, State \(sql: text) NOT NULL,
              Agent \(sql: text), Installation \(sql: text), RequestedBy \(sql: text) NOT NULL,
              IsForced \(sql: integer) NOT NULL, IsForceGranted \(sql: integer) NOT NULL,
              CancelRequested \(sql: integer) NOT NULL, RequestedAt \(sql: text) NOT NULL, StartedAt \(sql: text),
              EndedAt \(sql: text), ReportedAt \(sql: text) NOT NULL, ResumeApprovedAt \(sql: text),
              Message \(sql: text))
            """)
        try transaction.execute(
            "CREATE INDEX UJ_JobInstances_History ON UJ_JobInstances (Job, RequestedAt, Id)")
        try transaction.execute("CREATE INDEX UJ_JobInstances_Newest ON UJ_JobInstances (RequestedAt, Id)")
        try transaction.execute("CREATE INDEX UJ_JobInstances_State ON UJ_JobInstances (State)")
        // One instance of a job at a time (DESIGN §7), whatever races.
        try transaction.execute(
            """
            CREATE UNIQUE INDEX UJ_JobInstances_Occupant ON UJ_JobInstances (Job)
              WHERE State IN ('requested', 'running', 'cancelling')
            """)
        try transaction.execute(
            """
            CREATE TABLE UJ_TaskInstances (
              Id \(sql: text) NOT NULL PRIMARY KEY, JobInstance \(sql: text) NOT NULL, Task \(sql: text) NOT NULL,
              TaskOrder \(sql: integer) NOT NULL, State \(sql: text) NOT NULL, Produced \(sql: integer) NOT NULL,
              StartedAt \(sql: text), EndedAt \(sql: text), Message \(sql: text), Counters \(sql: text) NOT NULL,
              ProgressPhase \(sql: text), ProgressRows \(sql: integer), ProgressTotalRows \(sql: integer),
              Session \(sql: text))
            """)
        try transaction.execute(
            "CREATE INDEX UJ_TaskInstances_JobInstance ON UJ_TaskInstances (JobInstance, TaskOrder, Id)")
        try transaction.execute(
            """
            CREATE TABLE UJ_TaskLogs (
              TaskInstance \(sql: text) NOT NULL, Line \(sql: integer) NOT NULL, WrittenAt \(sql: text) NOT NULL,
              Message \(sql: text) NOT NULL, PRIMARY KEY (TaskInstance, Line))\(sql: transaction.dialect.clustered)
            """)
    }

    /// What is deployed, item by item, and the number that says when it changed.
    private func createConfiguration(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        try transaction.execute(
            """
            CREATE TABLE UC_Items (
              Kind \(sql: text) NOT NULL, Identity \(sql: text) NOT NULL, Origin \(sql: text) NOT NULL,
              Content \(sql: text) NOT NULL, PRIMARY KEY (Kind, Identity))
            """)
        try transaction.execute(
            """
            CREATE TABLE UC_Revisions (
              Revision \(sql: integer) NOT NULL PRIMARY KEY, DeployedAt \(sql: text) NOT NULL,
              DeployedBy \(sql: text) NOT NULL, Changes \(sql: text) NOT NULL)
            """)
    }

    private func createAccess(_ transaction: any Transaction) throws {
        let text = transaction.dialect.text
        let integer = transaction.dialect.integer
        try transaction.execute(
            """
            CREATE TABLE UA_SigningKeys (
              Id \(sql: text) NOT NULL PRIMARY KEY, PrivateKey \(sql: text) NOT NULL, MadeAt \(sql: text) NOT NULL)
            """)
        try transaction.execute(
            """
            CREATE TABLE UA_Users (
              Name \(sql: text) NOT NULL PRIMARY KEY, Profile \(sql: text) NOT NULL, Salt \(sql: text) NOT NULL,
              PasswordHash \(sql: text) NOT NULL, Cost \(sql: integer) NOT NULL, AddedAt \(sql: text) NOT NULL)
            """)
        try transaction.execute(
            """
            CREATE TABLE UA_SignIns (
              TokenHash \(sql: text) NOT NULL PRIMARY KEY, UserName \(sql: text) NOT NULL,
              FormToken \(sql: text) NOT NULL, SignedInAt \(sql: text) NOT NULL, UsedAt \(sql: text) NOT NULL)
            """)
        try transaction.execute("CREATE INDEX UA_SignIns_UsedAt ON UA_SignIns (UsedAt)")
        try transaction.execute(
            """
            CREATE TABLE UA_Audit (
              Id \(sql: transaction.dialect.identity), RecordedAt \(sql: text) NOT NULL, Action \(sql: text) NOT NULL,
              Actor \(sql: text) NOT NULL, Subject \(sql: text) NOT NULL, Detail \(sql: text) NOT NULL)
            """)
        // Append-only: what is recorded is neither changed nor removed (DESIGN §12).
        for event in ["UPDATE", "DELETE"] {
            try keepAudit(from: event, transaction)
        }
    }

    private func keepAudit(from event: String, _ transaction: any Transaction) throws {
        switch transaction.dialect {
        case .sqlite:
            try transaction.execute(
                """
                CREATE TRIGGER \(identifier: "UA_Audit_No" + event) BEFORE \(identifier: event) ON UA_Audit
                BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END
                """)
        case .postgresql:
            try transaction.execute(
                """
                CREATE RULE \(identifier: "UA_Audit_No" + event) AS ON \(identifier: event) TO UA_Audit
                DO INSTEAD NOTHING
                """)
        }
    }
}
