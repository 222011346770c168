import API
import Foundation
import Storage
import WeirConfiguration

/// Reads resources for pages: by name with keyset paging, by prefix of name or key, one with its links.
///
/// Nothing here counts or sorts a million rows: every query follows an index and is limited (DESIGN §13).
struct ResourceStore: Sendable {
    struct Item: Sendable, Equatable {
        var id: Int
        /// InternalDisplayName; nil: the resource has none.
        var name: String?
        /// Stored values, in the order that was asked for.
        var values: [String?]
    }

    /// A place in a list by name: the last item that the caller has.
    struct Place: Sendable, Equatable {
        var name: String?
        var id: Int
    }

    let database: any Database

    /// The kept counter of stored resources.
    func count(of entityType: String) async throws -> Int {
        try await database.read { transaction in
            try transaction.count("SELECT coalesce(max(Stored), 0) FROM US_Counters WHERE Mapping = \(entityType)")
        }
    }

    /// Resources in order of their name.
    func list(_ entityType: String, columns: [String], after place: Place?, limit: Int) async throws -> [Item] {
        // Resources without name come first, as SQLite orders them.
        let later: SQL
        switch place {
        case nil: later = "1 = 1"
        case let place? where place.name == nil:
            later = "(InternalDisplayName IS NOT NULL OR Id > \(place.id))"
        case let place?:
            later = "(InternalDisplayName, Id) > (\(bound: place.name), \(place.id))"
        }
        return try await items(
            entityType, columns,
            "Type = \(entityType) AND \(sql: later) ORDER BY InternalDisplayName, Id LIMIT \(limit)")
    }

    /// Resources whose name begins with the text, as it is typed or in capitals or small letters.
    func search(
        _ entityType: String, columns: [String], prefix: String, after place: Place?, limit: Int
    ) async throws -> [Item] {
        var found: [Item] = []
        for variant in Self.variants(prefix) {
            let later: SQL =
                place.map { "AND (InternalDisplayName, Id) > (\($0.name ?? ""), \($0.id))" } ?? ""
            found += try await items(
                entityType, columns,
                """
                Type = \(entityType) AND InternalDisplayName >= \(variant)
                AND InternalDisplayName < \(variant + Self.last) \(sql: later)
                ORDER BY InternalDisplayName, Id LIMIT \(limit)
                """)
        }
        let sorted = found.sorted { Self.precedes($0, $1) }
        return Array(sorted.prefix(limit))
    }

    /// Resources whose key begins with the text.
    func search(
        _ entityType: String, columns: [String], keyColumn: String, prefix: String, limit: Int
    ) async throws -> [Item] {
        // SQLite without statistics prefers the index of names, and reads the whole type; the hint says that the type
        // alone selects little, so that it takes the partial index of the key.
        let isType: SQL =
            switch database.dialect {
            case .sqlite: "likely(Type = \(literal: entityType))"
            case .postgresql: "Type = \(literal: entityType)"
            }
        return try await items(
            entityType, columns,
            """
            \(sql: isType) AND \(identifier: keyColumn) >= \(prefix)
            AND \(identifier: keyColumn) < \(prefix + Self.last) ORDER BY \(identifier: keyColumn) LIMIT \(limit)
            """)
    }

    func resource(_ id: Int, of entityType: String, columns: [String]) async throws -> Item? {
        try await items(entityType, columns, "Id = \(id) AND Type = \(entityType)").first
    }

    /// The resources at the other end of an association's links, in order of their keys; `after` is the last key seen.
    ///
    /// - Parameter isSide1: whether the resource, whose key is `key`, is on side 1.
    func linked(
        _ association: String, key: String, isSide1: Bool, after: String?, limit: Int
    ) async throws -> [(key: String, id: Int, name: String?)] {
        let own: SQL = isSide1 ? "Key1" : "Key2"
        let other: SQL = isSide1 ? "Key2" : "Key1"
        let otherId: SQL = isSide1 ? "R2_Id" : "R1_Id"
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT p.\(sql: other) AS OtherKey, r.Id AS Id, r.InternalDisplayName AS Name
                FROM US_Pairs p JOIN UR_Resources r ON r.Id = p.\(sql: otherId)
                WHERE p.Mapping = \(association) AND p.\(sql: own) = \(key) AND p.\(sql: other) > \(after ?? "")
                ORDER BY p.\(sql: other) LIMIT \(limit)
                """
            ).map { (try $0.string("OtherKey"), try $0.int("Id"), try $0.optionalString("Name")) }
        }
    }

    private func items(_ entityType: String, _ columns: [String], _ condition: SQL) async throws -> [Item] {
        let selected = columns.map { ", \(identifier: $0)" as SQL }.joined(separator: "")
        return try await database.read { transaction in
            try transaction.rows(
                "SELECT Id, InternalDisplayName\(sql: selected) FROM UR_Resources WHERE \(sql: condition)"
            ).map { row in
                Item(
                    id: try row.int("Id"), name: try row.optionalString("InternalDisplayName"),
                    values: columns.indices.map { Self.text(row[$0 + 2]) })
            }
        }
    }

    private static func text(_ value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .text(let text): text
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .blob(let bytes): "\(bytes.count.grouped) bytes"
        }
    }

    /// Greater than every text: what begins with a prefix is less than the prefix with this behind it.
    private static let last = "\u{10FFFF}"

    private static func variants(_ prefix: String) -> [String] {
        let capitalized = prefix.prefix(1).uppercased() + prefix.dropFirst()
        return Set([prefix, capitalized, prefix.lowercased(), prefix.uppercased()]).sorted()
    }

    /// Byte order, as the database sorts.
    private static func precedes(_ left: Item, _ right: Item) -> Bool {
        let (first, second) = (Array((left.name ?? "").utf8), Array((right.name ?? "").utf8))
        return first == second ? left.id < right.id : first.lexicographicallyPrecedes(second)
    }
}
