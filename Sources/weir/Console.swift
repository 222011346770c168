import Foundation

/// Standard output and standard error of a tool.
enum Console {
    /// Whether somebody looks: then progress is drawn as a bar that moves.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// At once, also into a pipe: whoever follows a run sees each line when it happens. Where nobody reads any more, the
    /// run goes on all the same.
    static func line(_ text: String) {
        _ = write(text + "\n", to: .standardOutput)
    }

    /// As it is, without a line's end, for listings of any length: ends the process once nobody reads any more.
    static func text(_ text: String) {
        if !write(text, to: .standardOutput) { exit(ExitStatus.failed.code) }
    }

    static func error(_ text: String) {
        _ = write(text + "\n", to: .standardError)
    }

    /// False when the reader has gone: the server's library has SIGPIPE ignored.
    private static func write(_ text: String, to handle: FileHandle) -> Bool {
        do {
            try handle.write(contentsOf: Data(text.utf8))
            return true
        } catch {
            return false
        }
    }

    /// Replaces the current line of the terminal.
    static func redraw(_ text: String) {
        _ = write("\r\u{1B}[K" + text, to: .standardError)
    }
}
