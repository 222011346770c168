import Testing

@testable import Delta

struct TransformerTests {
    private func transform(_ text: String, _ transformations: [TableTransformation]) throws -> String {
        let workspace = try Workspace()
        let source = try workspace.write("in.csv", text)
        try Transformer(transformations).transform(from: source, to: workspace.file("out.csv"), durable: false)
        return try workspace.read("out.csv")
    }

    private func date(
        _ column: String, from input: String? = nil, days: Double = 0, years: (Int?, Int?) = (nil, nil),
        _ pattern: String?
    ) -> TableTransformation {
        TableTransformation(
            column: column,
            operation: .date(
                inputColumn: input, addedDays: days, minimumYear: years.0, maximumYear: years.1, datePattern: pattern))
    }

    @Test func `a date is read by its pattern, moved and stored`() throws {
        #expect(
            try transform("id,end\n1,31/12/2023\n2,\n3,never\n", [date("end", days: 1.5, "dd/MM/yyyy")])
                == "id,end\n1,20240101120000\n2,\n3,never\n")
    }

    @Test func `years outside the limits are left alone`() throws {
        #expect(
            try transform(
                "id,end\n1,1601-01-01\n2,2024-01-01\n3,9999-12-31\n",
                [date("stop", from: "end", days: -1, years: (1900, 2100), nil)])
                == "id,end,stop\n1,1601-01-01,1601-01-01\n2,2024-01-01,20231231000000\n3,9999-12-31,9999-12-31\n")
    }

    @Test(
        arguments: [
            (.equals, "ab", ["ab"]), (.notEquals, "ab", ["", "abc", "cab"]), (.startsWith, "ab", ["ab", "abc"]),
            (.notStartsWith, "ab", ["", "cab"]), (.endsWith, "ab", ["ab", "cab"]), (.notEndsWith, "ab", ["", "abc"]),
            (.contains, "b", ["ab", "abc", "cab"]), (.notContains, "b", [""]),
        ] as [(TableTransformation.WhereOperator, String, [String])])
    func `only rows that match are kept`(
        comparison: TableTransformation.WhereOperator, value: String, kept: [String]
    ) throws {
        let found = try transform(
            "v,x\n,\nab,\nabc,\ncab,\n", [.init(column: "v", operation: .keepWhere(comparison, value: value))])
        #expect(found == "v,x\n" + kept.map { "\($0),\n" }.joined())
    }

    @Test func `columns are put together in one`() throws {
        func concatenation(_ empty: Bool, _ duplicates: Bool, _ sort: Bool) -> TableTransformation {
            .init(
                column: "all",
                operation: .concatenate(
                    inputColumns: ["a", "b", "c"], separator: ";", removeEmpty: empty, removeDuplicates: duplicates,
                    sortValues: sort))
        }
        let text = "a,b,c\ny,x,y\nz,,z\n"
        #expect(try transform(text, [concatenation(false, false, false)]) == "a,b,c,all\ny,x,y,y;x;y\nz,,z,z;;z\n")
        #expect(try transform(text, [concatenation(true, true, false)]) == "a,b,c,all\ny,x,y,y;x;y\nz,,z,z\n")
        #expect(try transform(text, [concatenation(true, true, true)]) == "a,b,c,all\ny,x,y,x;y\nz,,z,z\n")
    }

    @Test func `steps see what steps before them made and bad records go through`() throws {
        let text = "id,d\n1,2024-01-01\n2\n\n3,\"x\n4,2025-01-01\n"
        let found = try transform(
            text,
            [date("day", from: "d", nil), .init(column: "day", operation: .keepWhere(.startsWith, value: "2024"))])
        #expect(found == "id,d,day\n1,2024-01-01,20240101000000\n\"\"!1/2!2\n\n\"\"!quote!3,\"x\n")
    }

    @Test func `a column or pattern that is not there is named`() throws {
        let column = #expect(throws: DeltaError.self) { try transform("id,date\n", [date("dat", nil)]) }
        #expect(column?.code == .columnMissing)
        #expect(column?.detail.contains("did you mean \"date\"?") == true)
        let pattern = #expect(throws: DeltaError.self) { try transform("id,d\n", [date("d", "dddd")]) }
        #expect(pattern?.code == .requestInvalid)
    }
}
