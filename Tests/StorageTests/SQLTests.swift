import Storage
import Testing

struct SQLTests {
    @Test func `a value that is interpolated is bound and never part of the text`() {
        let hostile = "x'; DROP TABLE UR_Resources; --"
        let query: SQL = "SELECT Id FROM UR_Resources WHERE Type = \(hostile) AND Dirty = \(1)"

        let (text, values) = query.rendered(.sqlite)

        #expect(text == "SELECT Id FROM UR_Resources WHERE Type = ? AND Dirty = ?")
        #expect(values == [.text(hostile), .integer(1)])
    }
}
