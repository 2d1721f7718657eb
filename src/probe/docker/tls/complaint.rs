//! What is wrong between us and an engine behind TLS, with the file that it is about.

use std::{error::Error, io};

use rustls::{AlertDescription, CertificateError, Error as TlsError};

use super::shown;
use crate::probe::{clock, endpoint::Tls};

/// The clause for an error that came of TLS; `None` for any other.
pub(in crate::probe::docker) fn complaint(error: &(dyn Error + 'static), tls: &Tls) -> Option<String> {
    let ca = || shown(&tls.folder, "ca.pem");
    Some(match root(error)? {
        TlsError::InvalidCertificate(fault) => certificate(fault, &ca()),
        TlsError::AlertReceived(alert) => own(*alert, tls),
        TlsError::InvalidMessage(_) => format!("it does not speak TLS, and {}", tls.why),
        other => format!("TLS: {other}"),
    })
}

/// The error of TLS below those of HTTP and of streams, which hide it from their `source`.
fn root<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<TlsError>() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}

/// About the engine's certificate.
fn certificate(fault: &CertificateError, ca: &str) -> String {
    match fault {
        CertificateError::UnknownIssuer => format!("its certificate was not issued by `{ca}`"),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("its certificate expired at {}", clock::written(not_after.as_secs()))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("its certificate is not valid before {}", clock::written(not_before.as_secs()))
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names: Vec<&str> = presented.iter().map(|name| plain(name)).collect();
            let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
            format!("its certificate is for {names}, not for `{}`", expected.to_str())
        }
        other => format!("its certificate is not accepted: {other}"),
    }
}

/// A name without the kind that is said with it: `DnsName("gpu.example")`, `IpAddress(192.0.2.7)`.
fn plain(name: &str) -> &str {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')'));
    inner.trim_matches('"')
}

/// About our certificate.
fn own(alert: AlertDescription, tls: &Tls) -> String {
    let certificate = shown(&tls.folder, "cert.pem");
    let missing = ["cert.pem", "key.pem"].into_iter().find(|name| !tls.folder.join(name).exists());
    match (alert, missing) {
        // TLS 1.2 knows no alert of its own for this.
        (AlertDescription::CertificateRequired | AlertDescription::BadCertificate, Some(name)) => {
            format!("it asks for a certificate of ours, and there is no `{}`", shown(&tls.folder, name))
        }
        (AlertDescription::CertificateRequired | AlertDescription::BadCertificate, None) => {
            format!("it does not accept `{certificate}`")
        }
        (AlertDescription::CertificateExpired, _) => format!("`{certificate}` has expired"),
        (AlertDescription::UnknownCA, _) => format!("`{certificate}` is not issued by an authority that it trusts"),
        (other, _) => format!("it ends TLS: {other:?}"),
    }
}
