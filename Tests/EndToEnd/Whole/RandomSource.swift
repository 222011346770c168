/// SplitMix64: the same seed gives the same run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) {
        // Mixed once: the states of one run follow each other at a fixed distance, and neighbouring seeds at that distance
        // would give the same run again, one draw later.
        state = UInt64(truncatingIfNeeded: seed)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }
}

/// The managed systems: what they hold, and how it changes from run to run. Few keys, so that everything meets
/// everything sooner or later.
struct RandomSource: Sendable {
    /// Rows by table and key; those of `DIRMembers` by both keys.
    private(set) var tables: [String: [[String]: [String: String]]] = [:]

    private static let people = ["1", "10", "2", "é", "a,b", "q\"q", "Z", "z"]
    private static let organizations = ["IT", "RH", "it", "ÉT"]
    private static let accounts = ["cn=a,dc=x", "cn=b,dc=x", "cn=B,dc=x", "cn=ü"]
    private static let groups = ["all", "vpn", "g\ng"]
    private static let logins = ["", "x", "y", "z", "ß"]
    private static let names = ["", "Élodie", "O'Neill", "名", "a, \"b\"\nc", " blank "]

    init() {
        // Somebody who never goes: a table without rows is refused, which is another test's business.
        put("HRPeople", ["0"], ["id": "0", "last": "Root", "login": "root"])
        put("HROrgs", ["0"], ["code": "0"])
        put("DIRAccounts", ["cn=root"], ["dn": "cn=root"])
        put("DIRGroups", ["root"], ["name": "root"])
        put("DIRMembers", ["root", "cn=root"], ["group": "root", "member": "cn=root"])
    }

    private mutating func put(_ table: String, _ key: [String], _ row: [String: String]) {
        tables[table, default: [:]][key] = row.filter { !$0.value.isEmpty }
    }

    static func tables(of connector: String) -> [String] {
        SourceTable.columns.keys.filter { $0.hasPrefix(connector) }.sorted()
    }

    mutating func change(_ count: Int, _ random: inout Seeded) {
        for _ in 0..<count { changeOnce(&random) }
    }

    private mutating func changeOnce(_ random: inout Seeded) {
        let goes = random.once(in: 4)
        switch random.below(8) {
        case 0, 1, 2:
            let id = random.pick(Self.people)
            let row = [
                "id": id, "last": random.pick(Self.names), "login": random.pick(Self.logins),
                "level": random.pick(["", "1", "2"]), "phone": random.pick(["", "1", "+2"]),
                "note": random.pick(Self.names), "noise": "\(random.below(100))",
                "manager": random.pick(Self.logins), "org": random.pick([""] + Self.organizations),
            ]
            if goes { tables["HRPeople"]?[[id]] = nil } else { put("HRPeople", [id], row) }
        case 3:
            let code = random.pick(Self.organizations)
            let row = [
                "code": code, "rank": random.pick(["", "7"]), "label": random.pick(Self.names),
                "head": random.pick([""] + Self.people),
            ]
            if goes { tables["HROrgs"]?[[code]] = nil } else { put("HROrgs", [code], row) }
        case 4, 5:
            let dn = random.pick(Self.accounts)
            let row = [
                "dn": dn, "cn": random.pick(Self.names), "mail": random.pick(Self.names),
                "manager": random.pick([""] + Self.accounts),
            ]
            if goes { tables["DIRAccounts"]?[[dn]] = nil } else { put("DIRAccounts", [dn], row) }
        case 6:
            let name = random.pick(Self.groups)
            let row = ["name": name, "kind": random.pick(["", "k"]), "description": random.pick(Self.names)]
            if goes { tables["DIRGroups"]?[[name]] = nil } else { put("DIRGroups", [name], row) }
        default:
            let group = random.pick(Self.groups)
            let member = random.pick(Self.accounts)
            if goes {
                tables["DIRMembers"]?[[group, member]] = nil
            } else {
                put("DIRMembers", [group, member], ["group": group, "member": member])
            }
        }
    }

    /// A table for one run, in any order, with as many defects as asked for; the first line is never one.
    func table(_ name: String, defects: Int, _ random: inout Seeded) -> SourceTable {
        let (columns, narrow) = SourceTable.columns[name] ?? ([], nil)
        let sorted = (tables[name] ?? [:]).sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var lines = sorted.map { SourceLine(fields: $0.value) }
        lines.shuffle(using: &random)
        let kinds = SourceLine.Defect.allCases.filter { $0 != .misfit || narrow != nil }
        for _ in 0..<defects where lines.count > 1 {
            let index = 1 + random.below(lines.count - 1)
            // What follows a line break in a rejected row is read as a row of its own (DESIGN §5); none of that here.
            guard !columns.prefix(2).contains(where: { lines[index].fields[$0]?.contains("\n") ?? false }) else {
                continue
            }
            lines[index].fields = lines[index].fields.filter { !$0.value.contains("\n") }
            if random.once(in: 4) {
                // A second row for the key, whole or not: the first whole one counts.
                var second = lines[index]
                second.fields[columns[columns.count - 1]] = random.pick(["", "second"])
                second.defect = random.once(in: 2) ? random.pick(kinds) : nil
                lines.insert(second, at: 1 + random.below(lines.count))
            } else if random.once(in: 6) {
                lines.insert(SourceLine(fields: [columns[1]: "nobody's"]), at: 1 + random.below(lines.count))
            } else {
                lines[index].defect = random.pick(kinds)
            }
        }
        return SourceTable(name: name, columns: columns, narrow: narrow, lines: lines)
    }
}
