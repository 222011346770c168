import API
import Foundation
import Storage
import WeirConfiguration
import WeirSynchronization

/// Deploys a configuration: plans against what is deployed and applies the plan in one transaction (REFERENCE §2).
///
/// It needs no HTTP: the first deployment into an empty database, which knows no client yet, calls it directly.
package struct Deployment: Sendable {
    private let database: any Database
    private let engine: SynchronizationEngine
    private let clock: @Sendable () -> Date

    package init(
        database: any Database, engine: SynchronizationEngine, clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.database = database
        self.engine = engine
        self.clock = clock
    }

    /// Deploys a folder of XML files.
    package func deploy(
        folder: String, simulateOnly: Bool, forceCascadeDelete: Bool, by caller: String
    ) async throws -> DeploymentReport {
        try await deploy(
            ConfigurationFolder.load(folder), simulateOnly: simulateOnly, forceCascadeDelete: forceCascadeDelete,
            by: caller)
    }

    /// Deploys the files of a folder that was read elsewhere.
    package func deploy(
        files: [ConfigurationFile], simulateOnly: Bool, forceCascadeDelete: Bool, by caller: String
    ) async throws -> DeploymentReport {
        try await deploy(
            Self.load(files), simulateOnly: simulateOnly, forceCascadeDelete: forceCascadeDelete, by: caller)
    }

    private static func load(_ files: [ConfigurationFile]) -> LoadedConfiguration {
        var reader = ConfigurationReader()
        for file in files.sorted(by: { $0.path < $1.path }) {
            reader.read(bytes: Array(file.text.utf8), file: file.path)
        }
        return ConfigurationFolder.load(elements: reader.elements, readingProblems: reader.problems)
    }

    private func deploy(
        _ wanted: LoadedConfiguration, simulateOnly: Bool, forceCascadeDelete: Bool, by caller: String
    ) async throws -> DeploymentReport {
        let notices = wanted.notices.map(\.description)
        guard let model = wanted.model else {
            return DeploymentReport(
                changes: [], notices: notices, errors: wanted.errors.map(\.description), isApplied: false)
        }
        let now = clock()
        let step: @Sendable (any Transaction) throws -> Outcome = { transaction in
            let deployed = try ConfigurationStore.items(transaction)
            let plan = try DeploymentPlan.plan(from: deployed, to: wanted.items)
            var report = DeploymentReport(changes: plan.lines, notices: notices, errors: [], isApplied: false)
            let old = deployed.isEmpty ? nil : try ConfigurationStore.model(of: deployed)
            let losses = try engine.dataLoss(of: plan.dataLossRisks, transaction)
            let sentences = losses.map { "\($0.description): \($0.resourceCount) stored resources or links" }
            if !losses.isEmpty, !forceCascadeDelete {
                report.errors = sentences.map { "\($0); deploy with --force-cascade-delete if losing them is wanted" }
                return Outcome(report: report)
            }
            report.notices += sentences
            guard !simulateOnly else { return Outcome(report: report) }
            report.isApplied = true
            guard !plan.isEmpty else { return Outcome(report: report) }
            let superseded = try apply(plan, from: old, to: model, transaction)
            try record(plan, by: caller, at: now, transaction)
            return Outcome(report: report, superseded: superseded)
        }
        let outcome = simulateOnly ? try await database.read(step) : try await database.write(step)
        engine.deployed(superseding: outcome.superseded)
        return outcome.report
    }

    /// To be called when a server starts: what an older version of Weir left in the database becomes this one's.
    package func adoptVersion(of configuration: ConfigurationStore) async throws {
        let (revision, model) = try await configuration.current()
        let superseded = try await database.write { transaction -> [String] in
            // What was deployed in between has done the same.
            guard try ConfigurationStore.revision(transaction) == revision else { return [] }
            return try engine.adoptVersion(model, transaction)
        }
        engine.deployed(superseding: superseded)
    }

    private struct Outcome: Sendable {
        var report: DeploymentReport
        /// Sessions that can no longer be applied.
        var superseded: [String] = []
    }

    private func apply(
        _ plan: DeploymentPlan, from old: Model?, to model: Model, _ transaction: any Transaction
    ) throws -> [String] {
        for change in plan.changes {
            let item = change.item
            switch change.action {
            case .insert, .update:
                try transaction.execute(
                    """
                    INSERT INTO UC_Items (Kind, Identity, Origin, Content)
                    VALUES (\(item.kind), \(item.identity), \(item.origin.rawValue), \(item.xml))
                    ON CONFLICT (Kind, Identity) DO UPDATE SET Origin = excluded.Origin, Content = excluded.Content
                    """)
            case .delete:
                try transaction.execute(
                    "DELETE FROM UC_Items WHERE Kind = \(item.kind) AND Identity = \(item.identity)")
            }
        }
        try DeployedJobs.mirror(model.jobs, transaction)
        return try engine.applyModelChange(from: old, to: model, transaction)
    }

    private func record(
        _ plan: DeploymentPlan, by caller: String, at now: Date, _ transaction: any Transaction
    ) throws {
        let revision = try ConfigurationStore.revision(transaction) + 1
        try transaction.execute(
            """
            INSERT INTO UC_Revisions (Revision, DeployedAt, DeployedBy, Changes)
            VALUES (\(revision), \(Timestamp.text(now)), \(caller), \(plan.lines.joined(separator: "\n")))
            """)
        try AuditLog.record(
            .deployed, by: caller, subject: "revision \(revision)", detail: "\(plan.changes.count) changes", at: now,
            transaction)
    }
}
