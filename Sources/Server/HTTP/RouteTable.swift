import HTTPTypes
import Hummingbird
import WeirConfiguration

/// Adds a table of routes to the router; each runs only for a caller whose profiles grant its permission.
struct RouteTable: Sendable {
    let routes: [Route]
    let authenticate: @Sendable (Request, RequestScope) async throws -> (caller: Caller, model: Model)
    let limits: PageLimits

    func add(to router: Router<RequestScope>) {
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                let (caller, model) = try await authenticate(request, context)
                try caller.require(route.permission, in: model)
                return try await route.handle(
                    Call(
                        request: request, parameters: context.parameters, caller: caller, model: model,
                        logger: context.logger, limits: limits))
            }
        }
    }
}
