/// ValuesToTrim of REFERENCE §17: each text in turn, once, off both ends.
struct Trimmer {
    private let texts: [[UInt8]]

    init(_ texts: [String]) {
        self.texts = texts.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    var isIdle: Bool { texts.isEmpty }

    func trim(_ value: inout UnsafePointer<UInt8>, _ count: inout Int) {
        for text in texts {
            if count >= text.count, text.indices.allSatisfy({ value[$0] == text[$0] }) {
                value += text.count
                count -= text.count
            }
            if count >= text.count, text.indices.allSatisfy({ value[count - text.count + $0] == text[$0] }) {
                count -= text.count
            }
        }
    }

    func trim(_ value: String) -> String {
        guard !isIdle else { return value }
        return Array(value.utf8).withUnsafeBufferPointer { bytes in
            guard var start = bytes.baseAddress else { return "" }
            var count = bytes.count
            trim(&start, &count)
            return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
        }
    }
}
