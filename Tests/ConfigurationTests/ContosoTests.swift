import Foundation
import Testing
import WeirConfiguration

/// The example that the guide and the demo use.
struct ContosoTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../examples/contoso/Conf").standardizedFileURL.path

    @Test func `the example deploys without an error`() throws {
        let loaded = ConfigurationFolder.load(Self.folder)
        #expect(loaded.errors.map(\.description) == [])
        let model = try #require(loaded.model)
        #expect(model.entityTypes.map(\.identifier) == ["HR_Group", "HR_Organization", "HR_Person", "HR_Site"])
        #expect(
            model.jobs.map(\.identifier) == [
                "HR_Synchronize_Complete_Scaffolding", "HR_Synchronize_Incremental_Scaffolding", "InitializationJob",
            ])
        print(loaded.notices.map(\.description).joined(separator: "\n"))
    }
}
