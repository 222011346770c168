import API

/// What the list of changes on a review page shows; as part of an address.
struct ChangeListFilter: Sendable, Equatable {
    var wantsLinks = false
    var mapping: String?
    var operation: String?
    var cause: ChangeCause?
    var key: String?

    init(
        wantsLinks: Bool = false, mapping: String? = nil, operation: String? = nil, cause: ChangeCause? = nil,
        key: String? = nil
    ) {
        self.wantsLinks = wantsLinks
        self.mapping = mapping
        self.operation = operation
        self.cause = cause
        self.key = key
    }

    init(_ query: (String) -> String?) throws {
        let filter = try ChangesFeature.filter(query)
        self.init(
            wantsLinks: query("of") == "links", mapping: filter.mapping, operation: filter.operation,
            cause: filter.cause, key: filter.key)
    }

    var changes: ChangeFilter { ChangeFilter(mapping: mapping, operation: operation, cause: cause, key: key) }

    /// Whether it leaves anything out.
    var isNarrow: Bool { changes != ChangeFilter() }

    /// The page of a session with this filter, and the list in view.
    func path(of session: String, after token: String? = nil) -> String {
        let values = [
            ("of", wantsLinks ? "links" : "resources"), ("mapping", mapping), ("operation", operation),
            ("cause", cause?.rawValue), ("key", key), ("after", token),
        ]
        return PagePath.review(session) + "?"
            + values.compactMap { name, value in value.map { "\(name)=\(PagePath.segment($0))" } }
            .joined(separator: "&") + "#changes"
    }
}
