/// Carries out scaffoldings: a pure function from elements to the elements that they generate (REFERENCE §6).
package struct ScaffoldingExpander {
    private(set) var elements: [Element] = []
    private(set) var problems: [Problem] = []
    private var written: [DeployedItem.Key: Element] = [:]
    private var generated: [DeployedItem.Key: (element: Element, text: String)] = [:]

    /// The generated elements, sorted by kind and identity, each with its scaffolding's place.
    package static func expand(_ elements: [Element]) -> (elements: [Element], problems: [Problem]) {
        var expander = ScaffoldingExpander()
        var scaffoldings: [Element] = []
        for element in elements {
            if ElementTable.declaration(of: element.name)?.usage == .scaffolding {
                scaffoldings.append(element)
            } else {
                let key = DeployedItem.Key(kind: element.name, identity: DeployedItem.identity(of: element))
                expander.written[key] = expander.written[key] ?? element
            }
        }
        scaffoldings = expander.withoutDuplicates(scaffoldings)
        // Mappings first: the jobs of a connector depend on its connections and mappings.
        let mappings = scaffoldings.filter { $0.name == "ConnectorMappings" }
        if !mappings.isEmpty {
            let model = ModelBuilder.build(elements).model
            for scaffolding in mappings {
                let result = MappingScaffolder.generate(scaffolding, others: mappings, model)
                expander.add(result.elements, of: scaffolding)
                expander.problems += result.problems
            }
        }
        let model = ModelBuilder.build(elements + expander.generated.values.map(\.element)).model
        for scaffolding in scaffoldings where scaffolding.name != "ConnectorMappings" {
            let result = generate(scaffolding, model)
            expander.add(result.elements, of: scaffolding)
            expander.problems += result.problems
        }
        let sorted = expander.generated.sorted { $0.key < $1.key }.map(\.value.element)
        return (sorted, expander.problems)
    }

    private static func generate(_ scaffolding: Element, _ model: Model) -> (elements: [Element], problems: [Problem]) {
        let profile = scaffolding["Profile"] ?? ""
        if let access = AccessScaffolding(rawValue: scaffolding.name) {
            return (profile.isEmpty ? [] : AccessScaffolder.rules(access, profile: profile), [])
        }
        switch scaffolding.name {
        case "CreateAdministratorProfile":
            return (AccessScaffolder.administrator(), [])
        case "ViewAccessControlRules":
            guard let type = scaffolding["EntityType"], !type.isEmpty, !profile.isEmpty else { return ([], []) }
            return (AccessScaffolder.view(profile: profile, entityType: type), [])
        case "CreateConnectorsJobs":
            return (ConnectorJobsScaffolder.generate(scaffolding, model), [])
        default:
            var scaffolder = JobScaffolder(scaffolding, model)
            let elements = scaffolder.generate()
            return (elements, scaffolder.problems)
        }
    }

    /// The same scaffolding twice is one; two that differ are an error.
    private mutating func withoutDuplicates(_ scaffoldings: [Element]) -> [Element] {
        var seen: [DeployedItem.Key: (element: Element, text: String)] = [:]
        var kept: [Element] = []
        for scaffolding in scaffoldings {
            let key = DeployedItem.Key(kind: scaffolding.name, identity: DeployedItem.identity(of: scaffolding))
            let text = CanonicalXML.text(scaffolding)
            if let first = seen[key] {
                if first.text != text {
                    problems.append(
                        Problem(
                            .error, at: scaffolding.location,
                            "\(key) is declared twice with different content: here and at \(first.element.location); "
                                + "remove one, or give it a JobIdentifier of its own"))
                }
                continue
            }
            seen[key] = (scaffolding, text)
            kept.append(scaffolding)
        }
        return kept
    }

    private mutating func add(_ elements: [Element], of scaffolding: Element) {
        let title = DeployedItem.Key(kind: scaffolding.name, identity: DeployedItem.identity(of: scaffolding))
            .description
        for element in elements {
            let element = element.marked(at: scaffolding.location, by: title)
            let key = DeployedItem.Key(kind: element.name, identity: DeployedItem.identity(of: element))
            let text = CanonicalXML.text(element)
            if let other = written[key] {
                clash(key, scaffolding, title, "written at \(other.location)")
            } else if let other = generated[key] {
                guard other.text != text else { continue }
                clash(
                    key, scaffolding, title,
                    "generated with different content by \(other.element.generatedBy ?? "") at \(other.element.location)"
                )
            } else {
                generated[key] = (element, text)
            }
        }
    }

    private mutating func clash(_ key: DeployedItem.Key, _ scaffolding: Element, _ title: String, _ other: String) {
        problems.append(
            Problem(
                .error, at: scaffolding.location,
                "\(title) generates \(key), which is also \(other); remove one of the two, or rename yours"))
    }
}
