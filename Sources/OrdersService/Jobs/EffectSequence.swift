import BPMN
import Kernel

/// How calls to the outside are told apart: by what they are about, and by how often an incident was resolved since,
/// since only then the same call is made anew.
extension OrderSaga {
    enum EffectSubject: Int64 {
        /// Identifiers of orders and of fulfillments may be equal: the sequence keeps them apart.
        case order = 0
        case fulfillment = 1
        /// An authorization that came when nobody waited for it any more.
        case late = 2
        /// Its subject is the return.
        case customerReturn = 3
    }

    func sequence(_ subject: EffectSubject) -> Int64 { Int64(order.retries) * 4 + subject.rawValue }

    /// - Parameter attempt: how often the same was asked for, from 1.
    static func sequence(_ subject: EffectSubject, try attempt: Int) -> Int64 {
        Int64(attempt) * 4 + subject.rawValue
    }

    static func subject(of sequence: Int64) -> EffectSubject? { EffectSubject(rawValue: sequence % 4) }

    /// A failure that the model has no answer to.
    func fail(_ job: Job?, _ message: String) throws(Fault) {
        guard let job else {
            throw Fault("effect_refused", retryable: false, "\(id): \(message), and no job waits for it")
        }
        try apply(.failJob(job.key, message: message))
    }
}
