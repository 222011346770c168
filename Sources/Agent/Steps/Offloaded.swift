import Delta
import Dispatch

/// Runs blocking work on a thread of its own, so that leases are renewed and progress is reported meanwhile.
func offloaded<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: .userInitiated).async {
            continuation.resume(with: Result { try work() })
        }
    }
}

/// Prepares on a thread of its own, and ends soon after the caller is cancelled.
func offloaded(_ preparation: Preparation) async throws -> PreparationResult {
    let cancel = CancelSwitch()
    var cancellable = preparation
    cancellable.isCancelled = { cancel.isRequested }
    let asked = cancellable
    do {
        return try await withTaskCancellationHandler {
            try await offloaded { try prepare(asked) }
        } onCancel: {
            cancel.request()
        }
    } catch let error as DeltaError where error.code == .cancelled {
        throw CancellationError()
    }
}
