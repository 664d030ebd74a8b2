/// An error of the protocol, as the number that stands on the wire. Unknown numbers are kept, so that a newer peer's
/// answers can be shown.
@frozen public struct ErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int16
    @inlinable public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Kafka's name, such as `UNKNOWN_TOPIC_OR_PARTITION`.
    public var description: String { Self.table[rawValue]?.name ?? "UNKNOWN(\(rawValue))" }

    /// Whether a client may try the same request again.
    public var isRetriable: Bool { Self.table[rawValue]?.isRetriable ?? false }

    /// The one table of wire codes: number, Kafka's name, whether a retry may help.
    private static let table: [Int16: (name: String, isRetriable: Bool)] = [
        -1: ("UNKNOWN_SERVER_ERROR", false),
        0: ("NONE", false),
        1: ("OFFSET_OUT_OF_RANGE", false),
        2: ("CORRUPT_MESSAGE", true),
        3: ("UNKNOWN_TOPIC_OR_PARTITION", true),
        4: ("INVALID_FETCH_SIZE", false),
        5: ("LEADER_NOT_AVAILABLE", true),
        6: ("NOT_LEADER_OR_FOLLOWER", true),
        7: ("REQUEST_TIMED_OUT", true),
        8: ("BROKER_NOT_AVAILABLE", false),
        9: ("REPLICA_NOT_AVAILABLE", true),
        10: ("MESSAGE_TOO_LARGE", false),
        11: ("STALE_CONTROLLER_EPOCH", false),
        12: ("OFFSET_METADATA_TOO_LARGE", false),
        13: ("NETWORK_EXCEPTION", true),
        14: ("COORDINATOR_LOAD_IN_PROGRESS", true),
        15: ("COORDINATOR_NOT_AVAILABLE", true),
        16: ("NOT_COORDINATOR", true),
        17: ("INVALID_TOPIC_EXCEPTION", false),
        18: ("RECORD_LIST_TOO_LARGE", false),
        19: ("NOT_ENOUGH_REPLICAS", true),
        20: ("NOT_ENOUGH_REPLICAS_AFTER_APPEND", true),
        21: ("INVALID_REQUIRED_ACKS", false),
        22: ("ILLEGAL_GENERATION", false),
        23: ("INCONSISTENT_GROUP_PROTOCOL", false),
        24: ("INVALID_GROUP_ID", false),
        25: ("UNKNOWN_MEMBER_ID", false),
        26: ("INVALID_SESSION_TIMEOUT", false),
        27: ("REBALANCE_IN_PROGRESS", false),
        28: ("INVALID_COMMIT_OFFSET_SIZE", false),
        29: ("TOPIC_AUTHORIZATION_FAILED", false),
        30: ("GROUP_AUTHORIZATION_FAILED", false),
        31: ("CLUSTER_AUTHORIZATION_FAILED", false),
        32: ("INVALID_TIMESTAMP", false),
        33: ("UNSUPPORTED_SASL_MECHANISM", false),
        34: ("ILLEGAL_SASL_STATE", false),
        35: ("UNSUPPORTED_VERSION", false),
        36: ("TOPIC_ALREADY_EXISTS", false),
        37: ("INVALID_PARTITIONS", false),
        38: ("INVALID_REPLICATION_FACTOR", false),
        39: ("INVALID_REPLICA_ASSIGNMENT", false),
        40: ("INVALID_CONFIG", false),
        41: ("NOT_CONTROLLER", true),
        42: ("INVALID_REQUEST", false),
        43: ("UNSUPPORTED_FOR_MESSAGE_FORMAT", false),
        44: ("POLICY_VIOLATION", false),
        45: ("OUT_OF_ORDER_SEQUENCE_NUMBER", false),
        46: ("DUPLICATE_SEQUENCE_NUMBER", false),
        47: ("INVALID_PRODUCER_EPOCH", false),
        48: ("INVALID_TXN_STATE", false),
        49: ("INVALID_PRODUCER_ID_MAPPING", false),
        50: ("INVALID_TRANSACTION_TIMEOUT", false),
        51: ("CONCURRENT_TRANSACTIONS", true),
        52: ("TRANSACTION_COORDINATOR_FENCED", false),
        53: ("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", false),
        54: ("SECURITY_DISABLED", false),
        55: ("OPERATION_NOT_ATTEMPTED", false),
        56: ("KAFKA_STORAGE_ERROR", true),
        57: ("LOG_DIR_NOT_FOUND", false),
        58: ("SASL_AUTHENTICATION_FAILED", false),
        59: ("UNKNOWN_PRODUCER_ID", false),
        60: ("REASSIGNMENT_IN_PROGRESS", false),
        61: ("DELEGATION_TOKEN_AUTH_DISABLED", false),
        62: ("DELEGATION_TOKEN_NOT_FOUND", false),
        63: ("DELEGATION_TOKEN_OWNER_MISMATCH", false),
        64: ("DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", false),
        65: ("DELEGATION_TOKEN_AUTHORIZATION_FAILED", false),
        66: ("DELEGATION_TOKEN_EXPIRED", false),
        67: ("INVALID_PRINCIPAL_TYPE", false),
        68: ("NON_EMPTY_GROUP", false),
        69: ("GROUP_ID_NOT_FOUND", false),
        70: ("FETCH_SESSION_ID_NOT_FOUND", true),
        71: ("INVALID_FETCH_SESSION_EPOCH", true),
        72: ("LISTENER_NOT_FOUND", true),
        73: ("TOPIC_DELETION_DISABLED", false),
        74: ("FENCED_LEADER_EPOCH", true),
        75: ("UNKNOWN_LEADER_EPOCH", true),
        76: ("UNSUPPORTED_COMPRESSION_TYPE", false),
        77: ("STALE_BROKER_EPOCH", false),
        78: ("OFFSET_NOT_AVAILABLE", true),
        79: ("MEMBER_ID_REQUIRED", false),
        80: ("PREFERRED_LEADER_NOT_AVAILABLE", true),
        81: ("GROUP_MAX_SIZE_REACHED", false),
        82: ("FENCED_INSTANCE_ID", false),
        83: ("ELIGIBLE_LEADERS_NOT_AVAILABLE", true),
        84: ("ELECTION_NOT_NEEDED", true),
        85: ("NO_REASSIGNMENT_IN_PROGRESS", false),
        86: ("GROUP_SUBSCRIBED_TO_TOPIC", false),
        87: ("INVALID_RECORD", false),
        88: ("UNSTABLE_OFFSET_COMMIT", true),
        89: ("THROTTLING_QUOTA_EXCEEDED", true),
        90: ("PRODUCER_FENCED", false),
        91: ("RESOURCE_NOT_FOUND", false),
        92: ("DUPLICATE_RESOURCE", false),
        93: ("UNACCEPTABLE_CREDENTIAL", false),
        94: ("INCONSISTENT_VOTER_SET", false),
        95: ("INVALID_UPDATE_VERSION", false),
        96: ("FEATURE_UPDATE_FAILED", false),
        97: ("PRINCIPAL_DESERIALIZATION_FAILURE", false),
        98: ("SNAPSHOT_NOT_FOUND", false),
        99: ("POSITION_OUT_OF_RANGE", false),
        100: ("UNKNOWN_TOPIC_ID", true),
        101: ("DUPLICATE_BROKER_REGISTRATION", false),
        102: ("BROKER_ID_NOT_REGISTERED", false),
        103: ("INCONSISTENT_TOPIC_ID", true),
        104: ("INCONSISTENT_CLUSTER_ID", false),
        105: ("TRANSACTIONAL_ID_NOT_FOUND", false),
        106: ("FETCH_SESSION_TOPIC_ID_ERROR", true),
        107: ("INELIGIBLE_REPLICA", false),
        108: ("NEW_LEADER_ELECTED", false),
        109: ("OFFSET_MOVED_TO_TIERED_STORAGE", false),
        110: ("FENCED_MEMBER_EPOCH", false),
        111: ("UNRELEASED_INSTANCE_ID", false),
        112: ("UNSUPPORTED_ASSIGNOR", false),
        113: ("STALE_MEMBER_EPOCH", false),
        114: ("MISMATCHED_ENDPOINT_TYPE", false),
        115: ("UNSUPPORTED_ENDPOINT_TYPE", false),
        116: ("UNKNOWN_CONTROLLER_ID", false),
        117: ("UNKNOWN_SUBSCRIPTION_ID", false),
        118: ("TELEMETRY_TOO_LARGE", false),
        119: ("INVALID_REGISTRATION", false),
        120: ("TRANSACTION_ABORTABLE", false),
        121: ("INVALID_RECORD_STATE", false),
        122: ("SHARE_SESSION_NOT_FOUND", true),
        123: ("INVALID_SHARE_SESSION_EPOCH", true),
        124: ("FENCED_STATE_EPOCH", false),
        125: ("INVALID_VOTER_KEY", false),
        126: ("DUPLICATE_VOTER", false),
        127: ("VOTER_NOT_FOUND", false),
        128: ("INVALID_REGULAR_EXPRESSION", false),
        129: ("REBOOTSTRAP_REQUIRED", false),
        130: ("STREAMS_INVALID_TOPOLOGY", false),
        131: ("STREAMS_INVALID_TOPOLOGY_EPOCH", false),
        132: ("STREAMS_TOPOLOGY_FENCED", false),
        133: ("SHARE_SESSION_LIMIT_REACHED", true),
    ]
}

