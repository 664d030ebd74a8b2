/// Identifiers (`TopicPartition`, `Offset`, `ErrorCode`, …) belong to the client's API, so whoever imports the client
/// has them.
@_exported public import KafkaProtocol
