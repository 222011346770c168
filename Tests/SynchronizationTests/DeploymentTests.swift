import API
import Storage
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// What a deployment does to stored content.
struct DeploymentTests {
    private func world() async throws -> (World, Content) {
        let world = try await World()
        let content = SynchronizeTests.company()
        try await world.synchronize(content, mode: .initial)
        return (world, content)
    }

    @Test func `a mapping that goes takes its resources, links and index along`() async throws {
        let (world, _) = try await world()
        var without = world.model
        without.entityTypeMappings.removeAll { $0.identifier == "HR_Group" }
        without.associationMappings.removeAll { $0.identifier == "Group_Members" }
        try await world.deploy(from: world.model, to: without)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE Type = 'HR_Group'") == 0)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceLinks") == 0)
        #expect(try await world.count("SELECT count(*) FROM US_Pairs WHERE Mapping = 'Group_Members'") == 0)
        #expect(
            try await world.count("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%''HR_Group''%'") == 0)
        #expect(try await world.count("SELECT count(*) FROM US_Counters WHERE Mapping = 'HR_Group'") == 0)
    }

    @Test func `a type that gets another key loses its resources, and links to them`() async throws {
        let (world, _) = try await world()
        var other = world.model
        other.entityTypeMappings[2].properties[0].isPrimaryKey = false
        other.entityTypeMappings[2].properties[2].isPrimaryKey = true
        try await world.deploy(from: world.model, to: other)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE Type = 'HR_Person'") == 0)
        #expect(try await world.count("SELECT count(*) FROM UR_ResourceLinks") == 0)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE I42 IS NOT NULL") == 0)
        #expect(try await world.count("SELECT count(*) FROM US_Pairs WHERE R1_Id IS NOT NULL") == 0)
    }

    @Test func `properties that exchange their columns keep their values`() async throws {
        let (world, _) = try await world()
        var other = world.model
        other.entityTypes[2].properties[1].column = 127
        other.entityTypes[2].properties[3].column = 5
        try await world.deploy(from: world.model, to: other)
        let row = try await world.database.read { transaction in
            try transaction.row(
                "SELECT C5, C3V, InternalDisplayName FROM UR_Resources WHERE Type = 'HR_Person' AND C4 = '2'")?.values
        }
        #expect(row == [.text("a\nb@x"), .text("O'Neill, Jack"), .text("O'Neill, Jack")])
    }

    @Test func `a property that is no longer mapped loses its values`() async throws {
        let (world, _) = try await world()
        var other = world.model
        other.entityTypeMappings[2].properties.removeAll { $0.identifier == "LastName" }
        try await world.deploy(from: world.model, to: other)
        #expect(
            try await world.count(
                "SELECT count(*) FROM UR_Resources WHERE Type = 'HR_Person' AND coalesce(C5, InternalDisplayName) IS NOT NULL"
            ) == 0)
    }

    @Test func `links move with the place where they are stored, and back`() async throws {
        let (world, content) = try await world()
        var other = world.model
        // From the column I40 to rows of UR_ResourceLinks.
        other.entityTypes[2].properties[4].column = nil
        try await world.deploy(from: world.model, to: other)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources WHERE I40 IS NOT NULL") == 0)
        #expect(
            try await world.count("SELECT count(*) FROM UR_ResourceLinks WHERE Type = 'Person_Organization'") == 2)
        try await world.deploy(from: other, to: world.model)
        #expect(try await world.stored() == content.stored)
    }

    @Test func `deploying the same again changes nothing`() async throws {
        let (world, content) = try await world()
        try await world.deploy(from: world.model, to: world.model)
        #expect(try await world.stored() == content.stored)
        #expect(try await world.synchronize(content, mode: .complete, job: "b").state == .applied)
    }

    @Test func `what a deployment would cost is counted`() async throws {
        let (world, _) = try await world()
        let engine = world.engine
        let losses = try await world.database.read { transaction in
            try engine.dataLoss(
                of: [
                    DataLossRisk(reason: "a type", entityType: "HR_Person"),
                    DataLossRisk(reason: "a property", entityType: "HR_Person", columns: ["C3V"]),
                    DataLossRisk(reason: "an association", association: "Group_Members"),
                    DataLossRisk(reason: "nothing", entityType: "HR_Person", columns: ["C7"]),
                ], transaction)
        }
        #expect(
            losses == [
                DataLoss(description: "a type", resourceCount: 3),
                DataLoss(description: "a property", resourceCount: 1),
                DataLoss(description: "an association", resourceCount: 2),
            ])
    }

    @Test func `a deployment supersedes an open session of a connector that it changes`() async throws {
        let (world, _) = try await world()
        let token = try await world.lease("b")
        let session = try await world.open(.complete, token: token)
        var other = world.model
        other.connectors = []
        other.entityTypeMappings = []
        other.associationMappings = []
        try await world.deploy(from: world.model, to: other)
        #expect(try await world.engine.session(session.id).state == .superseded)
        #expect(try await world.count("SELECT count(*) FROM UR_Resources") == 0)
        #expect(try await world.count("SELECT count(*) FROM US_Connectors") == 0)
    }
}
