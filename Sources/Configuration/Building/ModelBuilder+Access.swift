extension ModelBuilder {
    /// Profiles, rules, permissions, assignments and clients (REFERENCE §7, §8), and the built-in profile (§2).
    mutating func readAccess() {
        for element in all("Profile") {
            let values = element.values(ElementTable.declared("Profile"))
            model.profiles.append(Profile(identifier: values.text("Identifier"), displayName: values.displayName))
        }
        for element in all("AccessControlRule") { readRule(element) }
        for element in all("AccessControlPermission") {
            let values = element.values(ElementTable.declared("AccessControlPermission"))
            checkPath(values.text("Identifier"), element)
            model.accessControlPermissions.append(
                AccessControlPermission(
                    identifier: Permissions.normalized(values.text("Identifier")),
                    blocksInheritance: values.bool("BlockInheritance")))
        }
        readAssignedProfiles()
        for element in all("OpenIdClient") {
            let values = element.values(ElementTable.declared("OpenIdClient"))
            model.openIdClients.append(
                OpenIdClient(
                    identifier: values.text("Identifier"), displayName: values.displayName,
                    hashedSecret: values.text("HashedSecret"), profile: values.text("Profile"),
                    expirationDate: values["ExpirationDate"]))
        }
        addBuiltInProfile()
        model.profiles.sort { $0.identifier < $1.identifier }
        model.accessControlRules.sort { $0.identifier < $1.identifier }
        model.accessControlPermissions.sort { $0.identifier < $1.identifier }
        model.openIdClients.sort { $0.identifier < $1.identifier }
    }

    private mutating func checkPath(_ path: String, _ element: Element) {
        guard !path.isEmpty, !path.hasPrefix("/") else { return }
        error(element, "\(element.title) names the permission \"\(path)\"; a permission starts with /")
    }

    private mutating func readRule(_ element: Element) {
        let declaration = ElementTable.declared("AccessControlRule")
        let values = element.values(declaration)
        guard let child = declaration.child("Entry") else { return }
        var entries: [AccessControlRule.Entry] = []
        for entry in element.children(named: "Entry") {
            let values = entry.values(child)
            let permission = values.text("Permission")
            if !permission.isEmpty, !permission.hasPrefix("/") {
                error(
                    entry,
                    "\(element.title) has an Entry for the permission \"\(permission)\"; a permission starts with /")
            }
            if !permission.isEmpty, Permissions.normalized(permission) == "/", values.bool("CanExecute") {
                error(
                    entry,
                    "\(element.title) has an Entry with Permission=\"/\" and CanExecute=\"true\"; no profile may have "
                        + "everything, name the permissions")
            }
            entries.append(
                AccessControlRule.Entry(
                    permission: Permissions.normalized(permission), canExecute: values.bool("CanExecute")))
        }
        let filters = element.children(named: "Filter")
        if let filter = filters.first {
            notice(
                filter,
                "\(element.title) has a Filter, which is not evaluated by this version; the rule grants nothing")
        }
        model.accessControlRules.append(
            AccessControlRule(
                identifier: values.text("Identifier"), displayName: values.displayName, profile: values.text("Profile"),
                entityType: values.text("EntityType"),
                entries: entries.sorted {
                    ($0.permission, $0.canExecute ? 1 : 0) < ($1.permission, $1.canExecute ? 1 : 0)
                },
                isFiltered: !filters.isEmpty))
    }

    private mutating func readAssignedProfiles() {
        var counts: [String: Int] = [:]
        for element in all("AssignedProfile") {
            let values = element.values(ElementTable.declared("AssignedProfile"))
            let user = values.text("User")
            let (start, end) = (values["StartDate"], values["EndDate"])
            if let start, let end, start > end {
                error(
                    element, "\(element.title) of User \"\(user)\" has its EndDate before its StartDate; exchange them")
            }
            counts[user, default: 0] += 1
            if counts[user] == 11 {
                error(element, "User \"\(user)\" has more than 10 AssignedProfile; remove some")
            }
            model.assignedProfiles.append(
                AssignedProfile(
                    identifier: values["Identifier"] ?? "\(user)/\(values.text("Profile"))", user: user,
                    profile: values.text("Profile"), startDate: start, endDate: end,
                    isDenied: values.bool("IsDenied")))
        }
        model.assignedProfiles.sort { ($0.identifier, $0.startDate ?? "") < ($1.identifier, $1.startDate ?? "") }
    }

    /// Administrator is there whether or not somebody declares it; what is declared under its rules' names counts.
    private mutating func addBuiltInProfile() {
        for element in AccessScaffolder.administrator() {
            let values = element.values(ElementTable.declared(element.name))
            let identifier = values.text("Identifier")
            if element.name == "Profile" {
                if model.profile(identifier) != nil { continue }
                model.profiles.append(Profile(identifier: identifier, displayName: values.displayName))
            } else if !model.accessControlRules.contains(where: { $0.identifier == identifier }) {
                readRule(element)
            }
        }
    }
}
