/// Sessions and job instances that stop before the apply (DESIGN §1.10).
struct AddSimulations: Migration {
    let name = "0006-simulations"

    func run(_ transaction: any Transaction) throws {
        let integer = transaction.dialect.integer
        for table in ["US_Sessions", "UJ_JobInstances"] {
            try transaction.execute(
                "ALTER TABLE \(identifier: table) ADD COLUMN IsSimulation \(sql: integer) NOT NULL DEFAULT 0")
        }
        // One simulation of a connector waits at a time, whatever races.
        try transaction.execute(
            "CREATE UNIQUE INDEX US_Sessions_Planned ON US_Sessions (Connector) WHERE State = 'planned'")
    }
}
