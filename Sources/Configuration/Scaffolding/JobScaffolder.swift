/// Generates the synchronization jobs of a connector or of an agent (REFERENCE §6).
struct JobScaffolder {
    private enum Mode {
        case incremental, complete, initial
    }

    private let scaffolding: Element
    private let model: Model
    private(set) var problems: [Problem] = []

    init(_ scaffolding: Element, _ model: Model) {
        self.scaffolding = scaffolding
        self.model = model
    }

    /// The job, or nothing where the scaffolding has a problem.
    mutating func generate() -> [Element] {
        switch scaffolding.name {
        case "CreateConnectorSynchroIncremental": connectorJob(.incremental)
        case "CreateConnectorSynchroComplete": connectorJob(.complete)
        case "CreateAgentSynchroIncremental": agentJob(.incremental)
        case "CreateAgentSynchroComplete": agentJob(.complete)
        case "CreateInitializationJob": agentJob(.initial)
        default: preconditionFailure("the element table has no other job scaffolding")
        }
    }

    private mutating func connectorJob(_ mode: Mode) -> [Element] {
        guard let identifier = scaffolding["Connector"], let connector = model.connector(identifier) else { return [] }
        if connector.agent.isEmpty {
            report(
                "\(scaffolding.name) needs the Agent of Connector \"\(identifier)\", and there is none; declare an Agent"
            )
            return []
        }
        if mode == .complete, scaffolding.children(named: "OpenIdIdentifier").isEmpty {
            report("\(scaffolding.name) of Connector \"\(identifier)\" has no OpenIdIdentifier; add the child element")
        }
        let word = mode == .incremental ? "Incremental" : "Complete"
        return job(
            scaffolding["JobIdentifier"] ?? "\(identifier)_Synchronize_\(word)_Scaffolding", agent: connector.agent,
            mode,
            synchronized: has("NoSynchronization") ? [] : [connector], mapped: [connector],
            isProvisioning: !has("NoProvisioning"))
    }

    private mutating func agentJob(_ mode: Mode) -> [Element] {
        guard let agent = scaffolding["Agent"] ?? (model.agents.count == 1 ? model.agents.first?.identifier : nil)
        else {
            report("\(scaffolding.name) has no Agent, and there are \(model.agents.count); name one")
            return []
        }
        func isLeftOut(_ connector: Connector, _ children: [String]) -> Bool {
            children.contains { name in
                scaffolding.children(named: name).contains { $0["ConnectorIdentifier"] == connector.identifier }
            }
        }
        func rule(_ connector: Connector) -> JobIntegrationRule {
            switch mode {
            case .incremental: connector.incrementalJob
            case .complete: connector.completeJob
            case .initial: .used
            }
        }
        let connectors = model.connectors.filter { connector in
            connector.agent == agent && !connector.isDeactivated && rule(connector) != .notUsed
                && !isLeftOut(connector, ["NotUsed"])
        }
        let synchronized = connectors.filter {
            rule($0) != .onlyProvisioning && !isLeftOut($0, ["NoConnectorSynchronization"]) && !has("NoSynchronization")
        }
        let isProvisioning =
            mode != .initial && !has("NoProvisioning")
            && connectors.contains {
                rule($0) != .onlySynchronization && !isLeftOut($0, ["NoConnectorProvisioning"])
            }
        let name: String
        switch mode {
        case .incremental: name = "\(agent)_Synchronize_Incremental_Scaffolding"
        case .complete: name = "\(agent)_Synchronize_Complete_Scaffolding"
        case .initial: name = "InitializationJob"
        }
        return job(
            scaffolding["JobIdentifier"] ?? name, agent: agent, mode, synchronized: synchronized, mapped: connectors,
            isProvisioning: isProvisioning)
    }

    private func has(_ child: String) -> Bool { !scaffolding.children(named: child).isEmpty }

    private mutating func report(_ message: String) {
        problems.append(Problem(.error, at: scaffolding.location, message))
    }

    // MARK: The job

