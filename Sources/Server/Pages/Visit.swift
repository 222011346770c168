import API
import Foundation
import HTTPTypes
import Hummingbird
import WeirConfiguration

/// One request of somebody who is signed in, as a page sees it.
struct Visit: Sendable {
    let request: Request
    let parameters: Parameters
    let caller: Caller
    let signIn: SignInStore.SignIn
    let model: Model
    /// What a POST sent; its form token has been checked.
    let form: FormBody?
    let now: Date

    func may(_ permission: String) -> Bool { caller.may(permission, in: model) }

    /// A `{name}` of the path, percent-decoded.
    func path(_ name: String) throws -> String {
        guard let text = parameters.get(name)?.removingPercentEncoding, !text.isEmpty else {
            throw ServerError(.notFound, "This address is not complete.")
        }
        return text
    }

    /// A query parameter, nil when absent or empty. Forms write a space as `+` (URL Standard §5.1).
    func query(_ name: String) -> String? {
        request.uri.query.flatMap { FormBody($0) }?[name]
    }

    func field(_ name: String) throws -> String {
        guard let value = form?[name] else {
            throw ServerError(.invalidRequest, "The form lacks \(name); go back, reload the page and try again.")
        }
        return value
    }

    /// The frame of a page; `path` is the menu's entry that it belongs to.
    func layout(_ title: String, at path: String, refreshSeconds: Int? = nil) -> Layout {
        var menu = [Layout.MenuSection(title: "", links: [Layout.MenuLink(title: "Home", path: PagePath.home)])]
        var administration: [Layout.MenuLink] = []
        if may("/Jobs/Job/Query") {
            administration.append(Layout.MenuLink(title: "Job Execution", path: PagePath.jobs))
        }
        if may(QuarantineFeature.permission) {
            administration.append(Layout.MenuLink(title: "Quarantine", path: PagePath.quarantine))
        }
        if !administration.isEmpty {
            menu.append(Layout.MenuSection(title: "Administration", links: administration))
        }
        let resources = shownEntityTypes.map {
            Layout.MenuLink(title: $0.title, path: PagePath.resources($0.entityType))
        }
        if !resources.isEmpty { menu.append(Layout.MenuSection(title: "Resources", links: resources)) }
        for section in menu.indices {
            for link in menu[section].links.indices {
                menu[section].links[link].isCurrent = menu[section].links[link].path == path
            }
        }
        return Layout(
            title: title, userName: signIn.userName, formToken: signIn.formToken, menu: menu,
            refreshSeconds: refreshSeconds)
    }

    /// The entity types of the left menu that the visitor may see: those that a MenuItem names, else all.
    var shownEntityTypes: [(title: String, entityType: String)] {
        let named = model.menuItems.filter { model.entityType($0.entityType) != nil }
        let all =
            named.isEmpty
            ? model.entityTypes.map { (title: $0.displayName, entityType: $0.identifier) }
            : named.map { (title: $0.displayName, entityType: $0.entityType) }
        return all.filter { may(Self.viewPermission($0.entityType)) }.sorted { $0.title < $1.title }
    }

    static func viewPermission(_ entityType: String) -> String { "/Custom/Resources/\(entityType)/View" }
}
