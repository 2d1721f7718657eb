//! What to try on a host in truth.

use std::borrow::Borrow;

use super::{
    Form, Wanted,
    devices::{self, Asked, Meant},
    judge::Verdict,
    prospect::{judged, order},
};
use crate::{gpu::GpuRequest, host::HostFacts};

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
