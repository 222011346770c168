import Storage

/// What the server's tables hold.
struct StoredContent: Equatable, Sendable {
    /// By the stored values, whatever they were derived from.
    var content = WholeModel()
    /// Links by association, as primary keys of their ends: derived from the pairs.
    var links: [String: Set<[String]>] = [:]
    /// The ends that the stored pairs are bound to, none for an orphan.
    var bindings: [String: [[String]: [String]]] = [:]
    /// What cannot be: a link on one side only, a value of a property that is not mapped, a key that two resources have.
    var oddities: Set<String> = []
    /// `mapping stored orphans`, as the pages show them.
    var counters: Set<String> = []

    /// What the tables must hold for a content.
    init(of content: WholeModel) {
        self.content = content
        bindings = content.bindings
        links = bindings.mapValues { Set($0.values.filter { !$0.isEmpty }) }
        for (type, rows) in content.rows { counters.insert("\(type) \(rows.count) 0") }
        for (association, pairs) in content.pairs {
            counters.insert("\(association) \(pairs.count) \(pairs.count - (links[association]?.count ?? 0))")
        }
    }

    private init() {}

    /// Stands for the key of a row that SQL took it from.
    static let noKey = "∅"
    /// Stands for a BLOB that SQL put in place of a text.
    static let blob = "a BLOB"

    static func read(_ database: any Database, _ configuration: WholeConfiguration) async throws -> StoredContent {
        try await database.read { transaction in
            var stored = StoredContent()
            var resources: [Int: Resource] = [:]
            for row in try transaction.rows("SELECT * FROM UR_Resources ORDER BY Id") {
                try stored.add(row, configuration, &resources)
            }
            for association in WholeConfiguration.associations {
                try stored.addLinks(association, transaction, resources)
            }
            for row in try transaction.rows("SELECT Mapping, Stored, Orphans FROM US_Counters") {
                stored.counters.insert(
                    "\(try row.string("Mapping")) \(try row.int("Stored")) \(try row.int("Orphans"))")
            }
            return stored
        }
    }

    private struct Resource {
        var type: String
        var values: [String: String]

        var key: String {
            WholeConfiguration.properties[type]?.first.flatMap { values[$0.property] } ?? StoredContent.noKey
        }
    }

    private mutating func add(
        _ row: Row, _ configuration: WholeConfiguration, _ resources: inout [Int: Resource]
    ) throws {
        let type = try row.string("Type")
        let mapped = Set(configuration.columns(type).map(\.property))
        var resource = Resource(type: type, values: [:])
        for stored in WholeConfiguration.properties[type] ?? [] {
            // Nothing equals a BLOB, and it is no key.
            if case .blob = row[Self.column(stored.place)] {
                let isKey = stored.property == WholeConfiguration.properties[type]?.first?.property
                if !isKey { resource.values[stored.property] = Self.blob }
                continue
            }
            guard let value = try row.optionalString(Self.column(stored.place)) else { continue }
            resource.values[stored.property] = value
            if !mapped.contains(stored.property) {
                oddities.insert("\(type) has \(stored.property), which is not mapped")
            }
        }
        let shown = type == "HR_Person" ? "LastName" : WholeConfiguration.properties[type]?.first?.property
        let name = shown.flatMap { resource.values[$0] }.flatMap { $0 == Self.blob ? nil : $0 }
        if try row.optionalString("InternalDisplayName") != name {
            oddities.insert("\(type) \(resource.key) is shown otherwise")
        }
        if content.rows[type]?[resource.key] != nil { oddities.insert("two \(type) have the key \(resource.key)") }
        content.rows[type, default: [:]][resource.key] = resource.values
        resources[try row.int("Id")] = resource
    }

