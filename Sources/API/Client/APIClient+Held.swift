/// The calls about held changes (DESIGN §8).
extension APIClient {
    /// The connector's held sets that are not decided on and applied yet.
    package func heldSets(connector: String) async throws -> [HeldSet] {
        let page: Page<HeldSet> = try await get(
            "/api/Connectors/SynchronizeSession/Held?connector=\(PathSegment.encoded(connector))")
        return page.items
    }

    /// The changes of a held set, page by page.
    package func heldRows(of set: String, continuation: String? = nil) async throws -> Page<HeldRow> {
        let next = continuation.map { "&continuationToken=\(PathSegment.encoded($0))" } ?? ""
        return try await get(
            "/api/Connectors/SynchronizeSession/Held/Row?set=\(PathSegment.encoded(set))&pageSize=1000\(next)")
    }
}
