import ArgumentParser
import WeirConfiguration

/// Prints the XSD of the configuration, for completion in editors; made from the parser's own table.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the XML schema of the configuration files.")

    func run() throws {
        print(ElementTable.xmlSchema())
    }
}
