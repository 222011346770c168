import Storage
import Testing

/// What every driver must do; each driver's tests call `check` with a database that is migrated and empty.
struct DatabaseConformance {
    let database: any Database

    static let behaviours: [(name: String, check: @Sendable (DatabaseConformance) async throws -> Void)] = [
        ("values come back as they were bound", { try await $0.values() }),
        ("a write that throws leaves nothing", { try await $0.rollsBack() }),
        ("a read refuses to write", { try await $0.readsOnly() }),
        ("a bulk load binds bytes and NULL", { try await $0.loads() }),
        ("a bulk load replaces only when told to", { try await $0.replaces() }),
        ("staging tables live as long as their work", { try await $0.stages() }),
        ("text compares byte by byte", { try await $0.comparesBytes() }),
        ("a JSON object leaves out what is NULL", { try await $0.buildsJSON() }),
        ("ids are never given twice", { try await $0.neverReusesIds() }),
        ("a second row for one key is a constraint error", { try await $0.keepsConstraints() }),
    ]

    private func values() async throws {
        let values: [SQLValue] = [
            .null, .integer(.max), .integer(.min), .real(0.1), .text("é'\"\u{1F600}"), .blob([0, 255]),
        ]
        let row = try await database.read { transaction in
            try transaction.row(
                "SELECT \(values[0]) AS a, \(values[1]) AS b, \(values[2]) AS c, \(values[3]) AS d, \(values[4]) AS e, \(values[5]) AS f"
            )
        }
        #expect(row?.values == values)
        #expect(row?.columns == ["a", "b", "c", "d", "e", "f"])
        #expect(row?["E"] == values[4])
    }

    private func rollsBack() async throws {
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await database.write { transaction in
                let changed = try transaction.execute("INSERT INTO UR_Resources (Type) VALUES ('T'), ('U')")
                #expect(changed == 2)
                throw Stop()
            }
        }
        #expect(try await database.read { try $0.count("SELECT count(*) FROM UR_Resources") } == 0)
    }

    private func readsOnly() async throws {
        await #expect(throws: StorageError.self) {
            try await database.read { transaction in
                _ = try transaction.execute("INSERT INTO UR_Resources (Type) VALUES ('T')")
            }
        }
    }

    private struct Rows: BulkSource {
        var rows: [[String]]
        private var current: [[UInt8]] = []

        init(_ rows: [[String]]) { self.rows = rows }

        mutating func next(_ row: borrowing BulkRow) throws -> Bool {
            guard !rows.isEmpty else { return false }
            for (index, value) in rows.removeFirst().enumerated() {
                let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: value.utf8.count, alignment: 1)
                bytes.copyBytes(from: value.utf8)
                // Kept for the step that follows; the test is too short to mind.
                try row.bind(UnsafeRawBufferPointer(bytes), at: index)
            }
            return true
        }
    }

    private func loads() async throws {
        let (first, second) = try await database.write { transaction in
            var rows = Rows([["T", "é"], ["T", ""], ["T", "\"q\"\n"]])
            let first = try transaction.load(
                into: "UR_Resources", columns: ["Type", "C0"], replacing: false, limit: 2, from: &rows)
            let second = try transaction.load(
                into: "UR_Resources", columns: ["Type", "C0"], replacing: false, limit: 2, from: &rows)
            return (first, second)
        }
        #expect([first, second] == [2, 1])
        let values = try await database.read { try $0.rows("SELECT C0 FROM UR_Resources ORDER BY Id").map { $0[0] } }
        #expect(values == [.text("é"), .null, .text("\"q\"\n")])
    }

    private func replaces() async throws {
        try await database.withStaging { staging in
            let table = staging.table("T")
            try await staging.write { transaction in
                try transaction.execute("CREATE TEMPORARY TABLE \(sql: table) (K TEXT NOT NULL PRIMARY KEY, V TEXT)")
                var rows = Rows([["a", "1"], ["a", "2"]])
                try transaction.load(into: table, columns: ["K", "V"], replacing: true, limit: 9, from: &rows)
                #expect(
                    try transaction.rows("SELECT K, V FROM \(sql: table)").map(\.values) == [[.text("a"), .text("2")]])
            }
            let error = await #expect(throws: StorageError.self) {
                try await staging.write { transaction in
                    var rows = Rows([["a", "3"]])
                    _ = try transaction.load(into: table, columns: ["K", "V"], replacing: false, limit: 9, from: &rows)
                }
            }
            #expect(error?.code == .constraint)
        }
    }

    private func stages() async throws {
        let table = try await database.withStaging { staging in
            let table = staging.table("T")
            try await staging.write { transaction in
                _ = try transaction.execute("CREATE TEMPORARY TABLE \(sql: table) (K TEXT)")
            }
            try await staging.write { transaction in
                _ = try transaction.execute("INSERT INTO \(sql: table) (K) VALUES ('a')")
            }
            let other = try await database.withStaging { $0.table("T") }
            #expect(other != table)
            return table
        }
        await #expect(throws: StorageError.self) {
            try await database.write { try $0.count("SELECT count(*) FROM \(sql: table)") }
        }
    }

    private func comparesBytes() async throws {
        try await database.write { transaction in
            for name in ["a", "Z", "é", "A", "z", "10", "9"] {
                try transaction.execute("INSERT INTO UR_Resources (Type, C4) VALUES ('T', \(name))")
            }
        }
        let order = try await database.read { transaction in
            try transaction.rows("SELECT C4 FROM UR_Resources ORDER BY C4").map { try $0.string("C4") }
        }
        #expect(order == ["10", "9", "A", "Z", "a", "z", "é"])
    }

    private func buildsJSON() async throws {
        let text = try await database.read { transaction in
            let many = (0..<130).map { ("P\($0)", "\($0 == 7 ? SQLValue.text("é\"") : .null)" as SQL) }
            let empty = transaction.dialect.jsonObject([])
            let object = transaction.dialect.jsonObject(many)
            return try transaction.row("SELECT \(sql: object) AS a, \(sql: empty) AS b")?.values
        }
        #expect(text == [.text("{\"P7\":\"é\\\"\"}"), .text("{}")])
    }

    private func neverReusesIds() async throws {
        _ = try await database.write { try $0.execute("INSERT INTO UR_Resources (Type) VALUES ('T')") }
        _ = try await database.write { try $0.execute("DELETE FROM UR_Resources") }
        _ = try await database.write { try $0.execute("INSERT INTO UR_Resources (Type) VALUES ('T')") }
        #expect(try await database.read { try $0.count("SELECT Id FROM UR_Resources") } == 2)
    }

    private func keepsConstraints() async throws {
        let error = await #expect(throws: StorageError.self) {
            try await database.write { transaction in
                for _ in 0..<2 {
                    try transaction.execute("INSERT INTO UR_ResourceLinks (Type, R1_Id, R2_Id) VALUES ('A', 1, 2)")
                }
            }
        }
        #expect(error?.code == .constraint)
        #expect(error?.isTransient == false)
    }
}
