internal import API
internal import Foundation
internal import Storage

/// Times in Weir's own tables.
extension Date {
    var timestamp: String { Timestamp.text(self) }

    init(timestamp: String) throws {
        guard let date = Timestamp.date(timestamp) else {
            throw StorageError(.corrupt, "A time in the database is not ISO 8601; restore the database.")
        }
        self = date
    }
}

extension Row {
    func date(_ name: String) throws -> Date { try Date(timestamp: string(name)) }

    func optionalDate(_ name: String) throws -> Date? { try optionalString(name).map { try Date(timestamp: $0) } }

    func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value? {
        guard let text = try optionalString(name) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StorageError(
                .corrupt, "The column \(name) does not hold what Weir wrote there; restore the database.")
        }
    }
}

/// The same value is always the same text.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
