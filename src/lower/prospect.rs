//! What each form has to expect on a host: the names that it writes there and what comes of them, by the
//! facts and by a trial where there was one; and the order in which forms are chosen.

use super::{
    Form,
    devices::Meant,
    judge::{self, Verdict},
};
use crate::host::{Docker, HostFacts, TrialOutcome};

/// The forms with a GPU that `docker compose up` can send, in the order of choice.
const ORDER: [Form; 5] = [Form::Cdi, Form::CdiReservation, Form::Runtime, Form::Reservation, Form::Gpus];

/// Windows' Linux has no node for each GPU, and its CDI specs know `all` alone; the engine's own driver
/// takes every id (NVIDIA Container Toolkit nvcdi lib-wsl.go, v1.20.0).
const ORDER_ON_WSL: [Form; 5] = [Form::Reservation, Form::Gpus, Form::Cdi, Form::CdiReservation, Form::Runtime];

/// On a Tegra board the runtime mounts what the board's CSV files name, whether or not a spec was
/// made of them (NVIDIA Container Toolkit internal/info/auto.go, v1.20.0).
const ORDER_ON_TEGRA: [Form; 5] = [Form::Runtime, Form::Cdi, Form::CdiReservation, Form::Reservation, Form::Gpus];

/// The order of choice on a host.
pub(super) fn order(host: &HostFacts) -> [Form; 5] {
    let system = host.system.known();
    let is_on_wsl = host.docker.known().is_some_and(Docker::is_on_wsl) || system.is_some_and(|system| system.is_wsl);
    match () {
        () if is_on_wsl => ORDER_ON_WSL,
        () if system.is_some_and(|system| system.is_tegra) => ORDER_ON_TEGRA,
        () => ORDER,
    }
}

/// The names that a form writes, and what comes of them, by the facts and by a trial where there was one.
pub(super) fn judged(form: Form, meant: &Meant, host: &HostFacts) -> (Vec<String>, Verdict) {
    let (names, verdict) = foretold(form, meant, host);
    let verdict = corrected(form, &names, verdict, host);
    (names, verdict)
}

fn foretold(form: Form, meant: &Meant, host: &HostFacts) -> (Vec<String>, Verdict) {
    if let (Some(name), Form::Runtime | Form::Reservation | Form::Gpus) = (meant.foreign(), form) {
        return (Vec::new(), Verdict::Fails(format!("`{name}` can be asked for by its CDI name only")));
    }
    match form {
        Form::Cdi | Form::CdiReservation => {
            let dirs = host.docker.known().map(Docker::cdi_dirs).unwrap_or_default();
            let lookup = host.cdi.known().map(|cdi| cdi.lookup(&dirs));
            let names = meant.qualified(lookup.as_ref());
            let judge = if form == Form::Cdi { judge::cdi } else { judge::cdi_reservation };
            let verdict = judge(host, &names);
            (names, verdict)
        }
        Form::Runtime => {
            let names = runtime_names(meant, host);
            let verdict = judge::runtime(host, &names);
            (names, verdict)
        }
        Form::Reservation | Form::Gpus => {
            let names = meant.plain();
            let judge = if form == Form::Gpus { judge::gpus } else { judge::reservation };
            let verdict = judge(host, &names);
            (names, verdict)
        }
        Form::Swarm | Form::Cpu => unreachable!("these two are answered before any host is asked"),
    }
}

/// In mode `cdi` the runtime knows the names of its specs and no others.
fn runtime_names(meant: &Meant, host: &HostFacts) -> Vec<String> {
    let config = host.toolkit.known().and_then(|toolkit| toolkit.config.known()).and_then(Option::as_ref);
    let is_cdi = config.and_then(|config| config.mode.as_deref()) == Some("cdi");
    match host.cdi.known().filter(|_| is_cdi) {
        Some(cdi) => meant.plain_for(&cdi.lookup(&judge::spec_dirs(config))),
        None => meant.plain(),
    }
}

/// The prediction, corrected by a trial. A refusal settles it. That a request was met proves a form of
/// which the facts could not tell; where they say that the GPU is left out in silence, or that this Compose
/// sends something else, a container that started proves nothing. That nothing of a GPU came into the container
/// is told by its files, which a toolkit may leave as they are, so it only takes the proof away.
fn corrected(form: Form, names: &[String], verdict: Verdict, host: &HostFacts) -> Verdict {
    match (host.trial(form.as_str(), names), verdict) {
        (Some(TrialOutcome::Refused(text)), Verdict::Works(_) | Verdict::Unknown(_)) => {
            Verdict::Fails(format!("a trial was refused: {}", text.lines().next().unwrap_or_default()))
        }
        (Some(TrialOutcome::Silent), Verdict::Works(_) | Verdict::Unknown(_)) => {
            Verdict::Unknown("in a trial nothing of a GPU was seen in the container".to_owned())
        }
        (Some(TrialOutcome::Met), Verdict::Works(reason)) => Verdict::Works(format!("{reason}; a trial was met")),
        (Some(TrialOutcome::Met), Verdict::Unknown(_)) => Verdict::Works("a trial was met".to_owned()),
        (_, verdict) => verdict,
    }
}
