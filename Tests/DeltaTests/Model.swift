@testable import Delta

/// The work of `prepare`, written a second time as simply as possible: whole file in memory, dictionaries, no care for
/// speed. Shares no code with `Delta`.
struct Model {
    struct Column {
        var name: String
        var source: String
        var limit: Int?
        var isNumber = false
    }

    struct Reject: Equatable {
        var line: Int
        var offset: Int
        var raw: [UInt8]
        var key: String
    }

    var separator: UInt8 = 44
    var columns: [Column]
    var keys: [Int]
    var isPairs = false
    var owner: Int?
    var commandColumn: String?
    var trim: [UInt8] = []

    var header: [String] = []
    var image: [[String]: [String]] = [:]
    var sortedText = ""
    var deltaText = ""
    var nullKeyRows: [[String]] = []
    var duplicateRows: [[String]] = []
    var rejects: [Reject] = []
    var carriedKeys: Set<[String]> = []
    var rowsRead = 0
    var kept = 0
    var notLinks = 0

    // MARK: Parsing

    enum Parsed {
        case record([[UInt8]], next: Int)
        case bad
    }

    func parse(_ b: [UInt8], _ start: Int) -> Parsed {
        var fields: [[UInt8]] = []
        var i = start
        while true {
            var field: [UInt8] = []
            if i < b.count, b[i] == 34 {
                i += 1
                while true {
                    guard i < b.count else { return .bad }
                    if b[i] == 34 {
                        if i + 1 < b.count, b[i + 1] == 34 {
                            field.append(34)
                            i += 2
                            continue
                        }
                        i += 1
                        break
                    }
                    field.append(b[i])
                    i += 1
                }
                if field.count > 65536, field.contains(10) || field.contains(13) { return .bad }
                let ends = i == b.count || b[i] == separator || b[i] == 10 || isLineEnd(b, i)
                if !ends { return .bad }
            } else {
                while i < b.count, b[i] != separator, b[i] != 10, !isLineEnd(b, i) {
                    field.append(b[i])
                    i += 1
                }
            }
            fields.append(field)
            if i == b.count { return .record(fields, next: i) }
            if b[i] == separator {
                i += 1
                continue
            }
            if b[i] == 13 { i += 1 }
            return .record(fields, next: min(i + 1, b.count))
        }
    }

    func isLineEnd(_ b: [UInt8], _ i: Int) -> Bool {
        b[i] == 13 && (i + 1 == b.count || b[i + 1] == 10)
    }

    func trimmed(_ field: [UInt8]) -> [UInt8] {
        var field = field
        for byte in trim {
            if field.first == byte { field.removeFirst() }
            if field.last == byte { field.removeLast() }
        }
        return field
    }

    /// nil: the value does not fit.
    func converted(_ field: [UInt8], _ column: Column) -> String? {
        guard let text = String(validating: field, as: UTF8.self), !text.utf8.contains(0) else { return nil }
        if text.isEmpty { return "" }
        if column.isNumber { return Int32(text).map(String.init) }
        if let limit = column.limit, text.unicodeScalars.count > limit { return nil }
        return text
    }

    // MARK: The work

    enum Entry {
        case row([String])
        case noLink([String])
        case delete
        case marker
        /// With the columns that the row does not carry.
        case partial([String], Set<Int>)
    }

    /// - Parameter previous: values of the new columns.
    mutating func run(_ bytes: [UInt8], previous: [[String]]?) {
        var b = bytes
        var base = 0
        if b.starts(with: [0xEF, 0xBB, 0xBF]) {
            b.removeFirst(3)
            base = 3
        }
        var at = 0
        var line = 1
        var groups: [[String]: [Entry]] = [:]
        var carriesAll = false
        while at < b.count {
            if b[at] == 10 || isLineEnd(b, at) {
                at += b[at] == 13 ? 2 : 1
                line += 1
                continue
            }
            let parsed = parse(b, at)
            if header.isEmpty {
                guard case .record(let fields, let next) = parsed else { return }
                header = fields.map { String(decoding: trimmed($0), as: UTF8.self) }
                line += b[at..<next].count { $0 == 10 }
                at = next
                continue
            }
            rowsRead += 1
            if case .record(let fields, let next) = parsed, let (key, entry) = accepted(fields, b[at..<next]) {
                line += b[at..<next].count { $0 == 10 }
                at = next
                if let key, let entry { groups[key, default: []].append(entry) }
                continue
            }
            let end = b[at...].firstIndex(of: 10) ?? b.count
            var raw = Array(b[at..<end])
            if raw.last == 13 { raw.removeLast() }
            var key: [String]?
            if case .record(let fields, _) = parsed, fields.count == header.count {
                let keys = readableKeys(fields)
                if keys == nil { carriesAll = true }
                key = keys.flatMap(groupKey)
                if let key { groups[key, default: []].append(.marker) }
                rejects.append(
                    Reject(line: line, offset: base + at, raw: raw, key: key == nil ? "" : shown(keys ?? [])))
            } else {
                carriesAll = true
                rejects.append(Reject(line: line, offset: base + at, raw: raw, key: ""))
            }
            line += 1
            at = min(end + 1, b.count)
        }
        resolve(groups, previous: previous, carriesAll: carriesAll)
    }

