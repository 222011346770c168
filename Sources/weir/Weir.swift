import ArgumentParser
import AsyncHTTPClient
import Server

@main
struct Weir: ParsableCommand {
    func run() throws {}
}
