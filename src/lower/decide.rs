//! The form that a service's requests get on a host.
//!
//! Order of choice: CDI names, since what they give is written in files that can be checked; then the
//! runtime; then a request that the engine's own driver fulfils; two platforms have orders of their
//! own. A form that works goes before one of which the facts do not say so.

use std::borrow::Borrow;

use super::{
    Decision, Form, Reason, UNPROVEN, Unlowerable, Wanted, amd,
    devices::{self, Asked, Meant, qualify},
    judge::Verdict,
    prospect::{judged, order},
    swarm,
};
use crate::{
    gpu::{DeviceId, GpuRequest},
    host::{Docker, HostFacts, SeLinux},
};

/// The form for all requests of one service, with the names to write.
///
/// # Errors
/// [`Unlowerable`] says what stands in the way.
pub fn decide<R: Borrow<GpuRequest>>(
    requests: &[R],
    host: &HostFacts,
    wanted: Wanted,
) -> Result<Decision, Unlowerable> {
    let asked = devices::asked(requests)?;
    if wanted.form == Some(Form::Cpu) {
        return Ok(cpu(vec!["asked for".to_owned()], Vec::new()));
    }
    if let Some(reason) = host.docker.reason() {
        return Err(Unlowerable::HostUnseen(reason.to_owned()));
    }
    let decided = match (placed(&asked, host, wanted), wanted.form) {
        (Err(Unlowerable::NoWorkingForm(rejected)), None) => {
            amd::choose(requests, &asked, host, &rejected).ok_or(Unlowerable::NoWorkingForm(rejected))
        }
        (placed, _) => placed,
    };
    let mut decision = match decided {
        Err(Unlowerable::NoWorkingForm(rejected)) if wanted.is_cpu_allowed => {
            cpu(vec!["no form gives a GPU on this host".to_owned()], rejected)
        }
        Err(error @ Unlowerable::NoSuchDevice { .. }) if wanted.is_cpu_allowed => {
            cpu(vec![error.to_string()], Vec::new())
        }
        other => other?,
    };
    decision.is_unlabelled = decision.form != Form::Cpu && labels(host);
    decision.reasons.extend(remarks(host, decision.is_unlabelled));
    Ok(decision)
}

fn placed(asked: &Asked, host: &HostFacts, wanted: Wanted) -> Result<Decision, Unlowerable> {
    if wanted.form == Some(Form::Swarm) {
        return swarm::decide(asked, host);
    }
    let meant = devices::meant(asked, host)?;
    match wanted.form {
        Some(form) => take(form, &meant, host),
        None => choose(&meant, host),
    }
}

/// A form that was named, where no host is at hand: the names are the files' own.
///
/// # Errors
/// [`Unlowerable`], where a name in this form depends on the host.
pub fn without_host<R: Borrow<GpuRequest>>(requests: &[R], form: Form) -> Result<Decision, Unlowerable> {
    let asked = devices::asked(requests)?;
    let reasons = vec!["asked for; no host was looked at".to_owned()];
    let is_cdi = matches!(form, Form::Cdi | Form::CdiReservation);
    match form {
        Form::Cpu => return Ok(cpu(reasons, Vec::new())),
        Form::Swarm => return Err(swarm::without_host()),
        // A spec may name its devices by UUID alone; the engine's driver counts for itself.
        _ if is_cdi && matches!(asked, Asked::First(_)) => {
            return Err(Unlowerable::CountNeedsHost("no host was looked at".to_owned()));
        }
        _ => {}
    }
    let mut names = Vec::new();
    for id in devices::unchecked(&asked) {
        let plain = |name: &str| if is_cdi { qualify(name) } else { name.to_owned() };
        let name = match &id {
            DeviceId::Cdi(name) if is_cdi => name.to_string(),
            DeviceId::Cdi(name) if name.kind() == crate::gpu::QualifiedName::NVIDIA => name.name().to_owned(),
            DeviceId::Cdi(_) | DeviceId::LegacyMig(_) => return Err(Unlowerable::DeviceNeedsHost(id)),
            DeviceId::PciBusId(_) if is_cdi => return Err(Unlowerable::DeviceNeedsHost(id)),
            other => plain(&other.to_string()),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(Decision::new(form, names, reasons, Vec::new()))
}

/// What to know of the host beside the form.
fn remarks(host: &HostFacts, is_unlabelled: bool) -> Vec<Reason> {
    let mut out = Vec::new();
    if is_unlabelled {
        let reason = "SELinux enforces and labels containers, which keeps them from the driver's nodes \
                      (`Failed to initialize NVML: Insufficient Permissions`)";
        out.push(format!("with `security_opt: [label=disable]`: {reason}"));
    }
    if host.is_composed() {
        out.push(format!("composed facts: {}", host.recorded.how.trim_start_matches("composed: ")));
    }
    out
}

/// Whether SELinux enforces what labels say, and the engine gives containers such labels: Podman
/// always does, Docker's engine where it says so.
fn labels(host: &HostFacts) -> bool {
    let is_enforcing = host.system.known().is_some_and(|system| system.selinux.known() == Some(&SeLinux::Enforcing));
    let is_labelling = |docker: &Docker| {
        docker.is_podman()
            || docker.security_options.iter().any(|option| option.split(',').any(|one| one == "name=selinux"))
    };
    is_enforcing && host.docker.known().is_some_and(is_labelling)
}

fn cpu(reasons: Vec<Reason>, rejected: Vec<(Form, Reason)>) -> Decision {
    Decision::new(Form::Cpu, Vec::new(), reasons, rejected)
}

/// The form that was named, unless the host is known to refuse it.
fn take(form: Form, meant: &Meant, host: &HostFacts) -> Result<Decision, Unlowerable> {
    let (devices, verdict) = judged(form, meant, host);
    match verdict {
        Verdict::Works(reason) => Ok(Decision::new(form, devices, vec!["asked for".to_owned(), reason], Vec::new())),
        Verdict::Unknown(reason) => {
            let reasons = vec!["asked for".to_owned(), format!("{UNPROVEN}{reason}")];
            Ok(Decision::new(form, devices, reasons, Vec::new()))
        }
        Verdict::Fails(reason) | Verdict::Silent(reason) => Err(Unlowerable::NoWorkingForm(vec![(form, reason)])),
    }
}

/// The first form that works, else the first that may.
fn choose(meant: &Meant, host: &HostFacts) -> Result<Decision, Unlowerable> {
    let mut rejected: Vec<(Form, Reason)> = Vec::new();
    let mut unproven: Option<Decision> = None;
    for form in order(host) {
        let (devices, verdict) = judged(form, meant, host);
        match verdict {
            Verdict::Works(reason) => return Ok(Decision::new(form, devices, vec![reason], rejected)),
            Verdict::Unknown(reason) => {
                let reasons = vec![format!("{UNPROVEN}{reason}")];
                unproven.get_or_insert_with(|| Decision::new(form, devices, reasons, rejected.clone()));
                rejected.push((form, format!("{UNPROVEN}{reason}")));
            }
            Verdict::Fails(reason) | Verdict::Silent(reason) => rejected.push((form, reason)),
        }
    }
    unproven.ok_or(Unlowerable::NoWorkingForm(rejected))
}
