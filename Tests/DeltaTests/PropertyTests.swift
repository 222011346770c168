import Foundation
import Testing

@testable import Delta

/// Random files against `Model`. A failure names its seed; `DELTA_SEED` and `DELTA_FILES` in the environment choose
/// other ones (`make fuzz`): `DELTA_SEED=<seed> DELTA_FILES=1` repeats it.
struct PropertyTests {
    static let environment = ProcessInfo.processInfo.environment
    static let filesPerWorker = Int(environment["DELTA_FILES"] ?? "") ?? 400
    static let firstSeed = UInt64(environment["DELTA_SEED"] ?? "") ?? 1

    @Test(arguments: 0..<4) func `random files give what the model gives`(worker: Int) throws {
        let workspace = try Workspace()
        for number in 0..<Self.filesPerWorker {
            let seed = Self.firstSeed &+ UInt64(worker) << 32 &+ UInt64(number)
            guard try check(seed: seed, workspace) else {
                Issue.record("seed \(seed)")
                return
            }
        }
    }

    /// One random table over two versions, the second compared with the first.
    private func check(seed: UInt64, _ workspace: Workspace) throws -> Bool {
        var random = RandomFile(generator: SeededGenerator(state: seed), separator: 44)
        random.separator = random.pick([44, 44, 59, 9, 124])
        let isPairs = random.chance(3)
        let owner: Int? = isPairs ? random.pick([nil, 0, 1]) : nil
        var sources = isPairs ? ["left", "right", "v"] : ["id", "n", "limited", "v", "w"]
        let keyNames = isPairs ? ["left", "right"] : ["id"]
        let isFeed = random.chance(4)
        let commandColumn: String? = isFeed || random.chance(2) ? "Command" : nil
        var previousFile: String?
        var previousColumns: [Model.Column] = []
        var previousRows: [[String]]?
        let trim: [UInt8] = random.chance(5) ? [36, 37] : []
        for version in 0..<2 {
            sources.shuffle(using: &random.generator)
            var columns: [Model.Column] = []
            for source in sources {
                let isKey = keyNames.contains(source)
                if !isKey, isPairs || random.chance(4) { continue }
                columns.append(
                    Model.Column(
                        name: "p." + source, source: source, limit: source == "limited" ? 6 : nil,
                        isNumber: source == "n"))
            }
            if isPairs { columns.sort { $0.source < $1.source } }
            let keys = keyNames.compactMap { name in columns.firstIndex { $0.source == name } }
            var header = sources
            if isFeed, version == 1 {
                header.insert("COMMAND", at: Int.random(in: 0...header.count, using: &random.generator))
                if random.chance(2) { header.removeAll { $0 == "v" || $0 == "n" } }
                if random.chance(2) {
                    header.insert("partialColumns", at: Int.random(in: 0...header.count, using: &random.generator))
                }
            }
            let rows = random.chance(8) ? 0 : Int.random(in: 1...30, using: &random.generator)
            var bytes = random.make(
                header: header, rows: rows, dirty: random.pick([0, 0, 4, 12]), keyColumns: Set(keyNames),
                command: "COMMAND")
            let isMangled = random.chance(4)
            if isMangled { random.mangle(&bytes) }
            var model = Model(
                separator: random.separator, columns: columns, keys: keys, isPairs: isPairs, owner: owner,
                commandColumn: commandColumn, trim: trim)
            // The previous image in the columns of now.
            let old = previousRows?.map { row in
                columns.map { column in
                    previousColumns.firstIndex { $0.name == column.name }.map { row[$0] } ?? ""
                }
            }
            model.run(bytes, previous: old)
            let input = try workspace.write("in.csv", bytes)
            var preparation = Preparation(
                name: "v\(version)", input: input,
                format: CSVFormat(
                    separator: random.separator, trim: trim.map { String(UnicodeScalar($0)) }),
                columns: columns.map { column in
                    Column(
                        name: column.name, source: column.source,
                        conversion: column.isNumber ? .int32 : .text(limit: column.limit))
                }, keys: keys, kind: isPairs ? .pairs(owner: owner) : .entries, previous: previousFile,
                commandColumn: commandColumn, outputDirectory: workspace.path,
                memoryBudget: random.pick([4 << 10, 8 << 10, 1 << 20, 160 << 20]), digests: random.chance(2),
                maximumRejectedPercentage: 0, allowsEmpty: true, isDurable: false)
            preparation.windowSize = random.pick([256, 300, 4096])
            let result: PreparationResult
            do throws(DeltaError) {
                result = try prepare(preparation)
            } catch {
                // Only the header line can make a whole file useless.
                let isHeader = [.headerMissing, .columnMissing, .columnDuplicated, .inputEmpty].contains(error.code)
                #expect(isMangled && isHeader, "\(error)")
                return isMangled && isHeader
            }
            guard try agree(model, result, "v\(version)", workspace) else {
                return false
            }
            previousFile = workspace.file("v\(version).sorted.csv")
            previousColumns = columns
            previousRows = Array(model.image.values)
        }
        return true
    }

    private func agree(
        _ model: Model, _ result: PreparationResult, _ name: String, _ workspace: Workspace
    ) throws -> Bool {
        let sum = result.kept + result.nullKeys + result.duplicates + result.rejected + result.notLinks
        let counts = [
            result.rowsRead, result.kept, result.nullKeys, result.duplicates, result.rejected, result.notLinks,
            result.carried,
        ]
        let expected = [
            model.rowsRead, model.kept, model.nullKeyRows.count, model.duplicateRows.count, model.rejects.count,
            model.notLinks, model.carriedKeys.count,
        ]
        #expect(counts as [Int] == expected)
        #expect(sum == result.rowsRead)
        let sorted = try workspace.read("\(name).sorted.csv")
        #expect(Array(sorted.utf8) == Array(model.sortedText.utf8))
        let delta = try workspace.read("\(name).sorted.delta")
        #expect(Array(delta.utf8) == Array(model.deltaText.utf8))
        let rejects = try rows("\(name).rejected.csv", workspace)
        let expectedRejects = model.rejects.map { reject in
            [
                "in.csv", "\(reject.line)", "\(reject.offset)", reject.key,
                String(decoding: reject.raw, as: UTF8.self).replacing("\0", with: "␀").replacing("\r", with: "␍"),
            ]
        }
        let foundRejects = rejects.map { [$0[0], $0[1], $0[2], $0[4], $0[5]] }
        #expect(foundRejects == expectedRejects)
        let nullKeyRows = try rows("\(name).nullpk.csv", workspace)
        #expect(nullKeyRows == model.nullKeyRows)
        let duplicates = try rows("\(name).duplicates.csv", workspace)
        #expect(duplicates.count == model.duplicateRows.count && Set(duplicates) == Set(model.duplicateRows))
        return counts == expected && sorted == model.sortedText && delta == model.deltaText
            && foundRejects == expectedRejects && nullKeyRows == model.nullKeyRows
            && Set(duplicates) == Set(model.duplicateRows)
    }

    private func rows(_ name: String, _ workspace: Workspace) throws -> [[String]] {
        let reader = try CSVReader(path: workspace.file(name))
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append(row.values) }
        return rows
    }
}
