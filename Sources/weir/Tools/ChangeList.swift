import API

/// The changes of a session as the server gives them, page by page.
struct ChangeList: Sendable {
    let client: APIClient
    let session: String
    var filter: ChangeFilter

    /// More than a server gives at once is cut to what it gives.
    private static let pageSize = 1000

    /// Calls a body for every page; nil leaves those changes out.
    func forEachPage(
        resources: (([ResourceChange]) throws -> Void)?, links: (([LinkChange]) throws -> Void)?
    ) async throws {
        if let resources {
            var token: String?
            repeat {
                let page = try await client.resourceChanges(
                    session: session, filter, pageSize: Self.pageSize, continuation: token)
                try resources(page.items)
                token = page.continuationToken
            } while token != nil
        }
        if let links {
            var token: String?
            repeat {
                let page = try await client.linkChanges(
                    session: session, filter, pageSize: Self.pageSize, continuation: token)
                try links(page.items)
                token = page.continuationToken
            } while token != nil
        }
    }

    /// The first changes, resources before links, and whether there are more.
    func first(
        _ count: Int, resources: Bool, links: Bool
    ) async throws -> (resources: [ResourceChange], links: [LinkChange], hasMore: Bool) {
        var found: (resources: [ResourceChange], links: [LinkChange], hasMore: Bool) = ([], [], false)
        if resources {
            let page = try await client.resourceChanges(session: session, filter, pageSize: count)
            found.resources = Array(page.items.prefix(count))
            found.hasMore = page.continuationToken != nil
        }
        if links, found.resources.count < count {
            let page = try await client.linkChanges(session: session, filter, pageSize: count - found.resources.count)
            found.links = page.items
            found.hasMore = found.hasMore || page.continuationToken != nil
        }
        return found
    }
}
