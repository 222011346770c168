/// A statement with its values beside it: what is interpolated is bound, never spliced into the text.
///
/// `"SELECT Id FROM UR_Resources WHERE Type = \(type)"` binds `type`. Names of tables and columns go through
/// `\(identifier: name)`, other statements through `\(sql: part)`; `\(literal: text)` writes a quoted constant, which a
/// partial index needs to be recognized.
package struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    package enum Piece: Sendable, Hashable {
        case text(String)
        case value(SQLValue)
    }

    package private(set) var pieces: [Piece]

    package init(stringLiteral text: String) {
        pieces = [.text(text)]
    }

    package init(stringInterpolation: StringInterpolation) {
        pieces = stringInterpolation.pieces
    }

    private init(pieces: [Piece]) {
        self.pieces = pieces
    }

    /// A table or column name, unquoted. Anything but ASCII letters, digits and `_` is a programmer's error: names of
    /// our tables are constants, and those made from a configuration were validated there.
    package init(identifier: String) {
        precondition(SQL.isIdentifier(identifier), "a table or column name holds ASCII letters, digits and _ only")
        pieces = [.text(identifier)]
    }

    package static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        SQL(pieces: left.pieces + right.pieces)
    }

    /// The text with the dialect's placeholders, and the values in their order.
    package func rendered(_ dialect: Dialect) -> (text: String, values: [SQLValue]) {
        var text = ""
        var values: [SQLValue] = []
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .value(let value):
                values.append(value)
                text += dialect.placeholder(values.count)
            }
        }
        return (text, values)
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(2 * interpolationCount + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            pieces.append(.text(literal))
        }

        package mutating func appendInterpolation(_ value: some SQLBindable) {
            pieces.append(.value(value.sqlValue))
        }

        /// For optional values, which an interpolation without label would take for text to describe.
        package mutating func appendInterpolation(bound value: (some SQLBindable)?) {
            pieces.append(.value(value?.sqlValue ?? .null))
        }

        package mutating func appendInterpolation(sql: SQL) {
            pieces += sql.pieces
        }

        package mutating func appendInterpolation(identifier: String) {
            pieces += SQL(identifier: identifier).pieces
        }

        package mutating func appendInterpolation(literal number: Int) {
            pieces.append(.text(String(number)))
        }

        package mutating func appendInterpolation(literal: String) {
            pieces.append(
                .text(
                    "'"
                        + literal.split(separator: "'", omittingEmptySubsequences: false)
                        .joined(separator: "''") + "'"))
        }
    }
}

extension Sequence<SQL> {
    /// The parts one after another with `separator` between them.
    package func joined(separator: SQL = ", ") -> SQL {
        var result: SQL = ""
        for (index, part) in enumerated() {
            result = index == 0 ? part : result + separator + part
        }
        return result
    }
}
