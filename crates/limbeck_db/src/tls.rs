//! TLS with libpq's meaning of `sslmode`.
//!
//! `prefer` and `require` encrypt without asking who the server is, `verify-ca` wants a certificate that a
//! known authority signed, `verify-full` wants it to name the host too. As in libpq, a root certificate
//! that is given makes `require` mean `verify-ca`. Without one, the system's authorities are asked.

use std::path::Path;
use std::sync::Arc;

use limbeck_diag::Result;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use crate::error::connection_error;
use crate::options::{ConnectOptions, SslMode};

/// How much of the server's certificate is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Anyone.
    Anyone,
    /// Whoever has a certificate of a known authority.
    Authority,
    /// Who has one with the host's name.
    Host,
}

/// The client's side of a handshake, by `sslmode`, `sslrootcert`, `sslcert` and `sslkey`.
///
/// # Errors
/// A certificate or key file cannot be read, or no authority is known.
pub(crate) fn client_config(options: &ConnectOptions) -> Result<ClientConfig> {
    let root = options
        .query_value("sslrootcert")
        .filter(|it| !it.is_empty());
    let is_system = root == Some("system");
    let trust = match options.ssl_mode {
        Some(SslMode::VerifyFull) => Trust::Host,
        _ if is_system => Trust::Host,
        Some(SslMode::VerifyCa) => Trust::Authority,
        Some(SslMode::Require) if root.is_some() => Trust::Authority,
        _ => Trust::Anyone,
    };
    let provider = Arc::new(ring::default_provider());
    let authorities = match (trust, root.filter(|_| !is_system)) {
        (Trust::Anyone, _) => None,
        (_, Some(path)) => Some(read_authorities(options, Path::new(path))?),
        (_, None) => Some(system_authorities(options)?),
    };
    let inner = match authorities {
        None => None,
        Some(authorities) => Some(
            WebPkiServerVerifier::builder_with_provider(authorities.into(), Arc::clone(&provider))
                .build()
                .map_err(|error| connection_error(options, error.to_string(), &[]))?,
        ),
    };
    let verifier = Verifier {
        trust,
        inner,
        provider: Arc::clone(&provider),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| connection_error(options, error.to_string(), &[]))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let (Some(certificate), Some(key)) = (
        options.query_value("sslcert"),
        options.query_value("sslkey"),
    ) else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = read_certificates(options, Path::new(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| {
        let why = format!("cannot read the private key {key}: {error}");
        connection_error(
            options,
            why,
            &["sslkey must name a PEM file without a passphrase"],
        )
    })?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| connection_error(options, error.to_string(), &[]))
}

fn read_certificates(
    options: &ConnectOptions,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let why = match read {
        Ok(certificates) if !certificates.is_empty() => return Ok(certificates),
        Ok(_) => format!("there is no certificate in {}", path.display()),
        Err(error) => format!("cannot read the certificate {}: {error}", path.display()),
    };
    let help = "sslrootcert and sslcert must name PEM files";
    Err(connection_error(options, why, &[help]))
}

fn read_authorities(options: &ConnectOptions, path: &Path) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    for certificate in read_certificates(options, path)? {
        store
            .add(certificate)
            .map_err(|error| connection_error(options, error.to_string(), &[]))?;
    }
    Ok(store)
}

fn system_authorities(options: &ConnectOptions) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        let help = "name the authority's certificate with sslrootcert=… in the database URL";
        let why = "no certificate authority is known to this system";
        return Err(connection_error(options, why, &[help]));
    }
    Ok(store)
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(inner) = &self.inner else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified =
            inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The name is looked at last: the chain is good.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.trust == Trust::Authority => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
