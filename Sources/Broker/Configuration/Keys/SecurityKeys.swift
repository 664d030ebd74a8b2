extension ConfigurationDefinition {
    /// Authentication, authorization and TLS.
    static let securityKeys: [ConfigurationDefinition] = securityKeysA + securityKeysB

    private static let securityKeysA: [ConfigurationDefinition] = [
        .refused(
            "authorizer.class.name", .string, "", .any, because: .plugins,
            "Class that decides who may do what; empty lets everybody."),
        .refused(
            "principal.builder.class", .className,
            "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder", .any, because: .plugins,
            updated: .perBroker,
            "Class that makes a principal of a connection."),
        .refused(
            "security.inter.broker.protocol", .string, "PLAINTEXT",
            .oneOf(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]), because: .tls,
            "Security protocol between brokers."),
        .refused(
            "security.providers", .string, nil, .any, because: .plugins,
            "Java security providers."),
        .ignored(
            "delegation.token.expiry.check.interval.ms", .long, "3600000", .atLeast(1), because: .tokens,
            "Interval of the check for expired delegation tokens."),
        .ignored(
            "delegation.token.expiry.time.ms", .long, "86400000", .atLeast(1), because: .tokens,
            "How long a delegation token is valid unless renewed."),
        .ignored(
            "delegation.token.max.lifetime.ms", .long, "604800000", .atLeast(1), because: .tokens,
            "Longest life of a delegation token."),
        .refused(
            "delegation.token.secret.key", .password, nil, .any, because: .tokens,
            "Secret that delegation tokens are signed with."),
        .refused(
            "sasl.client.callback.handler.class", .className, nil, .any, because: .sasl,
            "Class for the client side of SASL."),
        .refused(
            "sasl.enabled.mechanisms", .list, "GSSAPI", .any, because: .sasl, updated: .perBroker,
            "SASL mechanisms that clients may use."),
        .refused(
            "sasl.jaas.config", .password, nil, .any, because: .sasl, updated: .perBroker,
            "Login modules and their options."),
        .ignored(
            "sasl.kerberos.kinit.cmd", .string, "/usr/bin/kinit", .any, because: .sasl, updated: .perBroker,
            "Kerberos: the kinit command."),
        .kept(
            "sasl.kerberos.min.time.before.relogin", .long, "60000", .any, updated: .perBroker,
            "Kerberos: least time between two logins."),
        .refused(
            "sasl.kerberos.principal.to.local.rules", .list, "DEFAULT", .any, because: .sasl, updated: .perBroker,
            "Kerberos: rules from principals to short names."),
        .refused(
            "sasl.kerberos.service.name", .string, nil, .any, because: .sasl, updated: .perBroker,
            "Kerberos: name of the service."),
        .ignored(
            "sasl.kerberos.ticket.renew.jitter", .double, "0.05", .any, because: .sasl, updated: .perBroker,
            "Kerberos: randomness of ticket renewal."),
        .ignored(
            "sasl.kerberos.ticket.renew.window.factor", .double, "0.8", .any, because: .sasl, updated: .perBroker,
            "Kerberos: share of a ticket's life before it is renewed."),
        .refused(
            "sasl.login.callback.handler.class", .className, nil, .any, because: .sasl,
            "Class for the login callbacks."),
        .refused(
            "sasl.login.class", .className, nil, .any, because: .sasl,
            "Class of the login."),
        .ignored(
            "sasl.login.connect.timeout.ms", .int, nil, .any, because: .sasl,
            "Connect timeout to an OAuth provider."),
        .ignored(
            "sasl.login.read.timeout.ms", .int, nil, .any, because: .sasl,
            "Read timeout from an OAuth provider."),
        .ignored(
            "sasl.login.refresh.buffer.seconds", .short, "300", .any, because: .sasl, updated: .perBroker,
            "Time before expiry at which a login is refreshed."),
        .ignored(
            "sasl.login.refresh.min.period.seconds", .short, "60", .any, because: .sasl, updated: .perBroker,
            "Least time between two refreshes of a login."),
        .ignored(
            "sasl.login.refresh.window.factor", .double, "0.8", .any, because: .sasl, updated: .perBroker,
            "Share of a login's life before it is refreshed."),
        .ignored(
            "sasl.login.refresh.window.jitter", .double, "0.05", .any, because: .sasl, updated: .perBroker,
            "Randomness of that refresh."),
        .ignored(
            "sasl.login.retry.backoff.max.ms", .long, "10000", .any, because: .sasl,
            "Longest pause before a login is tried again."),
        .ignored(
            "sasl.login.retry.backoff.ms", .long, "100", .any, because: .sasl,
            "First pause before a login is tried again."),
        .refused(
            "sasl.mechanism.controller.protocol", .string, "GSSAPI", .any, because: .sasl,
            "SASL mechanism towards controllers."),
        .refused(
            "sasl.mechanism.inter.broker.protocol", .string, "GSSAPI", .any, because: .sasl, updated: .perBroker,
            "SASL mechanism between brokers."),
        .ignored(
            "sasl.oauthbearer.clock.skew.seconds", .int, "30", .any, because: .sasl,
            "OAuth: tolerated difference of clocks."),
        .refused(
            "sasl.oauthbearer.expected.audience", .list, nil, .any, because: .sasl,
            "OAuth: audiences that a token may name."),
        .refused(
            "sasl.oauthbearer.expected.issuer", .string, nil, .any, because: .sasl,
            "OAuth: issuer that a token must name."),
        .ignored(
            "sasl.oauthbearer.jwks.endpoint.refresh.ms", .long, "3600000", .any, because: .sasl,
            "OAuth: interval at which keys are fetched."),
        .ignored(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", .long, "10000", .any, because: .sasl,
            "OAuth: longest pause before keys are fetched again."),
        .ignored(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", .long, "100", .any, because: .sasl,
            "OAuth: first pause before keys are fetched again."),
        .refused(
            "sasl.oauthbearer.jwks.endpoint.url", .string, nil, .any, because: .sasl,
            "OAuth: where the provider's keys are."),
        .refused(
            "sasl.oauthbearer.scope.claim.name", .string, "scope", .any, because: .sasl,
            "OAuth: claim that holds the scope."),
        .refused(
            "sasl.oauthbearer.sub.claim.name", .string, "sub", .any, because: .sasl,
            "OAuth: claim that holds the subject."),
        .refused(
            "sasl.oauthbearer.token.endpoint.url", .string, nil, .any, because: .sasl,
            "OAuth: where tokens are had."),
        .refused(
            "sasl.server.callback.handler.class", .className, nil, .any, because: .sasl,
            "Class for the server side of SASL."),
        .ignored(
            "sasl.server.max.receive.size", .int, "524288", .any, because: .sasl,
            "Largest message of a SASL exchange, in bytes."),
        .refused(
            "ssl.allow.dn.changes", .boolean, "false", .any, because: .tls,
            "A new key store may change its distinguished name."),
        .refused(
            "ssl.allow.san.changes", .boolean, "false", .any, because: .tls,
            "A new key store may change its alternative names."),
        .refused(
            "ssl.cipher.suites", .list, "", .any, because: .tls, updated: .perBroker,
            "Cipher suites that are allowed."),
        .refused(
            "ssl.client.auth", .string, "none", .oneOf(["required", "requested", "none"]), because: .tls,
            updated: .perBroker,
            "Whether clients must show a certificate."),
    ]

    private static let securityKeysB: [ConfigurationDefinition] = [
        .refused(
            "ssl.enabled.protocols", .list, "TLSv1.2,TLSv1.3", .any, because: .tls, updated: .perBroker,
            "TLS versions that are allowed."),
        .refused(
            "ssl.endpoint.identification.algorithm", .string, "https", .any, because: .tls, updated: .perBroker,
            "How a peer's host name is checked."),
        .refused(
            "ssl.engine.factory.class", .className, nil, .any, because: .tls, updated: .perBroker,
            "Class that makes TLS engines."),
        .refused(
            "ssl.key.password", .password, nil, .any, because: .tls, updated: .perBroker,
            "Password of the private key."),
        .ignored(
            "ssl.keymanager.algorithm", .string, "SunX509", .any, because: .tls, updated: .perBroker,
            "Algorithm of the Java key manager."),
        .refused(
            "ssl.keystore.certificate.chain", .password, nil, .any, because: .tls, updated: .perBroker,
            "Certificate chain, PEM."),
        .refused(
            "ssl.keystore.key", .password, nil, .any, because: .tls, updated: .perBroker,
            "Private key, PEM."),
        .refused(
            "ssl.keystore.location", .string, nil, .any, because: .tls, updated: .perBroker,
            "File of the key store."),
        .refused(
            "ssl.keystore.password", .password, nil, .any, because: .tls, updated: .perBroker,
            "Password of the key store."),
        .refused(
            "ssl.keystore.type", .string, "JKS", .any, because: .tls, updated: .perBroker,
            "Format of the key store."),
        .refused(
            "ssl.principal.mapping.rules", .string, "DEFAULT", .any, because: .tls,
            "Rules from distinguished names to principals."),
        .refused(
            "ssl.protocol", .string, "TLSv1.3", .any, because: .tls, updated: .perBroker,
            "TLS version that is preferred."),
        .refused(
            "ssl.provider", .string, nil, .any, because: .tls, updated: .perBroker,
            "Java security provider for TLS."),
        .ignored(
            "ssl.secure.random.implementation", .string, nil, .any, because: .tls, updated: .perBroker,
            "Java random source for TLS."),
        .ignored(
            "ssl.trustmanager.algorithm", .string, "PKIX", .any, because: .tls, updated: .perBroker,
            "Algorithm of the Java trust manager."),
        .refused(
            "ssl.truststore.certificates", .password, nil, .any, because: .tls, updated: .perBroker,
            "Trusted certificates, PEM."),
        .refused(
            "ssl.truststore.location", .string, nil, .any, because: .tls, updated: .perBroker,
            "File of the trust store."),
        .refused(
            "ssl.truststore.password", .password, nil, .any, because: .tls, updated: .perBroker,
            "Password of the trust store."),
        .refused(
            "ssl.truststore.type", .string, "JKS", .any, because: .tls, updated: .perBroker,
            "Format of the trust store."),
    ]
}
