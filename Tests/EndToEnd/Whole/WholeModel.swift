/// What agent and server shall hold, computed from the source's lines as simply as possible: dictionaries, no care for
/// speed, nothing of the product.
struct WholeModel: Equatable, Sendable {
    /// Rows by entity type and key; values by property, empty ones absent.
    var rows: [String: [String: [String: String]]] = [:]
    /// Pairs of keys by association.
    var pairs: [String: Set<[String]>] = [:]

    // MARK: A run

    /// One connector's content after its tables were read, standing on `old` for what cannot be read now.
    mutating func take(
        _ tables: [String: SourceTable], of connector: String, standingOn old: WholeModel,
        _ configuration: WholeConfiguration
    ) {
        for type in WholeConfiguration.types(of: connector) {
            let columns = configuration.columns(type)
            guard let key = columns.first?.column, let table = tables[WholeConfiguration.tables[type] ?? ""] else {
                continue
            }
            rows[type] = Self.image(
                table, key: { $0[key].flatMap { $0.isEmpty ? nil : $0 } },
                row: { line in
                    let values = columns.compactMap { mapped in line[mapped.column].map { (mapped.property, $0) } }
                    return Dictionary(uniqueKeysWithValues: values.filter { !$0.1.isEmpty })
                }, old: old.rows[type] ?? [:])
        }
        for association in WholeConfiguration.associations(of: connector) {
            guard let table = tables[association.table] else { continue }
            take(association, table, standingOn: old.pairs[association.identifier] ?? [])
        }
    }

    private mutating func take(
        _ association: WholeConfiguration.Association, _ table: SourceTable, standingOn old: Set<[String]>
    ) {
        func pair(_ line: [String: String]) -> [String] {
            [line[association.side1.column] ?? "", line[association.side2.column] ?? ""]
        }
        if let owner = association.owner {
            // All pairs of one owner stand in its row, of which there is one: no pair, or one.
            var owned: [String: Set<[String]>] = [:]
            for pair in old { owned[pair[owner], default: []].insert(pair) }
            let image = Self.image(
                table, key: { pair($0)[owner].isEmpty ? nil : pair($0)[owner] },
                row: { pair($0).contains("") ? [] : [pair($0)] }, old: owned)
            pairs[association.identifier] = image.values.reduce(into: []) { $0.formUnion($1) }
        } else {
            let image = Self.image(
                table, key: { pair($0).contains("") ? nil : pair($0) }, row: { pair($0) },
                old: Dictionary(uniqueKeysWithValues: old.map { ($0, $0) }))
            pairs[association.identifier] = Set(image.values)
        }
    }

    /// The first whole line of a key counts; a key with rejected lines only keeps its old row, and where a key could not
    /// be read, so does every key that is absent (DESIGN §4).
    private static func image<Key: Hashable, Row>(
        _ table: SourceTable, key: ([String: String]) -> Key?, row: ([String: String]) -> Row, old: [Key: Row]
    ) -> [Key: Row] {
        var image: [Key: Row] = [:]
        var seen: Set<Key> = []
        var isAnyUnreadable = false
        for line in table.lines {
            if let defect = line.defect, !defect.leavesKeyReadable {
                isAnyUnreadable = true
            } else if let key = key(line.fields) {
                seen.insert(key)
                if line.defect == nil, image[key] == nil { image[key] = row(line.fields) }
            }
        }
        for (key, row) in old where image[key] == nil && (seen.contains(key) || isAnyUnreadable) { image[key] = row }
        return image
    }

    /// What an agent without image can carry: rows that have a key.
    var carriable: WholeModel {
        WholeModel(rows: rows.mapValues { $0.filter { $0.key != StoredContent.noKey } }, pairs: pairs)
    }

    /// A property that is not mapped any more goes with its values.
    mutating func unmap(_ type: String, _ property: String) {
        rows[type] = rows[type]?.mapValues { $0.filter { $0.key != property } }
    }

    /// The content of one connector only.
    func part(_ connector: String) -> WholeModel {
        WholeModel(
            rows: rows.filter { WholeConfiguration.connector(of: $0.key) == connector },
            pairs: pairs.filter { WholeConfiguration.connector(of: $0.key) == connector })
    }

    // MARK: Differences

    /// How many keys of one connector have another row here than there.
    func differences(from other: WholeModel, of connector: String) -> (resources: Int, links: Int) {
        let resources = WholeConfiguration.types(of: connector).reduce(0) { count, type in
            let (mine, theirs) = (rows[type] ?? [:], other.rows[type] ?? [:])
            return count + Set(mine.keys).union(theirs.keys).count { mine[$0] != theirs[$0] }
        }
        let links = WholeConfiguration.associations(of: connector).reduce(0) { count, association in
            count
                + (pairs[association.identifier] ?? []).symmetricDifference(other.pairs[association.identifier] ?? [])
                .count
        }
        return (resources, links)
    }

    // MARK: Binding

    /// What every pair is bound to, by association: the primary keys of both ends, or nothing.
    var bindings: [String: [[String]: [String]]] {
        Dictionary(
            uniqueKeysWithValues: WholeConfiguration.associations.map { ($0.identifier, bindings(of: $0)) })
    }

    private func bindings(of association: WholeConfiguration.Association) -> [[String]: [String]] {
        var resolved: [(pair: [String], one: String, two: String)] = []
        for pair in (pairs[association.identifier] ?? []).sorted(by: Self.precedes) {
            guard let one = resource(association.side1, pair[0]), let two = resource(association.side2, pair[1]) else {
                continue
            }
            resolved.append((pair, one, two))
        }
        // For a side that holds one link, the first pair of its key binds.
        let bound = resolved.filter { candidate in
            let first1 = resolved.first { $0.pair[0] == candidate.pair[0] }
            let first2 = resolved.first { $0.pair[1] == candidate.pair[1] }
            return (!association.side1.isMono || first1?.pair == candidate.pair)
                && (!association.side2.isMono || first2?.pair == candidate.pair)
        }
        var bindings = Dictionary(
            uniqueKeysWithValues: (pairs[association.identifier] ?? []).map { ($0, [String]()) })
        for link in bound { bindings[link.pair] = [link.one, link.two] }
        return bindings
    }

    /// Of several resources with one value, that with the first primary key.
    private func resource(_ side: WholeConfiguration.Association.Side, _ value: String) -> String? {
        (rows[side.type] ?? [:]).filter { $0.value[side.key] == value }.keys.min { Self.precedes([$0], [$1]) }
    }

    /// Byte order.
    static func precedes(_ left: [String], _ right: [String]) -> Bool {
        for (left, right) in zip(left, right) where left != right {
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return false
    }
}
