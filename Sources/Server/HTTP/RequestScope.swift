import Hummingbird
import NIOCore

/// What Hummingbird carries along with one request: where it came from.
struct RequestScope: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's IP address; `unknown` where there is no socket.
    let remoteAddress: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}