    /// Pairs and links of an association. A pair whose link is gone is gone, and a link without pair is a pair, as far as
    /// its ends have keys (DESIGN §6: what SQL did to links is drift like any other).
    private mutating func addLinks(
        _ association: WholeConfiguration.Association, _ transaction: any Transaction, _ resources: [Int: Resource]
    ) throws {
        let (one, two) = (association.side1.type, association.side2.type)
        func name(_ id: Int, _ type: String) -> String {
            guard let found = resources[id] else { return "nobody" }
            return found.type == type ? found.key : "a \(found.type)"
        }
        var found: Set<[Int]> = []
        switch association.place {
        case .rows:
            for row in try transaction.rows(
                "SELECT R1_Id, R2_Id FROM UR_ResourceLinks WHERE Type = \(association.identifier)")
            {
                found.insert([try row.int("R1_Id"), try row.int("R2_Id")])
            }
        case .side1(let column), .side2(let column):
            let isFirst = association.place == .side1(column)
            for row in try transaction.rows(
                "SELECT Id, \(identifier: column) AS Other FROM UR_Resources WHERE Type = \(isFirst ? one : two)")
            {
                guard let other = try row.optionalInt("Other") else { continue }
                found.insert(isFirst ? [try row.int("Id"), other] : [other, try row.int("Id")])
            }
        }
        links[association.identifier] = Set(found.map { [name($0[0], one), name($0[1], two)] })

        var standing: Set<[String]> = []
        var bound: Set<[Int]> = []
        var isChanged = false
        for row in try transaction.rows(
            "SELECT Key1, Key2, R1_Id, R2_Id FROM US_Pairs WHERE Mapping = \(association.identifier)")
        {
            let pair = [try row.string("Key1"), try row.string("Key2")]
            guard let id1 = try row.optionalInt("R1_Id"), let id2 = try row.optionalInt("R2_Id") else {
                standing.insert(pair)
                bindings[association.identifier, default: [:]][pair] = []
                continue
            }
            bindings[association.identifier, default: [:]][pair] = [name(id1, one), name(id2, two)]
            bound.insert([id1, id2])
            // A link goes with the resource that carries it.
            let carrier: Resource? =
                switch association.place {
                case .rows: Resource(type: "", values: [:])
                case .side1: resources[id1].flatMap { $0.type == one ? $0 : nil }
                case .side2: resources[id2].flatMap { $0.type == two ? $0 : nil }
                }
            if carrier == nil || found.contains([id1, id2]) { standing.insert(pair) } else { isChanged = true }
        }
        for link in found.subtracting(bound) {
            isChanged = true
            guard let first = resources[link[0]], let second = resources[link[1]], first.type == one,
                second.type == two, let key1 = first.values[association.side1.key],
                let key2 = second.values[association.side2.key]
            else { continue }
            standing.insert([key1, key2])
        }
        content.pairs[association.identifier] = standing
        if isChanged || bound != found { oddities.insert("the pairs of \(association.identifier) are not its links") }
    }

    /// REFERENCE §3: base 32.
    static func column(_ place: Int) -> String {
        "C" + String(place, radix: 32, uppercase: true)
    }

    /// One connector's part of it.
    func part(_ connector: String) -> StoredContent {
        func isOwn(_ name: some StringProtocol) -> Bool { name.hasPrefix(connector + "_") }
        var part = StoredContent()
        part.content = content.part(connector)
        part.links = links.filter { isOwn($0.key) }
        part.bindings = bindings.filter { isOwn($0.key) }
        part.oddities = oddities.filter { $0.contains(connector + "_") }
        part.counters = counters.filter { isOwn($0) }
        return part
    }

    /// Whether the links, wherever they stand, are those of a content, and no stored pair says otherwise.
    func isBoundAs(_ expected: StoredContent) -> Bool {
        links == expected.links
            && bindings.allSatisfy { association, bound in
                bound.allSatisfy { expected.bindings[association]?[$0.key] == $0.value }
            }
    }

    /// What differs, in words; empty when nothing does.
    func differences(from expected: StoredContent) -> [String] {
        var found: [String] = []
        for type in Set(content.rows.keys).union(expected.content.rows.keys).sorted() {
            let (mine, theirs) = (content.rows[type] ?? [:], expected.content.rows[type] ?? [:])
            for key in Set(mine.keys).union(theirs.keys).sorted() where mine[key] != theirs[key] {
                found.append("\(type) \(key): \(Self.text(mine[key])), expected \(Self.text(theirs[key]))")
            }
        }
        func compare(_ what: String, _ mine: [String: Set<[String]>], _ theirs: [String: Set<[String]>]) {
            for name in Set(mine.keys).union(theirs.keys).sorted() {
                let (mine, theirs) = (mine[name] ?? [], theirs[name] ?? [])
                for pair in mine.subtracting(theirs) { found.append("\(what) \(name) \(pair) too many") }
                for pair in theirs.subtracting(mine) { found.append("\(what) \(name) \(pair) missing") }
            }
        }
        compare("pair", content.pairs, expected.content.pairs)
        compare("link", links, expected.links)
        for (association, bound) in bindings.sorted(by: { $0.key < $1.key }) {
            for (pair, ends) in bound where expected.bindings[association]?[pair] != ends {
                found.append("pair \(association) \(pair) is bound to \(ends)")
            }
        }
        found += oddities.subtracting(expected.oddities).sorted()
        let zero = { (text: String) in text.hasSuffix(" 0 0") }
        for counter in counters.subtracting(expected.counters).filter({ !zero($0) }).sorted() {
            found.append("counter \(counter), which is wrong")
        }
        for counter in expected.counters.subtracting(counters).filter({ !zero($0) }).sorted() {
            found.append("counter \(counter) missing")
        }
        return found
    }

    private static func text(_ row: [String: String]?) -> String {
        row.map { "\($0.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })" } ?? "nothing"
    }
}
