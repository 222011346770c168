extension ModelBuilder {
    /// The tasks that an element stands for: one, or one a connection where an ExportTask names its connector only.
    mutating func readTask(_ element: Element) -> [JobTask] {
        guard let declaration = ElementTable.declarations[element.name] else { return [] }
        let values = element.values(declaration)
        let level = values["Level"].flatMap { Int($0) }
        let task = JobTask(
            identifier: values.text("Identifier"), displayName: values.displayName,
            level: level.flatMap { $0 < 0 ? nil : $0 },
            parents: element.children(named: "TaskDependsOnTask").compactMap { $0["ParentTask"] },
            openIdClient: values["OpenIdClient"], continueOnError: values.bool("ContinueOnError"),
            kind: .notExecuted(element: element.name))
        switch element.name {
        case "ExportTask": return readExport(element, values, task)
        case "PrepareSynchronizationTask": return [with(task, prepare(element, values))]
        case "SynchronizeTask":
            return [
                with(
                    task,
                    .synchronize(
                        connector: values.text("Connector"), type: changeType(values),
                        doNotDeleteChanges: values.bool("DoNotDeleteChanges"),
                        force: values.bool("ForceSynchronization"), orphans: values.bool("Orphans")))
            ]
        case "VerifySynchronizationTask":
            return [
                with(
                    task,
                    .verifySynchronization(
                        connector: values.text("Connector"), deep: values.bool("Deep"), repair: values.bool("Repair")))
            ]
        case "SetRecentlyModifiedFlagTask": return [with(task, .setRecentlyModifiedFlag)]
        case "UpdateEntityPropertyExpressionsTask":
            let named = element.children(named: "TaskEntityType").compactMap { $0["EntityType"] }
            let types = values.bool("AllEntityType") ? model.entityTypes.map(\.identifier) : named
            return [
                with(
                    task,
                    .updateExpressions(entityTypes: Set(types).sorted(), dirtyOnly: values.bool("Dirty")))
            ]
        default: return [task]
        }
    }

    private func with(_ task: JobTask, _ kind: JobTask.Kind) -> JobTask {
        var task = task
        task.kind = kind
        return task
    }

    private func changeType(_ values: Element.Values) -> ChangeType {
        values["Type"].flatMap(ChangeType.init(rawValue:)) ?? .none
    }

    private mutating func prepare(_ element: Element, _ values: Element.Values) -> JobTask.Kind {
        let type = changeType(values)
        var mode = values.number("SynchronizationMode").flatMap(SynchronizationMode.init(rawValue:))
        if mode == nil, element["SynchronizationMode"] == nil {
            if type == .none {
                error(
                    element,
                    "\(element.title) has no SynchronizationMode; add Initial, Complete or Incremental")
            } else {
                // A task that takes changes as they come can only be incremental.
                mode = .incremental
            }
        }
        return .prepareSynchronization(
            connector: values.text("Connector"), mode: mode ?? .complete, type: type,
            commandColumn: values.text("ColumnName"))
    }

    private mutating func readExport(
        _ element: Element, _ values: Element.Values, _ task: JobTask
    ) -> [JobTask] {
        let everything = values.bool("IgnoreCookieFile")
        if let name = values["Connection"] {
            guard let connection = model.connections.first(where: { $0.identifier == name }) else { return [] }
            if let connector = values["Connector"], connector != connection.connector {
                error(
                    element,
                    "\(element.title) names Connection \"\(name)\" of Connector \"\(connection.connector)\" and Connector "
                        + "\"\(connector)\"; keep the Connection alone")
            }
            return [
                with(
                    task,
                    .export(connection: name, connector: connection.connector, ignoreCookieFile: everything))
            ]
        }
        guard let connector = values["Connector"] else {
            error(element, "\(element.title) names neither Connection nor Connector; add one")
            return []
        }
        let connections = model.connections.filter { $0.connector == connector && $0.exports }
        if connections.isEmpty, model.connector(connector) != nil {
            error(
                element,
                "\(element.title) exports Connector \"\(connector)\", which has no connection to export; add one")
        }
        return connections.map { connection in
            var task = with(
                task,
                .export(connection: connection.identifier, connector: connector, ignoreCookieFile: everything))
            if connections.count > 1 { task.identifier += "_\(connection.identifier)" }
            return task
        }
    }
}
