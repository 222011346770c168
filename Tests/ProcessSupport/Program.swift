import Foundation

/// A real process of the built executable.
package final class Program: @unchecked Sendable {
    private let process = Process()
    private let output = Pipe()
    private let collected = NSCondition()
    private var text = ""
    private var hasEnded = false
    private var code: Int32?

    /// The executable that `swift build` put beside the test bundle.
    package static let executable: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let arguments = CommandLine.arguments.map { ($0 as NSString).deletingLastPathComponent }
        let folders = arguments + [(own as NSString).deletingLastPathComponent]
        return folders.map { "\($0)/weir" }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "weir"
    }()

    /// - Parameters:
    ///   - executable: a link to it, for the reference's tools.
    ///   - started: gets the program as soon as it has a process.
    package init(
        _ arguments: [String], in folder: String, environment: [String: String] = [:], executable: String? = nil,
        started: (Program) -> Void = { _ in }
    ) throws {
        process.executableURL = URL(fileURLWithPath: executable ?? Program.executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8"].merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = output
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            self?.received(data)
        }
        process.terminationHandler = { [weak self] process in
            self?.terminated(
                process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
        }
        try process.run()
        started(self)
    }

    package var identifier: Int32 { process.processIdentifier }

    /// Everything printed so far, both streams.
    package var printed: String {
        collected.lock()
        defer { collected.unlock() }
        return text
    }

    /// Waits until the text was printed; false when the process ended without, or after `seconds`.
    package func waitFor(_ wanted: String, seconds: TimeInterval = 60) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        collected.lock()
        defer { collected.unlock() }
        while !text.contains(wanted) {
            if hasEnded || !collected.wait(until: deadline) { return text.contains(wanted) }
        }
        return true
    }

    /// Waits for the end; the exit code, or minus the signal that ended it.
    @discardableResult
    package func end() -> Int32 {
        collected.lock()
        defer { collected.unlock() }
        while true {
            if let code {
                // What it printed last may still be in the pipe.
                let deadline = Date(timeIntervalSinceNow: 5)
                while !hasEnded, collected.wait(until: deadline) {}
                return code
            }
            collected.wait()
        }
    }

    /// The same, without keeping a thread of the tests busy: for programs that wait for somebody themselves.
    package func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.end()) }
        }
    }

    /// As `kill -9` does.
    package func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        end()
    }

    package func signal(_ number: Int32) {
        Glibc.kill(process.processIdentifier, number)
    }

    private func terminated(_ code: Int32) {
        collected.lock()
        defer { collected.unlock() }
        self.code = code
        collected.broadcast()
    }

    private func received(_ data: Data) {
        collected.lock()
        defer { collected.unlock() }
        if data.isEmpty {
            output.fileHandleForReading.readabilityHandler = nil
            hasEnded = true
        } else {
            text += String(decoding: data, as: UTF8.self)
        }
        collected.broadcast()
    }
}
