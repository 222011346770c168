internal import API
internal import Storage
internal import WeirConfiguration

/// What a new configuration means for stored content. Decided from the two models alone.
struct PhysicalChange {
    /// Entity types whose resources go: they lost their mapping, or their key is another property now.
    private(set) var removals: [String] = []

    /// A stored property whose values go, or move to another column.
    struct Column: Equatable {
        var type: String
        var property: String
        var from: String
        /// nil: the values go.
        var to: String?
    }

    private(set) var columns: [Column] = []
    /// Associations whose pairs go.
    private(set) var unmappings: [LinkPlan] = []
    /// Associations whose links are stored otherwise than before: before and after.
    private(set) var rebindings: [(old: LinkPlan, new: LinkPlan)] = []
    /// Types whose InternalDisplayName shows another property.
    private(set) var renamings: [ResourcePlan] = []
    private let new: Model
    private let old: Model

    init(from old: Model, to new: Model) {
        self.old = old
        self.new = new
        let oldResources = Self.resourcePlans(old)
        let newResources = Self.resourcePlans(new)
        for plan in oldResources {
            compare(plan, newResources.first { $0.type == plan.type })
        }
        let newLinks = Self.linkPlans(new)
        for plan in Self.linkPlans(old) { compare(plan, newLinks.first { $0.mapping == plan.mapping }) }
    }

    private mutating func compare(_ old: ResourcePlan, _ new: ResourcePlan?) {
        guard let new else {
            removals.append(old.type)
            return
        }
        guard old.key.property == new.key.property else {
            removals.append(old.type)
            return
        }
        for field in old.fields {
            let target = new.fields.first { $0.property == field.property }?.column
            if target != field.column {
                columns.append(Column(type: old.type, property: field.property, from: field.column, to: target))
            }
        }
        if old.displayName?.property != new.displayName?.property { renamings.append(new) }
    }

    private mutating func compare(_ old: LinkPlan, _ new: LinkPlan?) {
        guard let new else {
            unmappings.append(old)
            return
        }
        if keys(old, self.old) != keys(new, self.new) {
            unmappings.append(old)
        } else if old != new {
            rebindings.append((old, new))
        }
    }

    private func keys(_ plan: LinkPlan, _ model: Model) -> [PropertyBinding] {
        guard let mapping = model.associationMappings.first(where: { $0.identifier == plan.mapping }) else { return [] }
        return [mapping.side1.key, mapping.side2.key]
    }

    static func resourcePlans(_ model: Model) -> [ResourcePlan] { definitions(model).flatMap(\.resourcePlans) }

    static func linkPlans(_ model: Model) -> [LinkPlan] { definitions(model).flatMap(\.linkPlans) }

    private static func definitions(_ model: Model) -> [ConnectorDefinition] {
        model.connectors.compactMap { try? ConnectorDefinition(of: $0.identifier, in: model) }
    }

    // MARK: Applying

    func apply(_ transaction: any Transaction) throws {
        for plan in unmappings { try clear(plan, transaction) }
        for rebinding in rebindings { try unbind(rebinding.old, transaction) }
        for type in removals { try remove(type, transaction) }
        for type in Set(columns.map(\.type)).sorted() { try move(columns.filter { $0.type == type }, transaction) }
        for plan in renamings { try rename(plan, transaction) }
        try keepIndexes(transaction)
        for rebinding in rebindings {
            let binder = LinkBinder(plan: rebinding.new, transaction: transaction) {
                SQL(identifier: "Deployment_\($0)")
            }
            let mapping = rebinding.new.mapping
            let orphans = try binder.bindAll()
            try transaction.execute("UPDATE US_Counters SET Orphans = Orphans + \(orphans) WHERE Mapping = \(mapping)")
        }
    }

    /// Removes the links of an association wherever they are, and leaves its pairs unbound.
    private func unbind(_ plan: LinkPlan, _ transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM UR_ResourceLinks WHERE Type = \(plan.mapping)")
        for (side, id) in [(plan.side1, "R1_Id" as SQL), (plan.side2, "R2_Id")] {
            guard let column = side.column else { continue }
            try transaction.execute(
                """
                UPDATE UR_Resources SET \(identifier: column) = NULL
                WHERE Id IN (SELECT \(sql: id) FROM US_Pairs WHERE Mapping = \(plan.mapping) AND \(sql: id) IS NOT NULL)
                """)
        }
        try transaction.execute(
            "UPDATE US_Pairs SET R1_Id = NULL, R2_Id = NULL WHERE Mapping = \(plan.mapping) AND R1_Id IS NOT NULL")
        let orphans = try transaction.count("SELECT count(*) FROM US_Pairs WHERE Mapping = \(plan.mapping)")
        try transaction.execute("UPDATE US_Counters SET Orphans = \(orphans) WHERE Mapping = \(plan.mapping)")
    }

