/// Who may do what (REFERENCE §7). Pure: the server asks for every request.
package enum Permissions {
    /// Whether one of the profiles may use a permission such as `/Jobs/Job/Query`.
    ///
    /// A grant covers what is below it, until a node with BlockInheritance: at such a node and below, only entries
    /// for the node itself or for what is below it count. Within one entity type the entry nearest to the path decides,
    /// and of entries equally near a denial (no CanExecute); so a rule may deny `/` beside what it grants. A call is
    /// allowed if one entity type allows it. Nothing is allowed that nobody granted.
    package static func isAllowed(_ path: String, profiles: [String], model: Model) -> Bool {
        let path = normalized(path)
        guard path != "/" else { return false }
        let blocks = model.accessControlPermissions.filter(\.blocksInheritance).map { normalized($0.identifier) }
        let floor = blocks.filter { covers($0, path) }.map(depth).max() ?? 0
        let names = Set(profiles)

        var verdicts: [String: (depth: Int, isGranted: Bool)] = [:]
        for rule in model.accessControlRules where names.contains(rule.profile) {
            for entry in rule.entries {
                let permission = normalized(entry.permission)
                let depth = depth(permission)
                guard covers(permission, path), depth >= floor else { continue }
                // A filter narrows a grant to some resources; until filters are evaluated, it grants none.
                if entry.canExecute, permission == "/" || rule.isFiltered { continue }
                guard let nearest = verdicts[rule.entityType], nearest.depth >= depth else {
                    verdicts[rule.entityType] = (depth, entry.canExecute)
                    continue
                }
                if nearest.depth == depth, !entry.canExecute { verdicts[rule.entityType] = (depth, false) }
            }
        }
        return verdicts.values.contains { $0.isGranted }
    }

    /// The profiles that a user has at a moment (`yyyy-MM-ddTHH:mm:ssZ`): assigned, begun, not ended, and denied by
    /// none of the assignments that hold then.
    package static func profiles(of user: String, at moment: String, model: Model) -> [String] {
        let holding = model.assignedProfiles.filter { assignment in
            assignment.user == user && (assignment.startDate.map { $0 <= moment } ?? true)
                && (assignment.endDate.map { moment <= $0 } ?? true)
        }
        let denied = Set(holding.filter(\.isDenied).map(\.profile))
        return Set(holding.map(\.profile)).subtracting(denied).sorted()
    }

    /// With one `/` at the start and between parts, none at the end.
    package static func normalized(_ path: String) -> String {
        "/" + path.split(separator: "/").joined(separator: "/")
    }

    private static func covers(_ node: String, _ path: String) -> Bool {
        node == "/" || path == node || path.hasPrefix(node + "/")
    }

    private static func depth(_ path: String) -> Int {
        path == "/" ? 0 : path.utf8.count { $0 == UInt8(ascii: "/") }
    }
}
