/// Who may import whom among our modules (DESIGN §3). `nil`: everything.
enum Modules {
    static let table: [String: Set<String>?] = [
        "CDelta": [],
        "CFileSystem": [],
        "Delta": ["CDelta"],
        "Jobs": [],
        "WeirConfiguration": ["CLibXML2"],
        "Storage": [],
        "API": ["WeirConfiguration", "Delta"],
        "ConnectorKit": ["CFileSystem", "WeirConfiguration", "Delta"],
        "WeirSynchronization": ["API", "WeirConfiguration", "Delta", "Storage"],
        "Server": ["API", "WeirConfiguration", "Delta", "Jobs", "Storage", "WeirSynchronization"],
        "Agent": ["API", "WeirConfiguration", "ConnectorKit", "Delta", "Jobs"],
        "TestSupport": ["API", "WeirConfiguration", "ConnectorKit", "Delta", "Jobs", "Storage"],
        "weir": nil,
    ]

    /// What a connector may import; above all no other connector.
    static let ofConnectors: Set<String> = ["ConnectorKit", "Delta", "WeirConfiguration"]

    /// What modules that are built and tested alone may import from elsewhere.
    static let systemModules: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch", "RegexBuilder",
    ]

    /// Modules that stay free of packages, and the few that they may use all the same.
    static let alone: [String: Set<String>] = [
        "Delta": ["Crypto"], "Jobs": [], "WeirConfiguration": [], "ConnectorKit": [],
    ]

    /// Modules of the toolchain: one of ours with such a name would be taken in its place by every package.
    static let ofToolchain: Set<String> = [
        "Swift", "Synchronization", "Observation", "Distributed", "Cxx", "Foundation", "Dispatch", "Testing",
        "XCTest", "RegexBuilder", "Runtime", "Builtin", "System",
    ]

    /// What a module may import of ours; nil: everything.
    static func allowed(_ module: String, isConnector: Bool) -> Set<String>?? {
        isConnector ? .some(.some(ofConnectors)) : table[module]
    }
}
