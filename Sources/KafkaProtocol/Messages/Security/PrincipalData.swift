/// DefaultPrincipalData.
package struct DefaultPrincipalData: KafkaMessage {
    package static let messageName = "DefaultPrincipalData"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var type = ""
    package var name = ""
    package var tokenAuthenticated = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Type", &type, 0...)
        try coder.field("Name", &name, 0...)
        try coder.field("TokenAuthenticated", &tokenAuthenticated, 0...)
    }
}
