import API
import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Storage
import Testing

@testable import Server

@Suite struct ListenerTests {
    @Test(arguments: [
        ("http://localhost:5000", "127.0.0.1", 5000, "http://localhost:5000"),
        ("http://127.0.0.1:0/", "127.0.0.1", 0, "http://127.0.0.1:0"),
        ("http://[::1]:8080", "::1", 8080, "http://[::1]:8080"),
        ("http://localhost", "127.0.0.1", 80, "http://localhost"),
    ])
    func `the address is ApplicationUri`(uri: String, host: String, port: Int, issuer: String) throws {
        var settings = ServerSettings()
        settings.applicationUri = uri
        let address = try ListenAddress(settings)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.issuer == issuer)
        #expect(address.scheme == "http")
    }

    @Test(arguments: [
        ("http://weir.example:5000", "AllowPlainHttp"), ("https://weir.example", "CertificateFile"),
        ("nonsense", "ApplicationUri"), ("ftp://localhost", "ApplicationUri"),
    ])
    func `an address that would show secrets or cannot be used is refused`(uri: String, named: String) {
        var settings = ServerSettings()
        settings.applicationUri = uri
        let error = #expect(throws: ServerError.self) { try ListenAddress(settings) }
        #expect(error?.detail.contains(named) == true)
    }

    @Test func `plain HTTP on another address is allowed when told so`() throws {
        var settings = ServerSettings()
        settings.applicationUri = "http://0.0.0.0:5000"
        settings.allowsPlainHTTP = true
        #expect(try ListenAddress(settings).host == "0.0.0.0")
    }

    @Test func `a certificate that cannot be read is named`() {
        var settings = ServerSettings()
        settings.applicationUri = "https://localhost:5000"
        settings.certificateFile = "/nowhere/chain.pem"
        settings.certificateKeyFile = "/nowhere/key.pem"
        let error = #expect(throws: ServerError.self) { try ListenAddress(settings) }
        #expect(error?.detail.contains("/nowhere/chain.pem") == true)
    }

    @Test func `port 0 takes a free port, and shutting down ends long polls at once`() async throws {
        var settings = ServerSettings()
        settings.applicationUri = "http://127.0.0.1:0"
        try await TestServer.run(settings: settings) { server in
            let (addresses, listening) = AsyncStream.makeStream(of: String.self)
            let services = try await server.application.services { address in listening.yield(address) }
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: services.map { .init(service: $0) }, logger: server.application.logger))
            let token = try await server.token("Job")
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let first = await addresses.first { _ in true }
                let address = try #require(first)
                #expect(address.hasPrefix("http://127.0.0.1:"))
                #expect(!address.hasSuffix(":0"))
                let url = try #require(
                    URL(string: address + "/api/Jobs/JobInstance/Next?agent=Local&installation=one&wait=30"))
                tasks.addTask {
                    var request = URLRequest(url: url)
                    request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
                    let (_, response) = try await URLSession(configuration: .ephemeral).data(for: request)
                    #expect((response as? HTTPURLResponse)?.statusCode == 204)
                }
                // The jobs of the server wait too; the second one is the long poll.
                while server.application.features.signal.waiterCount < 2 { await Task.yield() }
                let asked = ContinuousClock.now
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                #expect(ContinuousClock.now - asked < .seconds(25), "the poll alone would last 30 s")
            }
        }
    }

    @Test func `a port that another program has is named with the way out`() async throws {
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(taken.localAddress?.port)
        var settings = ServerSettings()
        settings.applicationUri = "http://127.0.0.1:\(port)"
        try await TestServer.run(settings: settings) { server in
            let listener = ListenerService(
                listener: try server.application.listener(), address: server.application.listenAddress)
            let error = await #expect(throws: ServerError.self) { try await listener.run() }
            #expect(
                error?.detail
                    == "Another program listens on 127.0.0.1:\(port) already; stop it, or choose another port "
                    + "(ApplicationUri, --port).")
        }
        try await taken.close()
    }
}
