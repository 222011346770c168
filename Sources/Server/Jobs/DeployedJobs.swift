import API
import Storage
import WeirConfiguration

/// UJ_Jobs and UJ_Tasks: what is deployed, for those who look by SQL (REFERENCE §3). The server itself reads the model.
enum DeployedJobs {
    static func mirror(_ jobs: [Job], _ transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM UJ_Tasks")
        try transaction.execute("DELETE FROM UJ_Jobs")
        for job in jobs {
            try transaction.execute(
                """
                INSERT INTO UJ_Jobs (Identifier, DisplayName, Agent, CronTabExpression, CronTimeZone, IsIncremental,
                  IsConnectorJob, IsInitializationJob, UserStartDenied)
                VALUES (\(job.identifier), \(job.displayName), \(bound: job.agent), \(bound: job.cron), \(job.cronTimeZone.rawValue),
                  \(job.isIncremental), \(job.isConnectorJob), \(job.isInitialization), \(job.userStartDenied))
                """)
            for (order, task) in job.tasks.enumerated() {
                try transaction.execute(
                    """
                    INSERT INTO UJ_Tasks (Job, TaskOrder, Identifier, DisplayName, Element, Level, Connector)
                    VALUES (\(job.identifier), \(order), \(task.identifier), \(task.displayName), \(task.element),
                      \(bound: task.level), \(bound: task.connector))
                    """)
            }
        }
    }
}
