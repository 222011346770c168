import Delta
import WeirConfiguration

extension TableTransformation {
    /// The configured transformation as the delta engine's value.
    init(_ transformation: Transformation) {
        switch transformation.operation {
        default: preconditionFailure()
        }
    }
}
