import Foundation

/// Standard output and standard error of a tool.
enum Console {
    /// Whether somebody looks: then progress is drawn as a bar that moves.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// At once, also into a pipe: whoever follows a run sees each line when it happens.
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// As it is, without a line's end.
    static func text(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Replaces the current line of the terminal.
    static func redraw(_ text: String) {
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + text).utf8))
    }
}
