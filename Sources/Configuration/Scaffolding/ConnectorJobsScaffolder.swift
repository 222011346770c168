/// CreateConnectorsJobs: per connector a job for the connector page, and the tasks that it calls (REFERENCE §6).
enum ConnectorJobsScaffolder {
    static func generate(_ scaffolding: Element, _ model: Model) -> [Element] {
        let client = scaffolding.children(named: "OpenIdIdentifier").first?["Identifier"]
        return model.connectors.flatMap { connector in
            let tasks = tasks(of: connector, model, client: client)
            let job = Element(
                "Job",
                [
                    Element.Attribute("Identifier", "\(connector.identifier)_VirtualJob"),
                    Element.Attribute("DisplayName_L1", "ZZ Connectors/\(connector.displayName)"),
                    Element.Attribute("Agent", connector.agent), Element.Attribute("IsConnectorJob", "true"),
                    Element.Attribute("UserStartDenied", "true"),
                ], children: tasks.map { Element("Step", [Element.Attribute("Identifier", $0["Identifier"] ?? "")]) })
            return [job] + tasks
        }
    }

    private static func tasks(of connector: Connector, _ model: Model, client: String?) -> [Element] {
        let name = connector.identifier
        func task(_ kind: String, _ suffix: String, _ title: String, _ attributes: [Element.Attribute] = []) -> Element
        {
            Element(
                kind,
                [
                    Element.Attribute("Identifier", "\(name)_Connector\(suffix)"),
                    Element.Attribute("DisplayName_L1", "\(connector.displayName) - \(title)"),
                ] + attributes + (client.map { [Element.Attribute("OpenIdClient", $0)] } ?? []))
        }
        let its = Element.Attribute("Connector", name)
        let onAgent = Element.Attribute("Agent", connector.agent)
        var tasks: [Element] = []
        if model.connections(of: name).contains(where: \.exports) {
            tasks.append(task("ExportTask", "Export", "Extract Changes", [onAgent, its]))
        }
        tasks.append(
            task(
                "PrepareSynchronizationTask", "PrepareSynchronization", "Synchronization (agent side)",
                [onAgent, its, Element.Attribute("SynchronizationMode", "Incremental")]))
        tasks.append(task("SynchronizeTask", "Synchronization", "Synchronization (server side)", [its]))
        var expressions = task("UpdateEntityPropertyExpressionsTask", "Expression", "Update Computed Properties")
        expressions.children = model.mappings(of: name).map {
            Element("TaskEntityType", [Element.Attribute("EntityType", $0.identifier)])
        }
        tasks.append(expressions)
        let skipped = [
            ("ComputeCorrelationKeysTask", "Correlation", "Compute all Correlations"),
            ("ComputeRoleModelTask", "Policy", "Apply the Role Model"),
            ("GenerateProvisioningOrdersTask", "GenerateOrders", "Generate Provisioning Orders"),
            ("FulfillTask", "Fulfillment", "Fulfillment"),
            ("UpdateClassificationTask", "Classification", "Resources Classification"),
            ("BuildRoleModelTask", "BuildRoleModel", "Build the Role Model"),
            ("RefreshSchemaTask", "RefreshSchema", "Refresh the connection schema"),
        ]
        return tasks + skipped.map { task($0.0, $0.1, $0.2, [its]) }
    }
}
