import API
import Foundation
import HTTPTypes
import Hummingbird
import WeirConfiguration
import WeirSynchronization

/// The left menu's pages: the resources of an entity type, one resource, its links (REFERENCE §16).
struct ResourcesFeature: Sendable {
    let resources: ResourceStore
    let engine: SynchronizationEngine
    let templates: Templates

    private static let pageSize = 50
    private static let linkPreview = 20
    private static let shownColumns = 4

    /// The permission depends on the entity type in the path: each page asks for it itself.
    var routes: [PageRoute] {
        [
            .page("/resources/{type}", .signedIn) { try await table($0) },
            .page("/resources/{type}/{id}", .signedIn) { try await resource($0) },
            .page("/resources/{type}/{id}/links/{property}", .signedIn) { try await links($0) },
        ]
    }

    private func entityType(_ visit: Visit) throws -> EntityType {
        let identifier = try visit.path("type")
        // Permission first: who may not look is not told what exists.
        try visit.caller.require(Visit.viewPermission(identifier), in: visit.model)
        guard let type = visit.model.entityType(identifier) else {
            throw ServerError(.notFound, "There is no entity type \"\(identifier)\" in the deployed configuration.")
        }
        return type
    }

    private func table(_ visit: Visit) async throws -> Response {
        let type = try entityType(visit)
        let path = PagePath.resources(type.identifier)
        let search = visit.query("q") ?? ""
        let place = try visit.query("after").map(Self.place)
        // The name is the first column anyway.
        let named = type.internalDisplayNameProperty?.identifier
        let shown = type.scalars.filter { $0.identifier != named }.prefix(Self.shownColumns)
        // The key is the last one: it says which resources are marked.
        let keyName = keyColumn(of: type, visit.model)
        let columns = shown.compactMap(\.columnName) + (keyName.map { [$0] } ?? [])
        var items: [ResourceStore.Item]
        if search.isEmpty {
            items = try await resources.list(
                type.identifier, columns: columns, after: place, limit: Self.pageSize + 1)
        } else {
            items = try await resources.search(
                type.identifier, columns: columns, prefix: search, after: place, limit: Self.pageSize + 1)
        }
        let next = items.count > Self.pageSize ? items[Self.pageSize - 1] : nil
        items = Array(items.prefix(Self.pageSize))
        if !search.isEmpty, place == nil, let key = keyName {
            let byKey = try await resources.search(
                type.identifier, columns: columns, keyColumn: key, prefix: search, limit: 20)
            items = byKey.filter { found in !items.contains { $0.id == found.id } } + items
        }
        let keys = keyName == nil ? [] : items.compactMap(\.values.last).compactMap(\.self)
        let carried = try await engine.carried(mapping: type.identifier, keys: keys)
        let query = search.isEmpty ? "?" : "?q=" + PagePath.segment(search) + "&"
        let count = try await resources.count(of: type.identifier)
        let title = visit.title(of: type)
        let page = ResourceTablePage(
            layout: visit.layout(title, at: path), title: title, crumbs: [], searchPath: path,
            search: search, total: "\(count.grouped) \(count == 1 ? "resource" : "resources") in all",
            columns: shown.map(\.title),
            items: items.map { item in
                ResourceTablePage.Item(
                    path: PagePath.resource(item.id, of: type.identifier), name: item.title,
                    cells: zip(shown, item.values).map { property, value in
                        ResourceTablePage.Cell(
                            label: property.title, text: value.map { StoredValue.text($0, property.type) })
                    }, kept: item.values.last?.flatMap { carried[$0]?.notice })
            }, nextPath: next.map { path + query + "after=" + PagePath.segment(Self.token($0)) },
            firstPath: place == nil ? nil : path + (search.isEmpty ? "" : "?q=" + PagePath.segment(search)))
        return .html(try templates.render(ResourceTablePage.name, page))
    }

    private func resource(_ visit: Visit) async throws -> Response {
        let type = try entityType(visit)
        let (item, values) = try await found(type, visit)
        var lists: [ResourcePage.Links] = []
        for navigation in Navigation.all(of: type, in: visit.model) {
            lists.append(try await links(navigation, item, values, type, visit))
        }
        let page = ResourcePage(
            layout: visit.layout(item.title, at: PagePath.resources(type.identifier)), title: item.title,
            typeTitle: visit.title(of: type), typePath: PagePath.resources(type.identifier),
            keptRow: try await kept(type, values, visit),
            properties: type.scalars.map { property in
                ResourcePage.Property(
                    title: property.title,
                    text: values[property.identifier].map { StoredValue.text($0, property.type) })
            }, links: lists)
        return .html(try templates.render(ResourcePage.name, page))
    }

    /// Why the resource is shown as of the last good run; nil: it is not.
    private func kept(_ type: EntityType, _ values: [String: String], _ visit: Visit) async throws -> ResourcePage.Kept?
    {
        guard let key = keyProperty(of: type, visit.model).flatMap({ values[$0.identifier] }),
            let found = try await engine.carried(mapping: type.identifier, keys: [key])[key]
        else { return nil }
        let connector = visit.model.entityTypeMapping(type.identifier)?.connector
        return ResourcePage.Kept(
            reason: found.notice, since: Moment(found.since),
            listPath: visit.may(QuarantineFeature.permission) ? connector.map { PagePath.quarantine($0) } : nil)
    }

