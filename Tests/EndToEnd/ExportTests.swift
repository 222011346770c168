import Foundation
import ProcessSupport
import Testing

/// `weir export` (REFERENCE §10, §15) with real processes.
struct ExportTests {
    @Test func `a connection is exported outside of a job, readable by everybody`() throws {
        let company = try Company()
        try company.day(1)
        #expect(try company.run("deploy-configuration", "-d", "Conf").code == 0)
        try company.startServer()
        let exported = try company.run("export", "--connection", "HRPeople", "--ignore-cookies")
        #expect(exported.code == 0, "\(exported.printed)")
        #expect(exported.printed.hasPrefix("HRPeople: "))
        #expect(exported.printed.hasSuffix("Temp/ExportOutput/HRPeople.csv\n"))
        let names = try FileManager.default.contentsOfDirectory(atPath: company.folder + "/Temp")
        #expect(names == ["ExportOutput"], "nothing else stays")
        let copy = try company.read("Temp/ExportOutput/HRPeople.csv")
        #expect(try company.run("invoke-job", "-j", "InitializationJob").code == 0)
        #expect(try company.read("Temp/ExportOutput/HRPeople.csv") == copy, "a job exports the same")

        let unknown = try company.run("export", "--connection", "Nowhere")
        #expect(unknown.code == 2)
        #expect(unknown.printed.contains("There is no connection \"Nowhere\" in the deployed configuration; it has HR"))
    }
}