    private mutating func job(
        _ job: String, agent: String, _ mode: Mode, synchronized: [Connector], mapped: [Connector],
        isProvisioning: Bool
    ) -> [Element] {
        var draft = JobDraft()
        if mode == .initial {
            draft.add("CreateDatabaseViewsTask", "\(job)_CreateDatabaseViews", "Create the SQL Views", level: 0)
        }
        let first = mode == .initial ? 1 : 0
        let synchronizations = synchronize(synchronized, mode, job, agent, level: first, &draft)
        var level = first + 3
        if mode == .incremental, !synchronizations.isEmpty {
            draft.add(
                "SetRecentlyModifiedFlagTask", "\(job)_SetRecentlyModifiedFlag", "Tag Modified Objects", level: level,
                dependsOn: synchronizations)
        }
        if mode == .incremental { level += 1 }
        let isDirty = mode == .incremental
        let types = mapped.flatMap { model.mappings(of: $0.identifier).map(\.identifier) }.sorted()
        draft.add(
            "UpdateEntityPropertyExpressionsTask",
            "\(job)_UpdateEntityPropertyExpressions1" + (isDirty ? "_WithDirty" : ""), "Update Computed Properties",
            level: level, isDirty ? [Element.Attribute("Dirty", "true")] : [], entityTypes: types)
        if isProvisioning {
            let flag = isDirty && !synchronizations.isEmpty ? ["\(job)_SetRecentlyModifiedFlag"] : []
            provision(job, agent, isDirty: isDirty, dependsOn: flag, types, level: level + 1, &draft)
        }
        setOpenIdClient(&draft)
        for child in scaffolding.children(named: "AddTask") { draft.carryOut(addTask: child) }
        for child in scaffolding.children(named: "LinkDependTask") { draft.carryOut(linkDependTask: child) }
        problems += draft.problems
        return [Element("Job", jobAttributes(job, agent, mode), children: draft.tasks)]
    }

    private func jobAttributes(_ job: String, _ agent: String, _ mode: Mode) -> [Element.Attribute] {
        var attributes = [Element.Attribute("Identifier", job)]
        let names = scaffolding.attributes.filter { $0.name.hasPrefix("DisplayName_L") }
        if scaffolding["DisplayName_L1"] == nil { attributes.append(Element.Attribute("DisplayName_L1", job)) }
        attributes += names + [Element.Attribute("Agent", agent)]
        switch mode {
        case .incremental: attributes.append(Element.Attribute("IsIncremental", "true"))
        case .initial: attributes.append(Element.Attribute("IsInitializationJob", "true"))
        case .complete: break
        }
        if let cron = scaffolding.children(named: "CronTabExpression").first {
            attributes.append(Element.Attribute("CronTabExpression", cron["CronTab"] ?? ""))
            if let zone = cron["CronTimeZone"] { attributes.append(Element.Attribute("CronTimeZone", zone)) }
        }
        return attributes
    }