    func shown(_ keys: [String]) -> String {
        keys.count == 1 ? keys[0] : Model.line(keys).dropLast().description
    }

    var commandIndex: Int? { header.firstIndex { $0.lowercased() == commandColumn?.lowercased() } }

    /// Where the names of a row's columns stand.
    var partialIndex: Int? {
        commandIndex == nil || columns.contains { $0.source.lowercased() == "partialcolumns" }
            ? nil : header.firstIndex { $0.lowercased() == "partialcolumns" }
    }

    /// A row that names its columns. nil: rejected. Inner nils: written off.
    mutating func acceptedPartial(_ fields: [[UInt8]], _ names: [String]) -> ([String]?, Entry?)? {
        guard names.allSatisfy(header.contains) else { return nil }
        var row: [String] = []
        var absent: Set<Int> = []
        for (index, column) in columns.enumerated() {
            let isKey = keys.firstIndex(of: index).map { owner == nil || owner == $0 } ?? false
            if isKey || header.contains(column.source) && names.contains(column.source) {
                guard let value = converted(field(fields, column), column) else { return nil }
                row.append(value)
            } else {
                absent.insert(index)
                row.append("")
            }
        }
        guard let keys = readableKeys(fields) else { return nil }
        if let key = groupKey(keys) { return (key, .partial(row, absent)) }
        writeOff(keys)
        return (nil, nil)
    }

    mutating func writeOff(_ keys: [String]) {
        if isPairs, owner == nil {
            notLinks += 1
        } else {
            var row = columns.map { _ in "" }
            for (place, index) in self.keys.enumerated() { row[index] = keys[place] }
            nullKeyRows.append(row)
        }
    }

    /// A feed's rows of one key, each on what the one before left.
    mutating func stand(_ entries: [Entry], on before: [String]?, headerless: [Int]) -> [String]? {
        var standing = before
        for entry in entries {
            switch entry {
            case .row(var row), .noLink(var row):
                for index in headerless { row[index] = standing?[index] ?? "" }
                standing = row
            case .partial(var row, let absent):
                for index in absent { row[index] = standing?[index] ?? "" }
                standing = row
            case .delete, .marker: standing = nil
            }
            let isLink = standing.map { row in keys.allSatisfy { !row[$0].isEmpty } } ?? true
            if isLink { kept += 1 } else { notLinks += 1 }
        }
        return standing.flatMap { row in keys.allSatisfy { !row[$0].isEmpty } ? row : nil }
    }

    func field(_ fields: [[UInt8]], _ column: Column) -> [UInt8] {
        header.firstIndex(of: column.source).map { trimmed(fields[$0]) } ?? []
    }

    func readableKeys(_ fields: [[UInt8]]) -> [String]? {
        var keys: [String] = []
        for (place, index) in self.keys.enumerated() {
            let key = converted(field(fields, columns[index]), columns[index])
            if let owner, place != owner {
                keys.append(key ?? "")
            } else if let key {
                keys.append(key)
            } else {
                return nil
            }
        }
        return keys
    }

    func groupKey(_ keys: [String]) -> [String]? {
        if let owner { return keys[owner].isEmpty ? nil : [keys[owner]] }
        return keys.contains("") ? nil : keys
    }

