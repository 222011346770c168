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
