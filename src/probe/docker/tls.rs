//! An engine behind TLS, spoken to with the files that Docker's own command would use: ca.pem for the engine's
//! certificate and no other authority, cert.pem with key.pem for one's own (docker/cli cli/context/docker/load.go,
//! v29.7.2). What is in a key is never shown; messages name files.

mod complaint;
mod unverified;

use std::{path::Path, sync::Arc};

use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker as Client, errors::Error};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{client::legacy, rt::TokioExecutor};
use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore,
    client::WantsClientCert,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::connect::{TUNNEL, clause};
use crate::probe::{disk::Disk, endpoint::Tls};
pub(super) use complaint::complaint;
use unverified::Unverified;

/// The certificate that we show, and its key.
type Own = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// A client that speaks TLS to an engine. Nothing is sent yet.
///
/// # Errors
/// As one clause: a file that is missing, or that cannot be what its name says.
pub(super) fn client(address: &str, tls: &Tls, seconds: u64) -> Result<Client, String> {
    let config = config(tls)?;
    let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_only().enable_http1().build();
    // An engine's answers are few; a connection that it closed in between would be taken for a fault.
    let client = legacy::Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
    let ask = move |request: BollardRequest| {
        let answer = client.request(request);
        async move { answer.await.map_err(Error::from) }
    };
    let (_, host) = address.split_once("://").unwrap_or(("", address));
    let address = format!("https://{}", host.trim_end_matches('/'));
    Client::connect_with_custom_transport(ask, Some(address), seconds, API_DEFAULT_VERSION)
        .map_err(|error| clause(&error))
}

fn config(tls: &Tls) -> Result<ClientConfig, String> {
    let builder = verified_by(tls)?;
    match own(&tls.folder)? {
        None => Ok(builder.with_no_client_auth()),
        Some((certificates, key)) => builder.with_client_auth_cert(certificates, key).map_err(|error| {
            let (key, certificate) = (shown(&tls.folder, "key.pem"), shown(&tls.folder, "cert.pem"));
            match error {
                rustls::Error::InconsistentKeys(_) => format!("`{key}` is not the key of `{certificate}`"),
                other => format!("`{certificate}` with `{key}` cannot be used: {other}"),
            }
        }),
    }
}

fn verified_by(tls: &Tls) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("no version of TLS to speak: {error}"))?;
    if !tls.is_verified {
        let any = Arc::new(Unverified(provider.signature_verification_algorithms));
        return Ok(builder.dangerous().with_custom_certificate_verifier(any));
    }
    let path = shown(&tls.folder, "ca.pem");
    let text = text(&tls.folder, "ca.pem")?;
    let text = text.ok_or_else(|| format!("{}, and there is no `{path}`; {}", tls.why, way_out(tls)))?;
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(certificates(&text));
    match usable {
        0 => Err(format!("`{path}` holds no certificate")),
        _ => Ok(builder.with_root_certificates(roots)),
    }
}

/// What to do where there is no ca.pem.
fn way_out(tls: &Tls) -> String {
    match tls.why.starts_with("docker context") {
        // Docker's own command would trust the system's authorities.
        true => format!("recreate it with `--docker host=…,ca=…,cert=…,key=…`, or {TUNNEL}"),
        false => "set DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem".to_owned(),
    }
}

/// Our own certificate and its key, where both are there.
fn own(folder: &Path) -> Result<Option<Own>, String> {
    let (Some(certificate), Some(key)) = (text(folder, "cert.pem")?, text(folder, "key.pem")?) else {
        return Ok(None);
    };
    let certificates = certificates(&certificate);
    if certificates.is_empty() {
        return Err(format!("`{}` holds no certificate", shown(folder, "cert.pem")));
    }
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| {
        let lock = if key.contains("ENCRYPTED") {
            "an encrypted private key, which Docker does not read either"
        } else {
            "no private key"
        };
        format!("`{}` holds {lock}", shown(folder, "key.pem"))
    })?;
    Ok(Some((certificates, key)))
}

fn certificates(text: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(text.as_bytes()).filter_map(Result::ok).collect()
}

/// A file's text, where there is one.
fn text(folder: &Path, name: &str) -> Result<Option<String>, String> {
    let path = shown(folder, name);
    let whole = std::path::absolute(&path).map_err(|error| format!("`{path}` cannot be read: {error}"))?;
    let text = Disk::new(Path::new("/")).text(&whole.to_string_lossy());
    text.map_err(|error| format!("`{path}` cannot be read: {error}"))
}

fn shown(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}