    /// The resource of the path, and its stored values by property.
    private func found(
        _ type: EntityType, _ visit: Visit
    ) async throws -> (item: ResourceStore.Item, values: [String: String]) {
        let scalars = type.scalars
        guard let id = Int(try visit.path("id")),
            let item = try await resources.resource(
                id, of: type.identifier, columns: scalars.compactMap(\.columnName))
        else {
            throw ServerError(
                .notFound, "This resource does not exist, or no more; the last synchronization may have removed it.")
        }
        var values: [String: String] = [:]
        for (property, value) in zip(scalars, item.values) { values[property.identifier] = value }
        return (item, values)
    }

    private func links(
        _ navigation: Navigation, _ item: ResourceStore.Item, _ values: [String: String], _ type: EntityType,
        _ visit: Visit
    ) async throws -> ResourcePage.Links {
        guard let key = values[navigation.keyProperty] else {
            return ResourcePage.Links(title: navigation.title, links: [], morePath: nil)
        }
        let found = try await resources.linked(
            navigation.association, key: key, isSide1: navigation.isSide1, after: nil, limit: Self.linkPreview + 1)
        let kept = try await engine.carriedPairs(
            mapping: navigation.association, key: key, isSide1: navigation.isSide1,
            others: found.prefix(Self.linkPreview).map(\.key))
        let mayWalk = visit.may(Visit.viewPermission(navigation.target))
        let more = PagePath.resource(item.id, of: type.identifier) + "/links/" + PagePath.segment(navigation.property)
        return ResourcePage.Links(
            title: navigation.title,
            links: found.prefix(Self.linkPreview).map { link in
                ResourcePage.Link(
                    path: mayWalk ? PagePath.resource(link.id, of: navigation.target) : nil,
                    name: link.name ?? link.key, key: link.key, kept: kept[link.key]?.notice)
            }, morePath: found.count > Self.linkPreview ? more : nil)
    }

    /// All links of one navigation property, in order of their keys.
    private func links(_ visit: Visit) async throws -> Response {
        let type = try entityType(visit)
        let (item, values) = try await found(type, visit)
        let property = try visit.path("property")
        guard let navigation = Navigation.all(of: type, in: visit.model).first(where: { $0.property == property })
        else {
            throw ServerError(.notFound, "\(type.identifier) has no links \"\(property)\".")
        }
        let key = values[navigation.keyProperty] ?? ""
        let found = try await resources.linked(
            navigation.association, key: key, isSide1: navigation.isSide1, after: visit.query("after"),
            limit: Self.pageSize + 1)
        let kept = try await engine.carriedPairs(
            mapping: navigation.association, key: key, isSide1: navigation.isSide1, others: found.map(\.key))
        let own = PagePath.resource(item.id, of: type.identifier)
        let path = own + "/links/" + PagePath.segment(property)
        let mayWalk = visit.may(Visit.viewPermission(navigation.target))
        let page = ResourceTablePage(
            layout: visit.layout(navigation.title, at: PagePath.resources(type.identifier)), title: navigation.title,
            crumbs: [
                ResourceTablePage.Crumb(title: visit.title(of: type), path: PagePath.resources(type.identifier)),
                ResourceTablePage.Crumb(title: item.title, path: own),
            ], searchPath: nil, search: "", total: "of \(item.title)", columns: ["Key"],
            items: found.prefix(Self.pageSize).map { link in
                ResourceTablePage.Item(
                    path: mayWalk ? PagePath.resource(link.id, of: navigation.target) : path,
                    name: link.name ?? link.key, cells: [ResourceTablePage.Cell(label: "Key", text: link.key)],
                    kept: kept[link.key]?.notice)
            },
            nextPath: found.count > Self.pageSize
                ? path + "?after=" + PagePath.segment(found[Self.pageSize - 1].key) : nil,
            firstPath: visit.query("after") == nil ? nil : path)
        return .html(try templates.render(ResourceTablePage.name, page))
    }

    /// The column of the primary key, else of the first key property.
    private func keyColumn(of type: EntityType, _ model: Model) -> String? {
        keyProperty(of: type, model)?.columnName
    }

    private func keyProperty(of type: EntityType, _ model: Model) -> Property? {
        let mapped = model.entityTypeMapping(type.identifier)?.properties.first(where: \.isPrimaryKey)?.identifier
        return mapped.flatMap { type.property($0) } ?? type.properties.first(where: \.isKey)
    }

    private static func token(_ item: ResourceStore.Item) -> String { "\(item.id)~\(item.name ?? "")" }

    private static func place(_ token: String) throws -> ResourceStore.Place {
        let parts = token.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = Int(parts[0]) else {
            throw ServerError(.invalidRequest, "This address was cut; go back to the first page of the list.")
        }
        return ResourceStore.Place(name: parts[1].isEmpty ? nil : String(parts[1]), id: id)
    }
}

extension ResourceStore.Item {
    fileprivate var title: String { name ?? "(no name) \(id)" }
}

extension CarriedRow {
    /// Why it is shown as of the last good run. Names a line and a column, never a value.
    fileprivate var notice: String { "shown as of the last good run: \(reason)" }
}

extension Visit {
    /// What the left menu calls the entity type.
    fileprivate func title(of type: EntityType) -> String {
        let shown = shownEntityTypes.first { $0.entityType == type.identifier }?.title ?? type.displayName
        return shown.isEmpty ? type.identifier : shown
    }
}

extension EntityType {
    /// The properties with a column of their own.
    fileprivate var scalars: [Property] {
        properties.filter { !$0.isNavigation && $0.columnName != nil && $0.type != .binary }
    }
}

extension Property {
    fileprivate var title: String { displayName.isEmpty ? identifier : displayName }
}