extension ErrorCode {
    @inlinable public static var unknownServerError: ErrorCode { ErrorCode(rawValue: -1) }
    @inlinable public static var none: ErrorCode { ErrorCode(rawValue: 0) }
    @inlinable public static var offsetOutOfRange: ErrorCode { ErrorCode(rawValue: 1) }
    @inlinable public static var corruptMessage: ErrorCode { ErrorCode(rawValue: 2) }
    @inlinable public static var unknownTopicOrPartition: ErrorCode { ErrorCode(rawValue: 3) }
    @inlinable public static var invalidFetchSize: ErrorCode { ErrorCode(rawValue: 4) }
    @inlinable public static var leaderNotAvailable: ErrorCode { ErrorCode(rawValue: 5) }
    @inlinable public static var notLeaderOrFollower: ErrorCode { ErrorCode(rawValue: 6) }
    @inlinable public static var requestTimedOut: ErrorCode { ErrorCode(rawValue: 7) }
    @inlinable public static var brokerNotAvailable: ErrorCode { ErrorCode(rawValue: 8) }
    @inlinable public static var replicaNotAvailable: ErrorCode { ErrorCode(rawValue: 9) }
    @inlinable public static var messageTooLarge: ErrorCode { ErrorCode(rawValue: 10) }
    @inlinable public static var staleControllerEpoch: ErrorCode { ErrorCode(rawValue: 11) }
    @inlinable public static var offsetMetadataTooLarge: ErrorCode { ErrorCode(rawValue: 12) }
    @inlinable public static var networkException: ErrorCode { ErrorCode(rawValue: 13) }
    @inlinable public static var coordinatorLoadInProgress: ErrorCode { ErrorCode(rawValue: 14) }
    @inlinable public static var coordinatorNotAvailable: ErrorCode { ErrorCode(rawValue: 15) }
    @inlinable public static var notCoordinator: ErrorCode { ErrorCode(rawValue: 16) }
    @inlinable public static var invalidTopicException: ErrorCode { ErrorCode(rawValue: 17) }
    @inlinable public static var recordListTooLarge: ErrorCode { ErrorCode(rawValue: 18) }
    @inlinable public static var notEnoughReplicas: ErrorCode { ErrorCode(rawValue: 19) }
    @inlinable public static var notEnoughReplicasAfterAppend: ErrorCode { ErrorCode(rawValue: 20) }
    @inlinable public static var invalidRequiredAcks: ErrorCode { ErrorCode(rawValue: 21) }
    @inlinable public static var illegalGeneration: ErrorCode { ErrorCode(rawValue: 22) }
    @inlinable public static var inconsistentGroupProtocol: ErrorCode { ErrorCode(rawValue: 23) }
    @inlinable public static var invalidGroupID: ErrorCode { ErrorCode(rawValue: 24) }
    @inlinable public static var unknownMemberID: ErrorCode { ErrorCode(rawValue: 25) }
    @inlinable public static var invalidSessionTimeout: ErrorCode { ErrorCode(rawValue: 26) }
    @inlinable public static var rebalanceInProgress: ErrorCode { ErrorCode(rawValue: 27) }
    @inlinable public static var invalidCommitOffsetSize: ErrorCode { ErrorCode(rawValue: 28) }
    @inlinable public static var topicAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 29) }
    @inlinable public static var groupAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 30) }
    @inlinable public static var clusterAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 31) }
    @inlinable public static var invalidTimestamp: ErrorCode { ErrorCode(rawValue: 32) }
    @inlinable public static var unsupportedSaslMechanism: ErrorCode { ErrorCode(rawValue: 33) }
    @inlinable public static var illegalSaslState: ErrorCode { ErrorCode(rawValue: 34) }
    @inlinable public static var unsupportedVersion: ErrorCode { ErrorCode(rawValue: 35) }
    @inlinable public static var topicAlreadyExists: ErrorCode { ErrorCode(rawValue: 36) }
    @inlinable public static var invalidPartitions: ErrorCode { ErrorCode(rawValue: 37) }
    @inlinable public static var invalidReplicationFactor: ErrorCode { ErrorCode(rawValue: 38) }
    @inlinable public static var invalidReplicaAssignment: ErrorCode { ErrorCode(rawValue: 39) }
    @inlinable public static var invalidConfig: ErrorCode { ErrorCode(rawValue: 40) }
    @inlinable public static var notController: ErrorCode { ErrorCode(rawValue: 41) }
    @inlinable public static var invalidRequest: ErrorCode { ErrorCode(rawValue: 42) }
    @inlinable public static var unsupportedForMessageFormat: ErrorCode { ErrorCode(rawValue: 43) }
    @inlinable public static var policyViolation: ErrorCode { ErrorCode(rawValue: 44) }
    @inlinable public static var outOfOrderSequenceNumber: ErrorCode { ErrorCode(rawValue: 45) }
    @inlinable public static var duplicateSequenceNumber: ErrorCode { ErrorCode(rawValue: 46) }
    @inlinable public static var invalidProducerEpoch: ErrorCode { ErrorCode(rawValue: 47) }
    @inlinable public static var invalidTxnState: ErrorCode { ErrorCode(rawValue: 48) }
    @inlinable public static var invalidProducerIDMapping: ErrorCode { ErrorCode(rawValue: 49) }
    @inlinable public static var invalidTransactionTimeout: ErrorCode { ErrorCode(rawValue: 50) }
    @inlinable public static var concurrentTransactions: ErrorCode { ErrorCode(rawValue: 51) }
    @inlinable public static var transactionCoordinatorFenced: ErrorCode { ErrorCode(rawValue: 52) }
    @inlinable public static var transactionalIDAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 53) }
    @inlinable public static var securityDisabled: ErrorCode { ErrorCode(rawValue: 54) }
    @inlinable public static var operationNotAttempted: ErrorCode { ErrorCode(rawValue: 55) }
    @inlinable public static var kafkaStorageError: ErrorCode { ErrorCode(rawValue: 56) }
    @inlinable public static var logDirNotFound: ErrorCode { ErrorCode(rawValue: 57) }
    @inlinable public static var saslAuthenticationFailed: ErrorCode { ErrorCode(rawValue: 58) }
    @inlinable public static var unknownProducerID: ErrorCode { ErrorCode(rawValue: 59) }
    @inlinable public static var reassignmentInProgress: ErrorCode { ErrorCode(rawValue: 60) }
    @inlinable public static var delegationTokenAuthDisabled: ErrorCode { ErrorCode(rawValue: 61) }
    @inlinable public static var delegationTokenNotFound: ErrorCode { ErrorCode(rawValue: 62) }
    @inlinable public static var delegationTokenOwnerMismatch: ErrorCode { ErrorCode(rawValue: 63) }
    @inlinable public static var delegationTokenRequestNotAllowed: ErrorCode { ErrorCode(rawValue: 64) }
    @inlinable public static var delegationTokenAuthorizationFailed: ErrorCode { ErrorCode(rawValue: 65) }
    @inlinable public static var delegationTokenExpired: ErrorCode { ErrorCode(rawValue: 66) }
    @inlinable public static var invalidPrincipalType: ErrorCode { ErrorCode(rawValue: 67) }
    @inlinable public static var nonEmptyGroup: ErrorCode { ErrorCode(rawValue: 68) }
    @inlinable public static var groupIDNotFound: ErrorCode { ErrorCode(rawValue: 69) }
    @inlinable public static var fetchSessionIDNotFound: ErrorCode { ErrorCode(rawValue: 70) }
    @inlinable public static var invalidFetchSessionEpoch: ErrorCode { ErrorCode(rawValue: 71) }
    @inlinable public static var listenerNotFound: ErrorCode { ErrorCode(rawValue: 72) }
    @inlinable public static var topicDeletionDisabled: ErrorCode { ErrorCode(rawValue: 73) }
    @inlinable public static var fencedLeaderEpoch: ErrorCode { ErrorCode(rawValue: 74) }
    @inlinable public static var unknownLeaderEpoch: ErrorCode { ErrorCode(rawValue: 75) }
    @inlinable public static var unsupportedCompressionType: ErrorCode { ErrorCode(rawValue: 76) }
    @inlinable public static var staleBrokerEpoch: ErrorCode { ErrorCode(rawValue: 77) }
    @inlinable public static var offsetNotAvailable: ErrorCode { ErrorCode(rawValue: 78) }
    @inlinable public static var memberIDRequired: ErrorCode { ErrorCode(rawValue: 79) }
    @inlinable public static var preferredLeaderNotAvailable: ErrorCode { ErrorCode(rawValue: 80) }
    @inlinable public static var groupMaxSizeReached: ErrorCode { ErrorCode(rawValue: 81) }
    @inlinable public static var fencedInstanceID: ErrorCode { ErrorCode(rawValue: 82) }
    @inlinable public static var eligibleLeadersNotAvailable: ErrorCode { ErrorCode(rawValue: 83) }
    @inlinable public static var electionNotNeeded: ErrorCode { ErrorCode(rawValue: 84) }
    @inlinable public static var noReassignmentInProgress: ErrorCode { ErrorCode(rawValue: 85) }
    @inlinable public static var groupSubscribedToTopic: ErrorCode { ErrorCode(rawValue: 86) }
    @inlinable public static var invalidRecord: ErrorCode { ErrorCode(rawValue: 87) }
    @inlinable public static var unstableOffsetCommit: ErrorCode { ErrorCode(rawValue: 88) }
    @inlinable public static var throttlingQuotaExceeded: ErrorCode { ErrorCode(rawValue: 89) }
    @inlinable public static var producerFenced: ErrorCode { ErrorCode(rawValue: 90) }
    @inlinable public static var resourceNotFound: ErrorCode { ErrorCode(rawValue: 91) }
    @inlinable public static var duplicateResource: ErrorCode { ErrorCode(rawValue: 92) }
    @inlinable public static var unacceptableCredential: ErrorCode { ErrorCode(rawValue: 93) }
    @inlinable public static var inconsistentVoterSet: ErrorCode { ErrorCode(rawValue: 94) }
    @inlinable public static var invalidUpdateVersion: ErrorCode { ErrorCode(rawValue: 95) }
    @inlinable public static var featureUpdateFailed: ErrorCode { ErrorCode(rawValue: 96) }
    @inlinable public static var principalDeserializationFailure: ErrorCode { ErrorCode(rawValue: 97) }
    @inlinable public static var snapshotNotFound: ErrorCode { ErrorCode(rawValue: 98) }
    @inlinable public static var positionOutOfRange: ErrorCode { ErrorCode(rawValue: 99) }
    @inlinable public static var unknownTopicID: ErrorCode { ErrorCode(rawValue: 100) }
    @inlinable public static var duplicateBrokerRegistration: ErrorCode { ErrorCode(rawValue: 101) }
    @inlinable public static var brokerIDNotRegistered: ErrorCode { ErrorCode(rawValue: 102) }
    @inlinable public static var inconsistentTopicID: ErrorCode { ErrorCode(rawValue: 103) }
    @inlinable public static var inconsistentClusterID: ErrorCode { ErrorCode(rawValue: 104) }
    @inlinable public static var transactionalIDNotFound: ErrorCode { ErrorCode(rawValue: 105) }
    @inlinable public static var fetchSessionTopicIDError: ErrorCode { ErrorCode(rawValue: 106) }
    @inlinable public static var ineligibleReplica: ErrorCode { ErrorCode(rawValue: 107) }
    @inlinable public static var newLeaderElected: ErrorCode { ErrorCode(rawValue: 108) }
    @inlinable public static var offsetMovedToTieredStorage: ErrorCode { ErrorCode(rawValue: 109) }
    @inlinable public static var fencedMemberEpoch: ErrorCode { ErrorCode(rawValue: 110) }
    @inlinable public static var unreleasedInstanceID: ErrorCode { ErrorCode(rawValue: 111) }
    @inlinable public static var unsupportedAssignor: ErrorCode { ErrorCode(rawValue: 112) }
    @inlinable public static var staleMemberEpoch: ErrorCode { ErrorCode(rawValue: 113) }
    @inlinable public static var mismatchedEndpointType: ErrorCode { ErrorCode(rawValue: 114) }
    @inlinable public static var unsupportedEndpointType: ErrorCode { ErrorCode(rawValue: 115) }
    @inlinable public static var unknownControllerID: ErrorCode { ErrorCode(rawValue: 116) }
    @inlinable public static var unknownSubscriptionID: ErrorCode { ErrorCode(rawValue: 117) }
    @inlinable public static var telemetryTooLarge: ErrorCode { ErrorCode(rawValue: 118) }
    @inlinable public static var invalidRegistration: ErrorCode { ErrorCode(rawValue: 119) }
    @inlinable public static var transactionAbortable: ErrorCode { ErrorCode(rawValue: 120) }
    @inlinable public static var invalidRecordState: ErrorCode { ErrorCode(rawValue: 121) }
    @inlinable public static var shareSessionNotFound: ErrorCode { ErrorCode(rawValue: 122) }
    @inlinable public static var invalidShareSessionEpoch: ErrorCode { ErrorCode(rawValue: 123) }
    @inlinable public static var fencedStateEpoch: ErrorCode { ErrorCode(rawValue: 124) }
    @inlinable public static var invalidVoterKey: ErrorCode { ErrorCode(rawValue: 125) }
    @inlinable public static var duplicateVoter: ErrorCode { ErrorCode(rawValue: 126) }
    @inlinable public static var voterNotFound: ErrorCode { ErrorCode(rawValue: 127) }
    @inlinable public static var invalidRegularExpression: ErrorCode { ErrorCode(rawValue: 128) }
    @inlinable public static var rebootstrapRequired: ErrorCode { ErrorCode(rawValue: 129) }
    @inlinable public static var streamsInvalidTopology: ErrorCode { ErrorCode(rawValue: 130) }
    @inlinable public static var streamsInvalidTopologyEpoch: ErrorCode { ErrorCode(rawValue: 131) }
    @inlinable public static var streamsTopologyFenced: ErrorCode { ErrorCode(rawValue: 132) }
    @inlinable public static var shareSessionLimitReached: ErrorCode { ErrorCode(rawValue: 133) }
}
