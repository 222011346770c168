import Storage

/// Plain SQL behind the server's back.
enum Meddling: String, CaseIterable, Sendable {
    case changeValue, changeKey, clearKey, makeBlob, makeKeyBlob, deleteResource, insertResource, clearValue
    case deletePair, insertPair, changePair
    case unbindPair, deleteLink, insertLink, clearReference, wrongReference
    case changeBucket, deleteBuckets, deleteRoots, changeRoot, changeCounter

    /// - Returns: what was done, in words.
    func apply(to connector: String, _ transaction: any Transaction, _ random: inout Seeded) throws -> String {
        let types = WholeConfiguration.types(of: connector)
        let type = random.pick(types)
        let association = random.pick(WholeConfiguration.associations(of: connector))
        let mapping = random.once(in: 2) ? type : association.identifier
        let somebody: SQL =
            "(SELECT Id FROM UR_Resources WHERE Type = \(type) ORDER BY Id LIMIT 1 OFFSET \(random.below(6)))"
        let key: SQL = type == "DIR_Group" ? "C0" : "C4"
        let pair: SQL =
            """
            (SELECT Mapping, Key1, Key2 FROM US_Pairs WHERE Mapping = \(association.identifier)
             ORDER BY Key1, Key2 LIMIT 1 OFFSET \(random.below(4)))
            """
        let statement: SQL =
            switch self {
            case .changeValue:
                "UPDATE UR_Resources SET \(identifier: type == "DIR_Group" ? "C4" : type == "HR_Organization" ? "C6" : "C5") = '9' WHERE Id = \(sql: somebody)"
            case .clearValue:
                "UPDATE UR_Resources SET \(identifier: type == "HR_Person" ? "C7" : "C5") = NULL WHERE Id = \(sql: somebody)"
            case .changeKey:
                "UPDATE UR_Resources SET \(sql: key) = \(sql: key) || '!' WHERE Id = \(sql: somebody)"
            case .clearKey:
                "UPDATE UR_Resources SET \(sql: key) = NULL WHERE Id = \(sql: somebody) AND NOT EXISTS (SELECT 1 FROM UR_Resources WHERE Type = \(type) AND typeof(\(sql: key)) <> 'text')"
            case .makeBlob:
                "UPDATE UR_Resources SET \(identifier: type == "DIR_Group" ? "C4" : type == "HR_Organization" ? "C6" : "C5") = x'5a6f65' WHERE Id = \(sql: somebody)"
            case .makeKeyBlob:
                "UPDATE UR_Resources SET \(sql: key) = CAST(\(sql: key) AS BLOB) WHERE Id = \(sql: somebody) AND NOT EXISTS (SELECT 1 FROM UR_Resources WHERE Type = \(type) AND typeof(\(sql: key)) <> 'text')"
            case .deleteResource: "DELETE FROM UR_Resources WHERE Id = \(sql: somebody)"
            case .insertResource:
                "INSERT INTO UR_Resources (Type, \(sql: key)) SELECT \(type), 'alien' WHERE NOT EXISTS (SELECT 1 FROM UR_Resources WHERE Type = \(type) AND \(sql: key) = 'alien')"
            case .deletePair: "DELETE FROM US_Pairs WHERE (Mapping, Key1, Key2) IN \(sql: pair)"
            case .insertPair:
                "INSERT INTO US_Pairs (Mapping, Key1, Key2) VALUES (\(association.identifier), 'x', '1') ON CONFLICT DO NOTHING"
            case .changePair:
                "UPDATE OR IGNORE US_Pairs SET Key1 = Key1 || '?' WHERE (Mapping, Key1, Key2) IN \(sql: pair)"
            case .unbindPair:
                "UPDATE US_Pairs SET R1_Id = NULL, R2_Id = NULL WHERE (Mapping, Key1, Key2) IN \(sql: pair)"
            case .deleteLink: "DELETE FROM UR_ResourceLinks WHERE Type = 'DIR_Group_Members' AND \(connector) = 'DIR'"
            case .insertLink:
                "INSERT INTO UR_ResourceLinks (Type, R1_Id, R2_Id) SELECT 'DIR_Group_Members', g.Id, a.Id FROM UR_Resources g, UR_Resources a WHERE g.Type = 'DIR_Group' AND a.Type = 'DIR_Account' AND \(connector) = 'DIR' ON CONFLICT DO NOTHING"
            case .clearReference:
                "UPDATE UR_Resources SET I40 = NULL, I41 = NULL, I42 = NULL WHERE Id = \(sql: somebody)"
            case .wrongReference:
                "UPDATE UR_Resources SET I40 = Id WHERE Id = \(sql: somebody) AND Type <> 'HR_Organization' AND Type <> 'DIR_Group'"
            case .changeBucket: "UPDATE US_DigestBuckets SET Low = Low + 1 WHERE Mapping = \(mapping)"
            case .deleteBuckets: "DELETE FROM US_DigestBuckets WHERE Mapping = \(mapping)"
            case .deleteRoots: "UPDATE US_Counters SET Root = NULL WHERE Mapping = \(mapping)"
            case .changeRoot: "UPDATE US_Counters SET Root = 'none' WHERE Mapping = \(mapping)"
            case .changeCounter:
                "UPDATE US_Counters SET Stored = Stored + 3, Orphans = Orphans + 2 WHERE Mapping = \(mapping)"
            }
        let changed = try transaction.execute(statement)
        // What is shown is no part of what is compared (DESIGN §6); somebody careful keeps it.
        try transaction.execute(
            """
            UPDATE UR_Resources SET InternalDisplayName =
              CASE Type WHEN 'HR_Person' THEN C5 WHEN 'DIR_Group' THEN C0 ELSE C4 END
            """)
        try transaction.execute(
            "UPDATE UR_Resources SET InternalDisplayName = NULL WHERE typeof(InternalDisplayName) <> 'text'")
        return "\(rawValue) of \(mapping == association.identifier ? mapping : type) (\(changed) rows)"
    }
}
