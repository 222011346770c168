extension ModelBuilder {
    /// Agents, connectors and connections (REFERENCE §4).
    mutating func readConnectors() {
        for element in all("Agent") {
            let values = element.values(ElementTable.declared("Agent"))
            model.agents.append(
                AgentDeclaration(
                    identifier: values.text("Identifier"), displayName: values.displayName, uri: values["URI"]))
        }
        for element in all("Connector") { readConnector(element) }
        for element in all("Connection") { readConnection(element) }
        checkConnectionIdentifiers()
        model.agents.sort { $0.identifier < $1.identifier }
        model.connectors.sort { $0.identifier < $1.identifier }
        model.connections.sort { $0.identifier < $1.identifier }
    }

    private mutating func readConnector(_ element: Element) {
        let values = element.values(ElementTable.declared("Connector"))
        if values["Agent"] == nil, model.agents.count > 1 {
            error(
                element,
                "\(element.title) has no Agent, and there are \(model.agents.count); name the one beside its system")
        }
        model.connectors.append(
            Connector(
                identifier: values.text("Identifier"), displayName: values.displayName,
                agent: values["Agent"] ?? model.agents.first?.identifier ?? "",
                isDeactivated: values.bool("IsDeactivated"),
                completeJob: values.number("CompleteJob").flatMap(JobIntegrationRule.init(rawValue:)) ?? .used,
                incrementalJob: values.number("IncrementalJob").flatMap(JobIntegrationRule.init(rawValue:)) ?? .used,
                thresholds: values.thresholds(),
                linkThresholds: Thresholds(
                    maximumInserted: values.int("MaximumLinkInsertedLines"),
                    maximumUpdated: values.int("MaximumLinkUpdatedLines"),
                    maximumDeleted: values.int("MaximumLinkDeletedLines"),
                    percentageInserted: values.int("MaxLinkPercentageInsertedLines"),
                    percentageUpdated: values.int("MaxLinkPercentageUpdatedLines"),
                    percentageDeleted: values.int("MaxLinkPercentageDeletedLines")),
                thresholdScope: values["ThresholdScope"].flatMap(ThresholdScope.init(rawValue:)) ?? .connector))
    }

    private mutating func readConnection(_ element: Element) {
        let values = element.values(ElementTable.declared("Connection"))
        let written = values.text("Package")
        if !written.isEmpty {
            if let package = Packages.find(written) {
                if !package.isAvailable {
                    notice(
                        element,
                        "\(element.title) uses the package \(written) (\(package.title)), which this version does not "
                            + "have; its export tasks will end in an error")
                }
            } else {
                error(
                    element,
                    "\(element.title) uses the unknown package \"\(written)\""
                        + (Packages.nearest(to: written).map { "; did you mean \"\($0)\"?" }
                            ?? "; write it like Usercube.CSV@0000001"))
            }
        }
        let deactivated = values.text("DeactivationExportFulfill").split(separator: ",").map {
            String($0).trimmingXMLSpace()
        }
        let transformations = element.children(named: "Transformation").compactMap {
            readTransformation($0, of: element)
        }
        model.connections.append(
            Connection(
                identifier: values.text("Identifier"), displayName: values.displayName,
                connector: values.text("Connector"), package: Packages.canonical(written),
                exports: !deactivated.contains("Export"), transformations: transformations))
    }

    private mutating func checkConnectionIdentifiers() {
        var seen: [String: Element] = [:]
        for element in all("Connection") {
            guard let identifier = element["Identifier"], let first = identifier.utf8.first else { continue }
            if !((65...90).contains(first) || (97...122).contains(first)) {
                error(element, "\(element.title) must start with a letter; rename it")
            }
            if let character = identifier.first(where: { "<>:\"/\\|?*_".contains($0) }) {
                error(
                    element,
                    "\(element.title) holds \(character); the identifier of a connection may hold none of "
                        + "< > : \" / \\ | ? * _, rename it")
            }
            if identifier.utf8.contains(where: { $0 < 32 }) {
                error(element, "\(element.title) holds a control character; rename it")
            }
            if let other = seen[identifier.lowercased()] {
                if other["Identifier"] != identifier {
                    error(
                        element,
                        "\(element.title) differs only by case from \(other.title) at \(Self.place(other)); rename one")
                }
            } else {
                seen[identifier.lowercased()] = element
            }
        }
    }
}

extension Element.Values {
    /// The thresholds on resources; an attribute that the element does not declare reads as 0.
    func thresholds() -> Thresholds {
        Thresholds(
            maximumInserted: int("MaximumInsertedLines"), maximumUpdated: int("MaximumUpdatedLines"),
            maximumDeleted: int("MaximumDeletedLines"), percentageInserted: int("MaxPercentageInsertedLines"),
            percentageUpdated: int("MaxPercentageUpdatedLines"), percentageDeleted: int("MaxPercentageDeletedLines"))
    }
}
