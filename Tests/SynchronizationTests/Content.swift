/// What a source holds, or what the server should: resources by type and key, pairs by association.
struct Content: Equatable {
    struct Pair: Hashable, Comparable {
        var key1: String
        var key2: String

        init(_ key1: String, _ key2: String) {
            self.key1 = key1
            self.key2 = key2
        }

        /// Byte order.
        static func < (left: Pair, right: Pair) -> Bool {
            Array(left.key1.utf8).lexicographicallyPrecedes(Array(right.key1.utf8))
                || (left.key1.utf8.elementsEqual(right.key1.utf8)
                    && Array(left.key2.utf8).lexicographicallyPrecedes(Array(right.key2.utf8)))
        }
    }

    /// Values by property; empty values are absent. The key is one of the properties.
    var resources: [String: [String: [String: String]]] = [:]
    var pairs: [String: Set<Pair>] = [:]

    static let columns = [
        "HR_Group": ["Name"], "HR_Organization": ["Code", "Label"],
        "HR_Person": ["EmployeeId", "LastName", "Login", "Mail"],
    ]
    static let associations = ["Group_Members", "Organization_Head", "Person_Manager", "Person_Organization"]

    mutating func set(_ type: String, _ key: String, _ values: [String: String] = [:]) {
        var row = values.filter { !$0.value.isEmpty }
        row[Self.columns[type]?[0] ?? ""] = key
        resources[type, default: [:]][key] = row
    }

    mutating func person(_ id: String, name: String = "", login: String = "", mail: String = "") {
        set("HR_Person", id, ["LastName": name, "Login": login, "Mail": mail])
    }

    mutating func link(_ association: String, _ key1: String, _ key2: String) {
        pairs[association, default: []].insert(Pair(key1, key2))
    }

    mutating func unlink(_ association: String, _ key1: String, _ key2: String) {
        pairs[association]?.remove(Pair(key1, key2))
    }

    mutating func remove(_ type: String, _ key: String) {
        resources[type]?[key] = nil
    }

    // MARK: Files

    /// Everything of a mapping, as prepare sends it.
    func file(_ mapping: String) -> [[String]] {
        if let columns = Self.columns[mapping] {
            let rows = (resources[mapping] ?? [:]).sorted { Pair($0.key, "") < Pair($1.key, "") }
            return [columns] + rows.map { row in columns.map { row.value[$0] ?? "" } }
        }
        return [["Key1", "Key2"]] + (pairs[mapping] ?? []).sorted().map { [$0.key1, $0.key2] }
    }

    /// The difference to an older content, as prepare sends it.
    func delta(_ mapping: String, since old: Content) -> [[String]] {
        let before = old.file(mapping)
        let after = file(mapping)
        let isPair = Self.columns[mapping] == nil
        func key(_ row: [String]) -> [String] { isPair ? row : [row[0]] }
        let olds = Dictionary(uniqueKeysWithValues: before.dropFirst().map { (key($0), $0) })
        let news = Dictionary(uniqueKeysWithValues: after.dropFirst().map { (key($0), $0) })
        var rows: [(key: [String], row: [String])] = []
        for (key, row) in news {
            if let previous = olds[key] {
                if previous != row { rows.append((key, ["update"] + row)) }
            } else {
                rows.append((key, ["insert"] + row))
            }
        }
        for (key, row) in olds where news[key] == nil { rows.append((key, ["delete"] + row)) }
        rows.sort { Pair($0.key[0], $0.key.last ?? "") < Pair($1.key[0], $1.key.last ?? "") }
        return [["command"] + after[0]] + rows.map(\.row)
    }

    // MARK: What the server should make of it

    struct Stored: Equatable {
        /// Type, key, display name and values of every resource.
        var resources: Set<String> = []
        /// Links by association, as keys of their resources.
        var links: Set<String> = []
        var orphans: [String: Int] = [:]
    }

    /// A plain, slow computation of what the tables must hold.
    var stored: Stored {
        var stored = Stored()
        for (type, columns) in Self.columns {
            for (key, row) in resources[type] ?? [:] {
                let shown = type == "HR_Person" ? row["LastName"] : type == "HR_Group" ? row["Name"] : row["Code"]
                let values = columns.map { row[$0] ?? "∅" }.joined(separator: "|")
                stored.resources.insert("\(type) \(key) [\(shown ?? "∅")] \(values)")
            }
        }
        for association in Self.associations {
            let resolved = (pairs[association] ?? []).sorted().compactMap { pair -> (Pair, String, String)? in
                let one = resolve1(association, pair.key1)
                let two = resources["HR_Person"]?[pair.key2] == nil ? nil : pair.key2
                guard let one, let two else { return nil }
                return (pair, one, two)
            }
            for (pair, one, two) in resolved {
                let isFirst2 = resolved.first { $0.0.key2 == pair.key2 }.map { $0.0 } == pair
                let isFirst1 = resolved.first { $0.0.key1 == pair.key1 }.map { $0.0 } == pair
                switch association {
                case "Group_Members": break
                case "Organization_Head": if !isFirst1 || !isFirst2 { continue }
                default: if !isFirst2 { continue }
                }
                stored.links.insert("\(association) \(one) -> \(two)")
            }
            let bound = stored.links.count { $0.hasPrefix(association + " ") }
            stored.orphans[association] = (pairs[association]?.count ?? 0) - bound
        }
        return stored
    }

    private func resolve1(_ association: String, _ key: String) -> String? {
        switch association {
        case "Group_Members": resources["HR_Group"]?[key] == nil ? nil : key
        case "Person_Manager":
            (resources["HR_Person"] ?? [:]).filter { $0.value["Login"] == key }.keys
                .min { Pair($0, "") < Pair($1, "") }
        default: resources["HR_Organization"]?[key] == nil ? nil : key
        }
    }
}
