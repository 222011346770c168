/// One name of an enumeration, with the number that may stand for it.
package struct EnumerationCase: Sendable, Equatable {
    package var name: String
    package var number: Int?

    package init(_ name: String, _ number: Int? = nil) {
        self.name = name
        self.number = number
    }

    var title: String { number.map { "\(name) (\($0))" } ?? name }
}
