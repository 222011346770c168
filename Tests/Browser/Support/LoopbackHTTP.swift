import Foundation
import ProcessSupport

/// One HTTP/1.1 request to a port of this machine, on a connection of its own (RFC 9112). URLSession refuses the
/// driver's answers.
enum LoopbackHTTP {
    private static let queue = DispatchQueue(label: "browser", attributes: .concurrent)

    static func send(_ method: String, _ path: String, port: Int, body: Data) async throws -> (status: Int, body: Data)
    {
        try await withCheckedThrowingContinuation { continuation in
            // Waiting for an answer keeps no thread of the tests busy.
            queue.async { continuation.resume(with: Result { try exchange(method, path, port, body) }) }
        }
    }

    private static func exchange(
        _ method: String, _ path: String, _ port: Int, _ body: Data
    ) throws -> (status: Int, body: Data) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Unexpected("nobody listens on port \(port)") }
        var message = Data(
            ("\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n").utf8)
        message += body
        while !message.isEmpty {
            let count = message.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Unexpected("the driver closed the connection") }
            message = Data(message.dropFirst(count))
        }
        return try answer(descriptor)
    }

    private static func answer(_ descriptor: Int32) throws -> (status: Int, body: Data) {
        var received = Data()
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let end = Data("\r\n\r\n".utf8)
        var wanted: Int?
        while true {
            if wanted == nil, let head = received.range(of: end) {
                let text = String(decoding: received[..<head.lowerBound], as: UTF8.self).lowercased()
                let length = text.firstMatch(of: /content-length: *(\d+)/).flatMap { Int($0.output.1) }
                wanted = length.map { head.upperBound + $0 }
            }
            if let wanted, received.count >= wanted { break }
            let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { break }
            received += chunk[..<count]
        }
        guard let head = received.range(of: end),
            let status = String(decoding: received.prefix(12), as: UTF8.self).split(separator: " ").last.flatMap({
                Int($0)
            })
        else { throw Unexpected("the driver did not answer") }
        return (status, Data(received[head.upperBound...]))
    }
}
