//! What to try on a host in truth, and what a trial's outcome makes of a prediction.

use std::borrow::Borrow;

use super::{
    Form, Wanted,
    decide::{judged, order},
    devices::{self, Asked, Meant},
    judge::Verdict,
};
use crate::{
    gpu::GpuRequest,
    host::{HostFacts, TrialOutcome},
};

/// The forms and names that one service could get on a host and that are not known to fail: what
/// [`decide`](super::decide()) chooses among.
pub fn candidates<R: Borrow<GpuRequest>>(requests: &[R], host: &HostFacts, wanted: Wanted) -> Vec<(Form, Vec<String>)> {
    let meant = devices::asked(requests).and_then(|asked| devices::meant(&asked, host));
    let Ok(meant) = meant else { return Vec::new() };
    let may_work = |(form, (names, verdict)): (Form, (Vec<String>, Verdict))| match verdict {
        Verdict::Works(_) | Verdict::Unknown(_) => Some((form, names)),
        Verdict::Fails(_) | Verdict::Silent(_) => None,
    };
    forms(host, wanted.form).map(|form| (form, judged(form, &meant, host))).filter_map(may_work).collect()
}

/// Every form, or the one that was named, asking for all GPUs and for the first, as far as the facts
/// can name them; whatever they foretell.
pub fn every_form(host: &HostFacts, form: Option<Form>) -> Vec<(Form, Vec<String>)> {
    let meant = [Asked::All, Asked::First(1)].map(|asked| devices::meant(&asked, host).ok());
    let meant: Vec<Meant> = meant.into_iter().flatten().collect();
    let named = |form: Form| meant.iter().map(move |meant| (form, judged(form, meant, host).0)).collect::<Vec<_>>();
    forms(host, form).flat_map(named).collect()
}

fn forms(host: &HostFacts, only: Option<Form>) -> impl Iterator<Item = Form> {
    let is_wanted = move |form: &Form| only.is_none_or(|only| only == *form);
    order(host).into_iter().filter(is_wanted)
}

/// The prediction, corrected by a trial. A refusal settles it. That a request was met proves a form of
/// which the facts could not tell; where they say that the GPU is left out in silence, or that this Compose
/// sends something else, a container that started proves nothing. That nothing of a GPU came into the container
/// is told by its files, which a toolkit may leave as they are, so it only takes the proof away.
pub(super) fn corrected(form: Form, names: &[String], verdict: Verdict, host: &HostFacts) -> Verdict {
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
