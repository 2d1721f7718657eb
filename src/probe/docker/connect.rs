//! Reaching the engine, and saying in one clause why it cannot be reached.

use std::{error::Error as _, io};

use bollard::{API_DEFAULT_VERSION, Docker as Client, errors::Error};

use super::tls;
use crate::probe::{
    Settings,
    endpoint::{Endpoint, Tls},
};

#[cfg(unix)]
use super::ssh::Tunnel;

/// A way to the engine; with the client goes the tunnel that it needs.
pub(super) struct Link {
    /// Speaks to the engine.
    pub(super) client: Client,
    tls: Option<Tls>,
    #[cfg(unix)]
    tunnel: Option<Tunnel>,
}

impl Link {
    /// An error as one clause: where `ssh` gave the reason, that.
    pub(super) fn clause(&self, error: &Error) -> String {
        #[cfg(unix)]
        if let Some(said) = self.tunnel.as_ref().and_then(Tunnel::said) {
            return format!("`ssh` says: {said}");
        }
        match &self.tls {
            Some(tls) => tls::complaint(error, tls).unwrap_or_else(|| clause(error)),
            None => clause(error),
        }
    }
}

/// A way to the engine. Nothing is sent yet.
///
/// # Errors
/// As one clause, where this kind of address is not spoken.
#[cfg(unix)]
pub(super) fn connect(endpoint: &Endpoint, settings: &Settings) -> Result<Link, String> {
    if !endpoint.address.starts_with("ssh://") {
        return Ok(Link { client: client(endpoint, settings)?, tls: endpoint.tls.clone(), tunnel: None });
    }
    let tunnel = Tunnel::open(&endpoint.address, &settings.environment)?;
    let near = Endpoint { address: tunnel.address(), tls: None };
    Ok(Link { client: client(&near, settings)?, tls: None, tunnel: Some(tunnel) })
}

/// A way to the engine. Nothing is sent yet.
///
/// # Errors
/// As one clause, where this kind of address is not spoken.
#[cfg(not(unix))]
pub(super) fn connect(endpoint: &Endpoint, settings: &Settings) -> Result<Link, String> {
    Ok(Link { client: client(endpoint, settings)?, tls: endpoint.tls.clone() })
}

fn client(endpoint: &Endpoint, settings: &Settings) -> Result<Client, String> {
    // Our own deadline is the shorter one.
    let seconds = settings.timeout.as_secs() + 1;
    let address = endpoint.address.as_str();
    let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
    let client = match (scheme, &endpoint.tls) {
        ("tcp" | "http" | "https", Some(tls)) => return tls::client(address, tls, seconds),
        ("https", None) => return Err(UNNAMED.to_owned()),
        ("tcp" | "http", None) => Client::connect_with_http(address, seconds, API_DEFAULT_VERSION),
        ("unix" | "npipe", _) => Client::connect_with_socket(address, seconds, API_DEFAULT_VERSION),
        ("ssh", _) => return Err(format!("composegpu speaks no SSH here; {TUNNEL}")),
        _ => {
            return Err(
                "only unix://, npipe://, tcp:// and ssh:// are spoken; open a tunnel and set DOCKER_HOST".to_owned()
            );
        }
    };
    client.map_err(|error| clause(&error))
}

/// What to do about an engine that wants TLS, where nothing says with which files.
const UNNAMED: &str = "it wants TLS; set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem \
                       and key.pem";

/// The way to an engine that is reached otherwise.
pub(super) const TUNNEL: &str = "open a tunnel (`ssh -NL /tmp/docker.sock:/var/run/docker.sock HOST`) and set \
                      DOCKER_HOST=unix:///tmp/docker.sock, or run composegpu there";

/// An error as one clause, with its causes: the client's own texts leave out the one that helps.
pub(super) fn clause(error: &Error) -> String {
    let mut text = match error {
        Error::SocketNotFoundError(_) => "there is no such socket".to_owned(),
        // Go's server, asked without TLS where it speaks TLS.
        Error::DockerResponseServerError { message, .. } if message.contains("HTTP request to an HTTPS server") => {
            return UNNAMED.to_owned();
        }
        Error::DockerResponseServerError { status_code, message } => {
            let line = message.lines().next().unwrap_or_default();
            return format!("answered with status {status_code}: {}", line.chars().take(200).collect::<String>());
        }
        Error::JsonDataError { message, .. } => format!("its answer is not what Docker's API gives: {message}"),
        other => other.to_string(),
    };
    let mut cause = error.source();
    let mut is_denied = false;
    if let Error::HyperLegacyError { err } = error
        && err.is_connect()
    {
        // The client's own words say nothing that the address does not; its cause starts anew.
        cause = err.source();
        text.clear();
    }
    while let Some(inner) = cause {
        is_denied |=
            inner.downcast_ref::<io::Error>().is_some_and(|inner| inner.kind() == io::ErrorKind::PermissionDenied);
        let said = inner.to_string();
        if !text.contains(&said) {
            text = if text.is_empty() { said } else { format!("{text}: {said}") };
        }
        cause = inner.source();
    }
    match is_denied {
        true => format!("{text}; join the group that its socket belongs to, mostly `docker`, or run this as root"),
        false => text,
    }
}
