import Foundation

/// Finds the JSON schema of a Decodable type by having it decode itself from a decoder that notes what is asked for.
///
/// So the OpenAPI document cannot say anything else than the code does. Enumerations need CaseIterable; one with
/// associated values is described as an object.
final class SchemaReader {
    /// Schemas of structures and enumerations, by name.
    private(set) var components: [String: JSONValue] = [:]

    func schema(of type: any Decodable.Type) -> JSONValue {
        if let primitive = Self.primitive(type) { return primitive }
        if let list = type as? any ListSchema.Type {
            return ["type": "array", "items": schema(of: list.elementType)]
        }
        if let map = type as? any MapSchema.Type {
            return ["type": "object", "additionalProperties": schema(of: map.valueType)]
        }
        if let optional = type as? any OptionalSchema.Type { return schema(of: optional.wrappedType) }
        let name = Self.name(type)
        if components[name] == nil {
            components[name] = ["type": "object"]
            components[name] = structure(of: type)
        }
        return ["$ref": .string("#/components/schemas/\(name)")]
    }

    private func structure(of type: any Decodable.Type) -> JSONValue {
        if let cases = Self.rawValues(type) { return cases }
        let shape = Shape()
        // An enumeration with associated values gives up here; what was noted until then is its description.
        _ = try? type.init(from: ShapeDecoder(reader: self, shape: shape))
        var schema: [String: JSONValue] = ["type": "object", "properties": .object(shape.properties)]
        if !shape.required.isEmpty { schema["required"] = .array(shape.required.sorted().map { .string($0) }) }
        return .object(schema)
    }

    private static func primitive(_ type: any Decodable.Type) -> JSONValue? {
        if type == String.self { return ["type": "string"] }
        if type == Int.self { return ["type": "integer", "format": "int64"] }
        if type == Double.self { return ["type": "number"] }
        if type == Bool.self { return ["type": "boolean"] }
        if type == Date.self { return ["type": "string", "format": "date-time"] }
        return nil
    }

    private static func rawValues(_ type: any Decodable.Type) -> JSONValue? {
        guard let enumeration = type as? any CaseIterable.Type else { return nil }
        let values = all(of: enumeration).compactMap { value -> JSONValue? in
            let raw = (value as? any RawRepresentable)?.rawValue
            return (raw as? String).map { .string($0) } ?? (raw as? Int).map { .integer($0) }
        }
        guard let first = values.first else { return nil }
        var isText = false
        if case .string = first { isText = true }
        return ["type": isText ? "string" : "integer", "enum": .array(values)]
    }

    fileprivate static func all(of type: any CaseIterable.Type) -> [Any] {
        func cases<Enumeration: CaseIterable>(_ type: Enumeration.Type) -> [Any] { Array(type.allCases) }
        return cases(type)
    }

    private static func name(_ type: any Decodable.Type) -> String {
        var name = String(reflecting: type)
        for module in ["API.", "WeirConfiguration.", "Server.", "Swift."] {
            name = name.replacing(module, with: "")
        }
        return String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" }).trimmingCharacters(in: ["_"])
    }
}

private protocol ListSchema { static var elementType: any Decodable.Type { get } }
private protocol MapSchema { static var valueType: any Decodable.Type { get } }
private protocol OptionalSchema { static var wrappedType: any Decodable.Type { get } }

extension Array: ListSchema where Element: Decodable {
    fileprivate static var elementType: any Decodable.Type { Element.self }
}
extension Dictionary: MapSchema where Key == String, Value: Decodable {
    fileprivate static var valueType: any Decodable.Type { Value.self }
}
extension Optional: OptionalSchema where Wrapped: Decodable {
    fileprivate static var wrappedType: any Decodable.Type { Wrapped.self }
}

/// What a structure asked for while it decoded itself.
private final class Shape {
    var properties: [String: JSONValue] = [:]
    var required: [String] = []
}

private struct NoSample: Error {}

private struct ShapeDecoder: Decoder {
    let reader: SchemaReader
    let shape: Shape
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(ShapeContainer(reader: reader, shape: shape))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoSample() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw NoSample() }
}

private struct ShapeContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reader: SchemaReader
    let shape: Shape
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { true }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        note(type, key)
        shape.required.append(key.stringValue)
        return try sample(type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        note(type, key)
        return nil
    }

    private func note(_ type: any Decodable.Type, _ key: Key) {
        shape.properties[key.stringValue] = reader.schema(of: type)
    }

    /// Some value of the type, so that decoding goes on to the next property.
    private func sample<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let samples: [Any] = ["", 0, 0.0, false, Date(timeIntervalSince1970: 0)]
        for case let value as Value in samples { return value }
        if type is any ListSchema.Type, let empty = try? JSONDecoder().decode(type, from: Data("[]".utf8)) {
            return empty
        }
        if type is any MapSchema.Type, let empty = try? JSONDecoder().decode(type, from: Data("{}".utf8)) {
            return empty
        }
        if let enumeration = type as? any CaseIterable.Type,
            let first = SchemaReader.all(of: enumeration).first as? Value
        {
            return first
        }
        return try type.init(from: ShapeDecoder(reader: reader, shape: Shape()))
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try required(type, key, false) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try required(type, key, "") }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try required(type, key, 0) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try required(type, key, 0) }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { noted(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { noted(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { noted(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { noted(type, key) }

    private func required<Value: Decodable>(_ type: Value.Type, _ key: Key, _ value: Value) throws -> Value {
        note(type, key)
        shape.required.append(key.stringValue)
        return value
    }

    private func noted<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
        note(type, key)
        return nil
    }

    // No message of this API has numbers of other widths.
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { throw NoSample() }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { throw NoSample() }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { throw NoSample() }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { throw NoSample() }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { throw NoSample() }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { throw NoSample() }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { throw NoSample() }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { throw NoSample() }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { throw NoSample() }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { throw NoSample() }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> { throw NoSample() }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NoSample() }
    func superDecoder() throws -> any Decoder { throw NoSample() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw NoSample() }
}
