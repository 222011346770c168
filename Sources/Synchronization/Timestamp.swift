internal import Foundation
internal import Storage

/// Times in Weir's own tables: ISO 8601 in UTC with milliseconds, which sorts as text.
extension Date {
    private static let style = ISO8601FormatStyle(includingFractionalSeconds: true)

    var timestamp: String { formatted(Self.style) }

    init(timestamp: String) throws {
        do {
            self = try Self.style.parse(timestamp)
        } catch {
            throw StorageError(.corrupt, "A time in the database is not ISO 8601; restore the database.")
        }
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
