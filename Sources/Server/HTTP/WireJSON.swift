import API
import Foundation

/// JSON as the API speaks it (`JSONCoding`), read with errors that name the place.
enum WireJSON {
    static func encode(_ value: some Encodable) throws -> Data {
        try JSONCoding.encoder().encode(value)
    }

    /// Throws `invalid-request` that says where the value is wrong and how.
    static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        do {
            return try JSONCoding.decoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw ServerError(.invalidRequest, sentence(error))
        }
    }

    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "The body lacks \(path(context.codingPath + [key])); add it."
        case .valueNotFound(_, let context):
            "The body's \(path(context.codingPath)) is null; give it a value."
        case .typeMismatch(let type, let context):
            "The body's \(path(context.codingPath)) is of another type than \(type)."
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "The body is not JSON: \(cause(context))"
                : "The body's \(path(context.codingPath)) is wrong: \(context.debugDescription)"
        @unknown default:
            "The body cannot be read."
        }
    }

    private static func cause(_ context: DecodingError.Context) -> String {
        guard let underlying = context.underlyingError else { return context.debugDescription }
        let place = (underlying as NSError).userInfo["NSDebugDescription"] as? String
        return place ?? context.debugDescription
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
        return text.isEmpty ? "value" : "\"\(text)\""
    }
}
