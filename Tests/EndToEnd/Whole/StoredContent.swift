import Storage

/// What the server's tables hold.
struct StoredContent: Equatable, Sendable {
    /// By the stored values, whatever they were derived from.
    var content = WholeModel()
    /// Links by association, as primary keys of their ends: derived from the pairs.
    var links: [String: Set<[String]>] = [:]
    /// What cannot be: a link on one side only, a value of a property that is not mapped, a key that two resources have.
    var oddities: Set<String> = []
    /// `mapping stored orphans`, as the pages show them.
    var counters: Set<String> = []

    /// What the tables must hold for a content.
    init(of content: WholeModel) {
        self.content = content
        links = content.links
        for (type, rows) in content.rows { counters.insert("\(type) \(rows.count) 0") }
        for (association, pairs) in content.pairs {
            counters.insert("\(association) \(pairs.count) \(pairs.count - (links[association]?.count ?? 0))")
        }
    }

    private init() {}

    static func read(_ database: any Database, _ configuration: WholeConfiguration) async throws -> StoredContent {
        try await database.read { transaction in
            var stored = StoredContent()
            var keys: [Int: (type: String, key: String)] = [:]
            for row in try transaction.rows("SELECT * FROM UR_Resources ORDER BY Id") {
                try stored.add(row, configuration, &keys)
            }
            for row in try transaction.rows("SELECT Mapping, Key1, Key2 FROM US_Pairs") {
                stored.content.pairs[try row.string("Mapping"), default: []].insert(
                    [try row.string("Key1"), try row.string("Key2")])
            }
            try stored.addLinks(transaction, keys)
            for row in try transaction.rows("SELECT Mapping, Stored, Orphans FROM US_Counters") {
                stored.counters.insert(
                    "\(try row.string("Mapping")) \(try row.int("Stored")) \(try row.int("Orphans"))")
            }
            return stored
        }
    }

    private mutating func add(
        _ row: Row, _ configuration: WholeConfiguration, _ keys: inout [Int: (type: String, key: String)]
    ) throws {
        let type = try row.string("Type")
        let mapped = Set(configuration.columns(type).map(\.property))
        var values: [String: String] = [:]
        for stored in WholeConfiguration.properties[type] ?? [] {
            guard let value = try row.optionalString(Self.column(stored.place)) else { continue }
            values[stored.property] = value
            if !mapped.contains(stored.property) {
                oddities.insert("\(type) has \(stored.property), which is not mapped")
            }
        }
        let key = WholeConfiguration.properties[type]?.first.flatMap { values[$0.property] } ?? "∅"
        let shown = type == "HR_Person" ? "LastName" : type == "DIR_Group" ? "Name" : nil
        let name = shown.map { values[$0] } ?? key
        if try row.optionalString("InternalDisplayName") != name {
            oddities.insert("\(type) \(key) is shown otherwise")
        }
        if content.rows[type]?[key] != nil { oddities.insert("two \(type) have the key \(key)") }
        content.rows[type, default: [:]][key] = values
        keys[try row.int("Id")] = (type, key)
    }

    private mutating func addLinks(
        _ transaction: any Transaction, _ keys: [Int: (type: String, key: String)]
    ) throws {
        func key(_ id: Int, _ type: String) -> String {
            guard let found = keys[id] else { return "nobody" }
            return found.type == type ? found.key : "a \(found.type)"
        }
        for association in WholeConfiguration.associations {
            let (one, two) = (association.side1.type, association.side2.type)
            var found: Set<[String]> = []
            switch association.place {
            case .rows:
                for row in try transaction.rows(
                    "SELECT R1_Id, R2_Id FROM UR_ResourceLinks WHERE Type = \(association.identifier)")
                {
                    found.insert([key(try row.int("R1_Id"), one), key(try row.int("R2_Id"), two)])
                }
            case .side1(let column):
                for row in try transaction.rows(
                    "SELECT Id, \(identifier: column) AS Other FROM UR_Resources WHERE Type = \(one)")
                {
                    if let other = try row.optionalInt("Other") {
                        found.insert([key(try row.int("Id"), one), key(other, two)])
                    }
                }
            case .side2(let column):
                for row in try transaction.rows(
                    "SELECT Id, \(identifier: column) AS Other FROM UR_Resources WHERE Type = \(two)")
                {
                    if let other = try row.optionalInt("Other") {
                        found.insert([key(other, one), key(try row.int("Id"), two)])
                    }
                }
            }
            links[association.identifier] = found
            // The pairs say the same.
            var bound: Set<[String]> = []
            for row in try transaction.rows(
                "SELECT R1_Id, R2_Id FROM US_Pairs WHERE Mapping = \(association.identifier) AND R1_Id IS NOT NULL")
            {
                bound.insert([key(try row.int("R1_Id"), one), key(try row.optionalInt("R2_Id") ?? 0, two)])
            }
            if bound != found {
                oddities.insert("the pairs of \(association.identifier) bind \(bound), its links are \(found)")
            }
        }
    }

    /// REFERENCE §3: base 32.
    private static func column(_ place: Int) -> String {
        "C" + String(place, radix: 32, uppercase: true)
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
