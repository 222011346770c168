/// The elements that access control scaffoldings generate (REFERENCE §6).
enum AccessScaffolder {
    /// Rules of a scaffolding and of those that it contains, one rule an entity type.
    static func rules(_ scaffolding: AccessScaffolding, profile: String) -> [Element] {
        rules(scaffolding.permissions, feature: scaffolding.feature, profile: profile)
            + scaffolding.contained.flatMap { rules($0, profile: profile) }
    }

    static func view(profile: String, entityType: String) -> [Element] {
        [
            rule(
                identifier: "\(profile)_\(entityType)_View", profile: profile, entityType: entityType,
                permissions: ["/Custom/Resources/\(entityType)/View"])
        ]
    }

    /// CreateAdministratorProfile: everything above for all entity types, the configuration, and the rejected rows.
    static func administrator() -> [Element] {
        let profile = ElementIndex.builtInProfile
        let element = Element(
            "Profile", [Element.Attribute("Identifier", profile), Element.Attribute("DisplayName_L1", profile)])
        let covered: [AccessScaffolding] = [.synchronization, .jobExecution, .taskAdministration]
        return [element] + covered.flatMap { rules($0, profile: profile) }
            + [
                rule(
                    identifier: "\(profile)_Resource_View", profile: profile, entityType: "Resource",
                    permissions: ["/Custom/Resources"]),
                rule(
                    identifier: "\(profile)_Configuration_Administration", profile: profile,
                    entityType: "Configuration", permissions: ["/Configuration/Deploy", "/Configuration/Query"]),
                rule(
                    identifier: "\(profile)_RejectedRow_Quarantine", profile: profile, entityType: "RejectedRow",
                    permissions: ["/Connectors/RejectedRow/Query"]),
            ]
    }

    /// `/Jobs/JobInstance/Query` is about JobInstance.
    private static func rules(_ permissions: [String], feature: String, profile: String) -> [Element] {
        let byType = Dictionary(grouping: permissions) { permission in
            let parts = permission.split(separator: "/")
            return String(parts.count > 1 ? parts[1] : "Resource")
        }
        return byType.sorted { $0.key < $1.key }.map { type, permissions in
            rule(
                identifier: "\(profile)_\(type)_\(feature)", profile: profile, entityType: type,
                permissions: permissions.sorted())
        }
    }

    private static func rule(
        identifier: String, profile: String, entityType: String, permissions: [String]
    ) -> Element {
        Element(
            "AccessControlRule",
            [
                Element.Attribute("Identifier", identifier), Element.Attribute("DisplayName_L1", identifier),
                Element.Attribute("Profile", profile), Element.Attribute("EntityType", entityType),
            ],
            children: permissions.map {
                Element("Entry", [Element.Attribute("Permission", $0), Element.Attribute("CanExecute", "true")])
            })
    }
}