    /// nil: rejected. Inner nils: written off.
    mutating func accepted(_ fields: [[UInt8]], _ raw: ArraySlice<UInt8>) -> ([String]?, Entry?)? {
        guard fields.count == header.count else { return nil }
        guard String(validating: raw, as: UTF8.self) != nil, !raw.contains(0) else { return nil }
        if let commandIndex {
            let command = String(decoding: trimmed(fields[commandIndex]), as: UTF8.self).lowercased()
            if command == "delete" {
                guard let keys = readableKeys(fields) else { return nil }
                if let key = groupKey(keys) { return (key, .delete) }
                writeOff(keys)
                return (nil, nil)
            }
            guard ["insert", "update", "merge", "add", "modify"].contains(command) else { return nil }
            if let partialIndex {
                let names = String(decoding: trimmed(fields[partialIndex]), as: UTF8.self)
                if !names.isEmpty {
                    return acceptedPartial(
                        fields, names.split(separator: "|", omittingEmptySubsequences: false).map(String.init))
                }
            }
        }
        var row: [String] = []
        for column in columns {
            guard let value = converted(field(fields, column), column) else { return nil }
            row.append(value)
        }
        let keys = self.keys.map { row[$0] }
        if let owner {
            if keys[owner].isEmpty {
                nullKeyRows.append(row)
                return (nil, nil)
            }
            return ([keys[owner]], keys.contains("") ? .noLink(row) : .row(row))
        }
        if keys.contains("") {
            if isPairs { notLinks += 1 } else { nullKeyRows.append(row) }
            return (nil, nil)
        }
        return (keys, .row(row))
    }

    mutating func resolve(_ groups: [[String]: [Entry]], previous: [[String]]?, carriesAll: Bool) {
        var old: [[String]: [String]] = [:]
        for row in previous ?? [] { old[keys.map { row[$0] }] = row }
        let isFeed = commandIndex != nil
        let absent = columns.indices.filter { !header.contains(columns[$0].source) }
        func rows(of group: [String]) -> [[String]] {
            old.keys.filter { owner == nil ? $0 == group : [$0[owner ?? 0]] == group }
        }
        if isFeed {
            image = old
            for (group, entries) in groups {
                let effective = entries.filter { if case .marker = $0 { false } else { true } }
                guard let last = effective.last else {
                    for key in rows(of: group) { carriedKeys.insert(key) }
                    continue
                }
                if partialIndex != nil {
                    let before = rows(of: group).sorted { Model.precedes($0, $1) }.first.flatMap { old[$0] }
                    for key in rows(of: group) { image[key] = nil }
                    if let row = stand(effective, on: before, headerless: absent) { image[keys.map { row[$0] }] = row }
                    continue
                }
                for entry in effective {
                    if case .noLink = entry { notLinks += 1 } else { kept += 1 }
                }
                let cleared = effective.contains { if case .delete = $0 { true } else { false } }
                let before = rows(of: group).sorted { Model.precedes($0, $1) }.first.flatMap { old[$0] }
                for key in rows(of: group) { image[key] = nil }
                if case .row(var row) = last {
                    if let before, !cleared { for index in absent { row[index] = before[index] } }
                    image[keys.map { row[$0] }] = row
                }
            }
        } else {
            for (group, entries) in groups {
                var isTaken = false
                for entry in entries {
                    switch entry {
                    case .row(let row):
                        if isTaken {
                            duplicateRows.append(row)
                        } else {
                            kept += 1
                            image[keys.map { row[$0] }] = row
                        }
                        isTaken = true
                    case .noLink(let row):
                        if isTaken { duplicateRows.append(row) } else { notLinks += 1 }
                        isTaken = true
                    case .delete, .marker, .partial: break
                    }
                }
                if !isTaken { for key in rows(of: group) { carriedKeys.insert(key) } }
            }
            if carriesAll {
                for key in old.keys {
                    let group = owner.map { [key[$0]] } ?? key
                    if groups[group] == nil { carriedKeys.insert(key) }
                }
            }
            for key in carriedKeys { image[key] = old[key] }
        }
        write(old)
    }

    static func precedes(_ left: [String], _ right: [String]) -> Bool {
        for (a, b) in zip(left, right) where Array(a.utf8) != Array(b.utf8) {
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return false
    }

    static func line(_ values: [String]) -> String {
        let fields = values.map { value in
            value.utf8.contains { [44, 34, 10, 13].contains($0) }
                ? "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
                : value
        }
        return fields == [""] ? "\"\"\n" : fields.joined(separator: ",") + "\n"
    }

    private mutating func write(_ old: [[String]: [String]]) {
        let names = columns.map(\.name)
        sortedText = Model.line(names)
        deltaText = Model.line(["command"] + names)
        for key in image.keys.sorted(by: Model.precedes) { sortedText += Model.line(image[key] ?? []) }
        for key in Set(image.keys).union(old.keys).sorted(by: Model.precedes) {
            switch (old[key], image[key]) {
            case (nil, .some(let row)): deltaText += Model.line(["insert"] + row)
            case (.some(let row), nil): deltaText += Model.line(["delete"] + row)
            case (.some(let before), .some(let row)) where before.map({ Array($0.utf8) }) != row.map({ Array($0.utf8) }):
                deltaText += Model.line(["update"] + row)
            default: break
            }
        }
    }
}
