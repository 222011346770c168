import API
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Serves HTTP, and says in words why it cannot.
struct ListenerService<Listener: ApplicationProtocol>: Service {
    let listener: Listener
    let address: ListenAddress

    func run() async throws {
        do {
            try await listener.run()
        } catch let error as IOError {
            throw ServerError(error.errnoCode == EADDRINUSE ? .internal : .invalidRequest, refusal(error))
        }
    }

    private func refusal(_ error: IOError) -> String {
        let place = "\(address.host):\(address.port)"
        return switch error.errnoCode {
        case EADDRINUSE:
            "Another program listens on \(place) already; stop it, or choose another port (ApplicationUri, --port)."
        case EADDRNOTAVAIL:
            "\(place) is no address of this machine; correct ApplicationUri."
        case EACCES:
            "\(place) may not be listened on without privileges; choose a port from 1024 up (ApplicationUri, --port)."
        default: "\(place) cannot be listened on: \(error); check ApplicationUri."
        }
    }
}
