//! GPUs of AMD for a request that names nobody, on a host that has no others to give.
//!
//! `gpus: all` asks for any GPU. The engine answers with AMD's from 29.3 on, and so do we, by the CDI
//! names that older engines take too; a request that says NVIDIA is never turned into one.

use std::borrow::Borrow;

use super::{
    Decision, Form, Reason,
    devices::Asked,
    judge::{self, Verdict},
};
use crate::{
    gpu::{GpuRequest, RequestForm, Vendor},
    host::HostFacts,
};

/// AMD's devices in the first form that gives them; `None` where the requests name somebody, or none does.
pub(super) fn choose<R: Borrow<GpuRequest>>(
    requests: &[R],
    asked: &Asked,
    host: &HostFacts,
    rejected: &[(Form, Reason)],
) -> Option<Decision> {
    let is_open = |request: &GpuRequest| request.vendor == Vendor::Unnamed && request.form != RequestForm::DeviceNode;
    if !requests.iter().all(|request| is_open(request.borrow())) {
        return None;
    }
    let names: Vec<String> = match asked {
        Asked::All => vec!["amd.com/gpu=all".to_owned()],
        Asked::First(count) => (0..*count).map(|index| format!("amd.com/gpu={index}")).collect(),
        Asked::Ids(..) => return None,
    };
    let works = |verdict: Verdict| if let Verdict::Works(reason) = verdict { Some(reason) } else { None };
    let cdi = works(judge::cdi(host, &names)).map(|reason| (Form::Cdi, reason));
    let (form, reason) =
        cdi.or_else(|| works(judge::cdi_reservation(host, &names)).map(|reason| (Form::CdiReservation, reason)))?;
    let reasons = vec!["the request names nobody, and the GPUs of this host are AMD's".to_owned(), reason];
    Some(Decision::new(form, names, reasons, rejected.to_vec()))
}
