/// Where something was written: a file relative to the configuration folder's parent (`Conf/HR.xml`) and a line from 1.
package struct SourceLocation: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var file: String
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }

    package static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line) < (right.file, right.line)
    }
}
