/// What Weir knows of a connection package (REFERENCE §17).
package struct ConnectionPackage: Sendable, Equatable {
    /// Whether an export can know what changed by itself.
    package enum ChangeFeed: String, Sendable, Equatable {
        case always
        /// Only where the settings name a `PathIncremental`.
        case withIncrementalPath
        /// For users, not for groups.
        case usersOnly
        case byScript
        case never
    }

    /// `CSV` in `Usercube.CSV@0000001`.
    package var name: String
    /// What people call the kind of system.
    package var title: String
    package var changeFeed: ChangeFeed
    /// The folder of its connector; nil: not in this version, an export task ends in a clear error.
    package var connectorFolder: String?

    package var isAvailable: Bool { connectorFolder != nil }

    /// Whether scaffoldings give the package's tasks `Type="Changes"` (REFERENCE §6).
    package var alwaysKnowsItsChanges: Bool {
        switch changeFeed {
        case .always, .usersOnly: true
        case .withIncrementalPath, .byScript, .never: false
        }
    }

    /// The file names (without `.csv`) that a connection's export may write: `true` for the connection's own table.
    package func mayWrite(table: String, connection: String) -> Bool {
        table == connection || table.hasPrefix(connection + "_")
    }
}

/// All connection packages that Weir knows by name.
package enum Packages {
    package static let all: [ConnectionPackage] =
        [
            ConnectionPackage(
                name: "CSV", title: "CSV file", changeFeed: .withIncrementalPath, connectorFolder: "CSV"),
            ConnectionPackage(name: "Excel", title: "Excel workbook", changeFeed: .withIncrementalPath),
            ConnectionPackage(name: "AD", title: "Active Directory", changeFeed: .always),
            ConnectionPackage(name: "LDAP", title: "LDAP directory", changeFeed: .never),
            ConnectionPackage(name: "OpenLDAP", title: "OpenLDAP", changeFeed: .always),
            ConnectionPackage(name: "AzureAD", title: "Microsoft Entra ID", changeFeed: .always),
            ConnectionPackage(name: "SCIM", title: "SCIM application", changeFeed: .usersOnly),
            ConnectionPackage(name: "LDIF", title: "LDIF file", changeFeed: .never),
            ConnectionPackage(name: "PowerShellSync", title: "script", changeFeed: .byScript),
        ]
        + ["Sql", "SQLServer", "MySQL", "PostgreSQL", "Oracle", "ODBC"].map {
            ConnectionPackage(name: $0, title: "SQL database (\($0))", changeFeed: .never)
        }
        + elsewhere.map { ConnectionPackage(name: $0, title: $0, changeFeed: .never) }

    /// Packages of the reference system that Weir only knows the names of.
    private static let elsewhere = [
        "CyberArk", "EasyVista", "EasyVistaTicket", "GoogleWorkspace", "HomeFolder", "InternalResources",
        "InternalWorkflow", "JSON", "Manual", "MicrosoftExchange", "OData", "Okta", "PowerShellProv", "RACF",
        "RobotFramework", "SAP", "SAPASE", "SAPERP6", "SAPNetWeaver", "Salesforce", "ServiceNow", "ServiceNowTicket",
        "SharePoint", "Slack", "TopSecret", "Unplugged", "Workday",
    ]

    private static let otherNames = ["MicrosoftEntraID": "AzureAD"]

    /// The package that `Usercube.CSV@0000001` or `Usercube.CSV.Complete@0000001` names, or nil.
    package static func find(_ text: String) -> ConnectionPackage? {
        guard let name = name(in: text) else { return nil }
        let known = otherNames[name] ?? name
        return all.first { $0.name == known }
    }

    /// The spelling that is stored: `Usercube.<Name>@<version>`.
    package static func canonical(_ text: String) -> String {
        guard let found = find(text), let at = text.lastIndex(of: "@") else { return text }
        return "Usercube.\(found.name)\(text[at...])"
    }

    /// The nearest known spelling.
    static func nearest(to text: String) -> String? {
        NearestName.find(text, among: all.map { "Usercube.\($0.name)@0000001" })
    }

    private static func name(in text: String) -> String? {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[1].isEmpty, halves[1].utf8.allSatisfy({ (48...57).contains($0) }),
            halves[0].hasPrefix("Usercube.")
        else { return nil }
        let name = halves[0].dropFirst("Usercube.".count)
        return String(name.hasSuffix(".Complete") ? name.dropLast(".Complete".count) : name)
    }
}