    private func clear(_ plan: LinkPlan, _ transaction: any Transaction) throws {
        try unbind(plan, transaction)
        for table in ["US_Pairs", "US_Counters", "US_DigestBuckets"] {
            try transaction.execute("DELETE FROM \(identifier: table) WHERE Mapping = \(plan.mapping)")
        }
    }

    private func remove(_ type: String, _ transaction: any Transaction) throws {
        // Their pairs stay, and bind again when the resources return; links to them go.
        for plan in Self.linkPlans(old) where [plan.side1.entityType, plan.side2.entityType].contains(type) {
            try unbind(plan, transaction)
        }
        try transaction.execute(
            """
            DELETE FROM UR_ResourceFiles WHERE Resource_Id IN (
              SELECT Id FROM UR_Resources WHERE Type = \(literal: type))
            """)
        try transaction.execute("DELETE FROM UR_Resources WHERE Type = \(literal: type)")
        for table in ["US_Counters", "US_DigestBuckets"] {
            try transaction.execute("DELETE FROM \(identifier: table) WHERE Mapping = \(type)")
        }
    }

    /// All moves of a type in one statement, so that columns may be exchanged.
    private func move(_ columns: [Column], _ transaction: any Transaction) throws {
        guard let type = columns.first?.type else { return }
        var values: [String: SQL] = [:]
        for column in columns { values[column.from] = "NULL" }
        for column in columns {
            if let target = column.to { values[target] = SQL(identifier: column.from) }
        }
        let assignments = values.sorted { $0.key < $1.key }.map { "\(identifier: $0.key) = \(sql: $0.value)" as SQL }
        // The old keys' indexes would be kept up for nothing, and a unique one could stand in the way.
        try dropStaleIndexes(transaction)
        try transaction.execute(
            "UPDATE UR_Resources SET \(sql: assignments.joined()) WHERE Type = \(literal: type)")
        if columns.contains(where: { $0.to == nil }) { try DigestStore(transaction: transaction).forget(type) }
    }

    private func rename(_ plan: ResourcePlan, _ transaction: any Transaction) throws {
        let value: SQL = plan.displayName.map { SQL(identifier: $0.column) } ?? "NULL"
        try transaction.execute(
            "UPDATE UR_Resources SET InternalDisplayName = \(sql: value) WHERE Type = \(literal: plan.type)")
    }

    // MARK: Indexes

    private struct Index: Hashable {
        var name: String
        var type: String
        var column: String
        var primaryKey: String
    }

    /// One for every key, unique for the primary one; with the primary key behind another, so that the first of several
    /// resources is found without sorting.
    private static func indexes(_ model: Model) -> Set<Index> {
        var indexes: Set<Index> = []
        for plan in resourcePlans(model) {
            let column = plan.key.column
            indexes.insert(
                Index(
                    name: ResourcePlan.index(plan.type, column: column), type: plan.type, column: column,
                    primaryKey: column))
        }
        for side in linkPlans(model).flatMap({ [$0.side1, $0.side2] }) where !side.isPrimaryKey {
            indexes.insert(
                Index(
                    name: ResourcePlan.index(side.entityType, column: side.keyColumn), type: side.entityType,
                    column: side.keyColumn, primaryKey: side.primaryKeyColumn))
        }
        return indexes
    }

    private func dropStaleIndexes(_ transaction: any Transaction) throws {
        for index in Self.indexes(old).subtracting(Self.indexes(new)).sorted(by: { $0.name < $1.name }) {
            try transaction.execute("DROP INDEX IF EXISTS \(identifier: index.name)")
        }
    }

    private func keepIndexes(_ transaction: any Transaction) throws {
        try dropStaleIndexes(transaction)
        for index in Self.indexes(new).sorted(by: { $0.name < $1.name }) {
            let isUnique = index.column == index.primaryKey
            let columns: SQL =
                isUnique
                ? SQL(identifier: index.column) : "\(identifier: index.column), \(identifier: index.primaryKey)"
            try transaction.execute(
                """
                CREATE \(sql: isUnique ? "UNIQUE INDEX" : "INDEX") IF NOT EXISTS \(identifier: index.name)
                ON UR_Resources (\(sql: columns)) WHERE Type = \(literal: index.type)
                """)
        }
    }
}
