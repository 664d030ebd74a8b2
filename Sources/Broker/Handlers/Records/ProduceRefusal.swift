import KafkaProtocol
import LogStorage

/// Why a partition's batch was not written.
struct ProduceRefusal: Error, Sendable {
    var code: ErrorCode
    var message: String?
    /// The records to blame (KIP-467).
    var faults: [RecordFault] = []

    init(_ code: ErrorCode, _ message: String? = nil) {
        self.code = code
        self.message = message
    }

    init(_ error: LogError) {
        code = error.errorCode
        message = error.message
    }

    init(_ rejection: RecordBatchRejection) {
        code = rejection.errorCode
        message = rejection.message
        faults = rejection.faults
    }
}
