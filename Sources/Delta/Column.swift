/// One column of a prepared file: where its values come from and how they are stored.
package struct Column: Sendable, Equatable {
    /// The output header, for instance the property's identifier.
    package var name: String
    /// The input's header.
    package var source: String
    package var conversion: Conversion

    package init(name: String, source: String, conversion: Conversion = .text(limit: nil)) {
        self.name = name
        self.source = source
        self.conversion = conversion
    }
}
