import Foundation
import Testing
import WeirConfiguration

/// The example that the guide, the demo and the end-to-end test use.
struct ContosoTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../examples/contoso/Conf").standardizedFileURL.path

    private let loaded = ConfigurationFolder.load(ContosoTests.folder)

    @Test func `the example deploys, and says only what is not executed`() {
        #expect(loaded.errorTexts == [])
        #expect(loaded.noticeTexts.filter { !$0.contains("is not executed by this version") } == [])
    }

    @Test func `it declares what the guide needs`() throws {
        let model = try #require(loaded.model)
        #expect(model.agents.map(\.identifier) == ["Local"])
        #expect(
            model.connections.map(\.identifier) == [
                "HRGroups", "HRMemberships", "HROrganizations", "HRPeople", "HRSites",
            ])
        #expect(model.entityTypes.map(\.identifier) == ["HR_Group", "HR_Organization", "HR_Person", "HR_Site"])
        #expect(
            model.jobs.map { "\($0.identifier): \($0.displayName)" } == [
                "HR_Synchronize_Complete_Scaffolding: HR: synchronize everything",
                "HR_Synchronize_Incremental_Scaffolding: HR: synchronize changes",
                "HR_Verify: HR: verify both sides", "InitializationJob: First load of all connectors",
            ])
        #expect(
            model.openIdClients.map { [$0.identifier, $0.hashedSecret, $0.profile] } == [
                ["Admin", "FhdSI8jdzlrOBJPJSFacIRsDxMa7PT5IRDSZlEjP/gE=", "Administrator"],
                ["Job", "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=", "AgentSynchro"],
            ])
        #expect(model.menuItems.map(\.entityType).sorted() == model.entityTypes.map(\.identifier))
        #expect(model.connectors.map(\.thresholds) == [.connectorDefault])
        #expect(model.connectors.map(\.linkThresholds) == [.linkDefault])
    }

    @Test func `the columns of its mappings are those of its files`() throws {
        let model = try #require(loaded.model)
        var columns: [String: Set<String>] = [:]
        for mapping in model.entityTypeMappings {
            columns[mapping.table, default: []].formUnion(mapping.properties.map(\.column))
        }
        for mapping in model.associationMappings {
            columns[mapping.table, default: []].formUnion([mapping.side1.column, mapping.side2.column])
        }
        #expect(
            columns == [
                "HRPeople": [
                    "Employee Id", "Last name", "First name", "Mail", "Phone", "Job title", "Organization", "Site",
                    "Manager", "Start date", "End date", "Active",
                ],
                "HROrganizations": ["Code", "Name", "Parent"], "HRSites": ["Code", "Name", "City", "Country"],
                "HRGroups": ["Code", "Name", "Description"], "HRMemberships": ["Group", "Member"],
            ])
    }

    @Test func `its incremental job has the levels of the reference`() throws {
        let job = try #require(loaded.model?.job("HR_Synchronize_Incremental_Scaffolding"))
        #expect(job.cron == "*/15 7-19 * * MON-FRI")
        #expect(job.cronTimeZone == .serverTime)
        #expect(job.isIncremental)
        #expect(job.tasks.allSatisfy { $0.openIdClient == "Job" })
        #expect(
            job.tasks.map { "\($0.level ?? -1) \($0.element)" } == [
                "0 ExportTask", "0 ExportTask", "0 ExportTask", "0 ExportTask", "0 ExportTask",
                "1 PrepareSynchronizationTask", "2 SynchronizeTask", "3 SetRecentlyModifiedFlagTask",
                "4 UpdateEntityPropertyExpressionsTask", "5 ComputeCorrelationKeysTask", "6 ComputeRoleModelTask",
                "7 GenerateProvisioningOrdersTask", "8 FulfillTask",
            ])
    }

    @Test func `a manager owns the reports, a person the manager`() throws {
        let mapping = try #require(loaded.model?.associationMapping("HR_Person_Manager"))
        let association = try #require(loaded.model?.association("HR_Person_Manager"))
        #expect([mapping.side1.column, association.property1.property] == ["Manager", "Reports"])
        #expect([mapping.side2.column, association.property2.property] == ["Employee Id", "Manager"])
    }
}
