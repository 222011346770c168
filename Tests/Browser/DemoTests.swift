import Foundation
import ProcessSupport
import Testing

/// `weir demo` as a newcomer starts it.
struct DemoTests {
    @Test func `a second start continues with the same data and the same password`() throws {
        let company = try Company()
        let first = try company.startDemo()
        #expect(first.contains("Weir demo: http://127.0.0.1:\(company.port)  user: admin  password: "))
        #expect(first.split(separator: "\n").count == 4)
        #expect(try company.query("select Job, State from UJ_JobInstances") == "InitializationJob|completed")
        #expect(try company.query("select count(*) from UR_Resources") == "595")
        #expect(company.stopServer() == 0)

        let second = try company.startDemo()
        #expect(second == first)
        #expect(try company.query("select count(*) from UJ_JobInstances where Job = 'InitializationJob'") == "1")
        let made = try FileManager.default.contentsOfDirectory(atPath: company.folder)
        #expect(Set(made).isSuperset(of: ["weir.db", "Temp", "Work", "Conf", "sources", "appsettings.json"]))
        #expect(company.stopServer() == 0)
    }
}
