import Foundation
import ProcessSupport

/// Stands between tool and server, passes requests on one by one, and calls out at a chosen one: that is where a test
/// kills something.
final class FaultProxy: @unchecked Sendable {
    enum Moment: String, CaseIterable, Sendable {
        /// The request was passed on; the server works on it, its answer is never read.
        case whileServerWorks
        /// The server has answered; the answer is not passed on.
        case beforeAnswer
    }

    let port: Int
    private let target: Int
    private let descriptor: Int32
    private let lock = NSLock()
    private var passed = 0
    private var bytes = 0
    private var fault: Fault?

    private struct Fault {
        /// Which request, counted from 1; nil: the first one whose line holds the text.
        let number: Int?
        let text: String
        let moment: Moment
        let action: () -> Void

        func strikes(at number: Int, _ request: [UInt8]) -> Bool {
            if let wanted = self.number { return wanted == number }
            return String(decoding: request.prefix { $0 != 13 }, as: UTF8.self).contains(text)
        }
    }

    init(target: Int) throws {
        self.target = target
        port = try Company.freePort()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard Self.withAddress(port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 64) == 0 else {
            throw Unexpected("the proxy cannot listen: \(String(cString: strerror(errno)))")
        }
        Thread.detachNewThread { [descriptor, weak self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { [weak self] in
                    self?.serve(client)
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// How many requests were passed on so far.
    var count: Int { lock.withLock { passed } }

    /// How many bytes went through so far, requests and answers with their heads.
    var byteCount: Int { lock.withLock { bytes } }

    /// Calls `action` at the request with this number, counted from now on, from 1; the request's answer is dropped.
    func arm(_ number: Int, _ moment: Moment, action: @escaping () -> Void) {
        lock.withLock {
            passed = 0
            fault = Fault(number: number, text: "", moment: moment, action: action)
        }
    }

    /// The same at the first request whose line holds a text, for instance `/Seal `.
    func arm(at text: String, _ moment: Moment, action: @escaping () -> Void) {
        lock.withLock { fault = Fault(number: nil, text: text, moment: moment, action: action) }
    }

    private func serve(_ client: Int32) {
        var reader = MessageReader(descriptor: client)
        var server: Int32 = -1
        defer { if server >= 0 { close(server) } }
        while let request = reader.next() {
            let action = lock.withLock { () -> (Moment, () -> Void)? in
                passed += 1
                bytes += request.count
                guard let fault, fault.strikes(at: passed, request) else { return nil }
                self.fault = nil
                return (fault.moment, fault.action)
            }
            if server >= 0 { close(server) }
            server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard Self.withAddress(target, { connect(server, $0, $1) }) == 0, Self.send(request, to: server) else {
                action?.1()
                return
            }
            if let action, action.0 == .whileServerWorks {
                action.1()
                return
            }
            var answers = MessageReader(descriptor: server)
            let answer = answers.next()
            if let action {
                action.1()
                return
            }
            guard let answer else { return }
            lock.withLock { bytes += answer.count }
            guard Self.send(answer, to: client) else { return }
        }
    }

    private static func withAddress<Value>(
        _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }
}

/// HTTP/1.1 messages as they stand on the wire, one after the other (RFC 9112 §6).
private struct MessageReader {
    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The next whole message; nil when the connection ended before.
    mutating func next() -> [UInt8]? {
        var end: Int?
        while end == nil {
            end = headEnd()
            if end == nil, !fill() { return nil }
        }
        guard let end else { return nil }
        let head = String(decoding: buffer[..<end], as: UTF8.self).lowercased()
        var length = end
        if head.contains("transfer-encoding: chunked") {
            while true {
                if let last = find("0\r\n\r\n", from: end) {
                    length = last
                    break
                }
                guard fill() else { return nil }
            }
        } else if let line = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }) {
            length += Int(line.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) ?? 0
            while buffer.count < length {
                guard fill() else { return nil }
            }
        }
        defer { buffer.removeFirst(length) }
        return Array(buffer[..<length])
    }

    private func headEnd() -> Int? { find("\r\n\r\n", from: 0) }

    private func find(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard buffer.count >= start + wanted.count else { return nil }
        for index in start...(buffer.count - wanted.count)
        where buffer[index..<(index + wanted.count)].elementsEqual(wanted) {
            return index + wanted.count
        }
        return nil
    }

    private mutating func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }
}
