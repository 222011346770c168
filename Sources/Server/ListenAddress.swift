import API
import Foundation
import NIOSSL

/// Where the server listens, from ApplicationUri and the certificate files.
struct ListenAddress: Sendable {
    let scheme: String
    let host: String
    let port: Int
    let tls: TLSConfiguration?
    /// ApplicationUri without a slash at its end: the `iss` of tokens.
    let issuer: String

    /// - Throws: ``ServerError`` that names the setting: TLS is needed on anything but loopback (DESIGN §9).
    init(_ settings: ServerSettings) throws {
        let text = settings.applicationUri
        guard let uri = URLComponents(string: text), let scheme = uri.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = uri.host, !host.isEmpty
        else {
            throw ServerError(
                .invalidRequest, "ApplicationUri is \"\(text)\"; write an address such as http://localhost:5000.")
        }
        let plainHost = host.trimmingCharacters(in: ["[", "]"])
        let isLoopback = plainHost == "localhost" || plainHost == "::1" || plainHost.hasPrefix("127.")
        tls = try Self.tls(settings)
        self.scheme = tls == nil ? "http" : "https"
        if scheme == "https", tls == nil {
            throw ServerError(
                .invalidRequest,
                "ApplicationUri is \"\(text)\" but no certificate is named; set IdentityServer:CertificateFile and "
                    + "IdentityServer:CertificateKeyFile.")
        }
        guard tls != nil || isLoopback || settings.allowsPlainHTTP else {
            throw ServerError(
                .invalidRequest,
                "ApplicationUri is \"\(text)\", which is not this machine alone, and plain HTTP would show secrets; name "
                    + "a certificate in IdentityServer:CertificateFile and IdentityServer:CertificateKeyFile, or set "
                    + "IdentityServer:AllowPlainHttp behind a proxy that ends TLS.")
        }
        self.host = plainHost == "localhost" ? "127.0.0.1" : plainHost
        port = uri.port ?? (scheme == "https" ? 443 : 80)
        issuer = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func tls(_ settings: ServerSettings) throws -> TLSConfiguration? {
        guard let certificateFile = settings.certificateFile, let keyFile = settings.certificateKeyFile else {
            guard settings.certificateFile == nil, settings.certificateKeyFile == nil else {
                throw ServerError(
                    .invalidRequest,
                    "IdentityServer:CertificateFile and IdentityServer:CertificateKeyFile go together; one is missing.")
            }
            return nil
        }
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        } catch {
            throw ServerError(
                .invalidRequest,
                "IdentityServer:CertificateFile: \(certificateFile) cannot be read as a PEM chain; check path and rights."
            )
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw ServerError(
                .invalidRequest,
                "IdentityServer:CertificateKeyFile: \(keyFile) cannot be read as a PEM key; check path and rights.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}