    /// Exports, preparations and synchronizations in three levels; answers the identifiers of the last.
    private func synchronize(
        _ connectors: [Connector], _ mode: Mode, _ job: String, _ agent: String, level: Int, _ draft: inout JobDraft
    ) -> [String] {
        let isIncremental = mode == .incremental
        let onAgent = Element.Attribute("Agent", agent)
        var exports: [String: [String]] = [:]
        for connector in connectors {
            for connection in model.connections(of: connector.identifier) where connection.exports {
                let name =
                    "\(job)_Export_\(connector.identifier)_\(isIncremental ? "Incremental" : "Complete")"
                    + "_\(connection.identifier)"
                exports[connector.identifier, default: []].append(name)
                var attributes = [
                    onAgent, Element.Attribute("Connector", connector.identifier),
                    Element.Attribute("Connection", connection.identifier),
                ]
                if mode == .initial {
                    attributes.append(Element.Attribute("InitMode", "true"))
                } else {
                    attributes.append(Element.Attribute("ContinueOnError", "true"))
                }
                if !isIncremental { attributes.append(Element.Attribute("IgnoreCookieFile", "true")) }
                draft.add(
                    "ExportTask", name, "\(connector.displayName) - Extract Changes", level: level, attributes)
            }
        }
        var preparations: [String: String] = [:]
        for connector in connectors {
            let changes = isIncremental && alwaysKnowsItsChanges(connector)
            let word: String
            switch mode {
            case .incremental: word = "Incremental"
            case .complete: word = "Complete"
            case .initial: word = "Initial"
            }
            let name = "\(job)_PrepareSynchronization\(changes ? "Changes" : "")_\(connector.identifier)_\(word)"
            preparations[connector.identifier] = name
            draft.add(
                "PrepareSynchronizationTask", name,
                "\(connector.displayName) - \(isIncremental ? "Incremental " : "")Synchronization (agent side)",
                level: level + 1,
                [
                    onAgent, Element.Attribute("Connector", connector.identifier),
                    Element.Attribute("SynchronizationMode", word),
                ] + (changes ? [Element.Attribute("Type", "Changes")] : []),
                dependsOn: mode == .initial ? [] : exports[connector.identifier] ?? [])
        }
        return connectors.map { connector in
            let changes = isIncremental && alwaysKnowsItsChanges(connector)
            var name = "\(job)_Synchronize\(changes ? "Changes" : "")_\(connector.identifier)"
            var attributes = [Element.Attribute("Connector", connector.identifier)]
            if changes { attributes.append(Element.Attribute("Type", "Changes")) }
            switch mode {
            case .incremental:
                name += "_DoNotDeleteChanges"
                attributes.append(Element.Attribute("DoNotDeleteChanges", "true"))
            case .initial:
                name += "_ForceSynchronization"
                attributes.append(Element.Attribute("ForceSynchronization", "true"))
            case .complete:
                break
            }
            draft.add(
                "SynchronizeTask", name,
                "\(connector.displayName) - Synchronization (\(changes ? "changes " : "")server side)",
                level: level + 2,
                attributes, dependsOn: mode == .initial ? [] : [preparations[connector.identifier] ?? ""])
            return name
        }
    }

    private func alwaysKnowsItsChanges(_ connector: Connector) -> Bool {
        let connections = model.connections(of: connector.identifier).filter(\.exports)
        return !connections.isEmpty
            && connections.allSatisfy { Packages.find($0.package)?.alwaysKnowsItsChanges ?? false }
    }

    /// The tasks of provisioning, so that AddTask and LinkDependTask find their names; they end as skipped.
    private func provision(
        _ job: String, _ agent: String, isDirty: Bool, dependsOn parents: [String], _ types: [String], level: Int,
        _ draft: inout JobDraft
    ) {
        let suffix = isDirty ? "_WithDirty" : ""
        let dirty = isDirty ? [Element.Attribute("Dirty", "true")] : []
        draft.add(
            "ComputeCorrelationKeysTask", "\(job)_ComputeCorrelationKeys1_AllEntities\(suffix)",
            "Compute all Correlations", level: level, dirty, dependsOn: parents, entityTypes: types)
        draft.add(
            "ComputeRoleModelTask", "\(job)_ComputeRoleModel1\(suffix)", "Apply the Role Model", level: level + 1,
            dirty,
            dependsOn: parents, entityTypes: types)
        var next = level + 2
        if !isDirty {
            draft.add(
                "ComputeRiskScoresTask", "\(job)_ComputeRiskScores1", "Compute Risk Scores", level: next,
                entityTypes: types)
            next += 1
        }
        let orders = "\(job)_GenerateProvisioningOrders1"
        draft.add("GenerateProvisioningOrdersTask", orders, "Generate Provisioning Orders", level: next)
        draft.add(
            "FulfillTask", "\(job)_Fulfill1", "Fulfillment", level: next + 1,
            [Element.Attribute("Agent", agent), Element.Attribute("ContinueOnError", "true")], dependsOn: [orders])
        guard !isDirty else { return }
        draft.add(
            "UpdateParametersContextDisplayNamesTask", "\(job)_UpdateParametersContextDisplayNames",
            "Update of Parameters Context Display Names", level: next + 2)
        draft.add(
            "SendRoleModelNotificationsTask", "\(job)_SendRoleModelNotifications", "Send Role Model Notifications",
            level: next + 3)
        draft.add(
            "MaintainIndexesTask", "\(job)_MaintainIndexes", "SQL Index and Statistics Maintenance", level: next + 4)
    }

    private func setOpenIdClient(_ draft: inout JobDraft) {
        guard let client = scaffolding.children(named: "OpenIdIdentifier").first?["Identifier"] else { return }
        for index in draft.tasks.indices { draft.tasks[index].set("OpenIdClient", to: client) }
    }
}
