import Foundation
import ProcessSupport
import Testing

extension BadInputTests {
    /// Disks without room, real ones: small file systems in memory.
    struct FullDiskTests {
        /// The agent's folder of images and the readable copies.
        @Test(arguments: [0, 4, 8, 16, 24, 32, 40, 48, 64])
        func `a full agent's disk ends the job, and with room it goes through`(_ kilobytes: Int) throws {
            let company = try LoadedCompany.served()
            let before = try BadInputTests.state(company)
            try company.day(2)
            // The server has its own Work folder, so that only the agent's is full.
            let work = ["WorkFolderPath": "AgentWork", "TempFolderPath": "AgentWork/Temp"]
            try FileManager.default.copyItem(atPath: "\(company.folder)/Work", toPath: "\(company.folder)/AgentWork")
            let disk = try SmallDisk(on: "\(company.folder)/AgentWork", kilobytes: 512)
            try disk.fill(leaving: kilobytes)

            let run = try company.run("invoke-job", "-j", LoadedCompany.job, environment: work)
            if run.code != 0 {
                #expect(run.code == 1 || run.code == 4, "\(run.printed)")
                #expect(run.printed.contains("AgentWork/"), "\(run.printed)")
                #expect(
                    run.printed.contains("No space left on device") || run.printed.contains("disk is full"),
                    "\(run.printed)")
                #expect(
                    run.printed.lowercased().contains("free space") || run.printed.contains("make room"),
                    "\(run.printed)")
            }
            // All of the second day, or nothing of it.
            let after = try BadInputTests.state(company)
            if after != before { #expect(try company.query("select count(*) from UR_Resources") == "101") }

            try disk.free()
            let mended = try company.run("invoke-job", "-j", LoadedCompany.job, environment: work)
            #expect(mended.code == 0, "\(mended.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "101")
            #expect(try company.waitingChanges() == "0")
            let again = try company.run("invoke-job", "-j", LoadedCompany.job, environment: work)
            #expect(again.code == 0 && again.printed.contains("100 unchanged"), "\(again.printed)")
        }

        @Test(arguments: [0, 16, 48, 96, 160])
        func `a full database's disk ends the job with nothing half applied`(_ kilobytes: Int) throws {
            let company = try LoadedCompany.copy()
            let database = "sqlite:disk/weir.db"
            try FileManager.default.createDirectory(atPath: "\(company.folder)/disk", withIntermediateDirectories: true)
            try FileManager.default.moveItem(
                atPath: "\(company.folder)/weir.db", toPath: "\(company.folder)/disk/weir.db")
            try FileManager.default.createSymbolicLink(
                atPath: "\(company.folder)/weir.db", withDestinationPath: "disk/weir.db")
            try company.edit("appsettings.json") { $0["ConnectionString"] = database }
            let disk = try SmallDisk(on: "\(company.folder)/disk", kilobytes: 4096)
            try company.startServer()
            let before = try BadInputTests.state(company)
            try company.day(2)
            try disk.fill(leaving: kilobytes)

            let run = try company.run("invoke-job", "-j", LoadedCompany.job)
            if run.code != 0 {
                #expect(run.code == 1, "\(run.printed)")
                let words = ["disk/weir.db", "the disk is full", "free space"]
                #expect(BadInputTests.missing(words, in: run.printed) == [], "\(run.printed)")
            }
            let after = try BadInputTests.state(company)
            if after != before { #expect(try company.query("select count(*) from UR_Resources") == "101") }

            try disk.free()
            let mended = try company.run("invoke-job", "-j", LoadedCompany.job)
            #expect(mended.code == 0, "\(mended.printed)")
            #expect(try company.query("select count(*) from UR_Resources") == "101")
            #expect(try company.waitingChanges() == "0")
        }
    }
}
