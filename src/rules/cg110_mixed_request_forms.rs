//! One service that asks for its GPUs in several forms.

use std::collections::BTreeMap;

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{as_cdi, asks, is_nvidia, listed},
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{GpuRequest, RequestForm},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG110"),
    name: "mixed-request-forms",
    summary: "one service asks for GPUs in several forms, which the engine never brings together",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG110-mixed-request-forms.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let forms = forms(cx);
    if forms.len() < 2 {
        return;
    }
    let mut requests: Vec<&GpuRequest> = forms.values().flatten().copied().collect();
    requests.sort_by_key(|request| (request.span().file, request.span().start));
    // The mix is the work of the last file that adds a form to it.
    let last = requests.iter().map(|request| request.span().file).max();
    let Some(at) = requests.iter().position(|request| Some(request.span().file) == last) else { return };
    let primary = requests.remove(at);
    let words: Vec<&str> = forms.keys().map(|family| family.as_str()).collect();
    let finding = sink.report(
        format!("service `{}` asks for GPUs in {} forms: {}", cx.name, words.len(), listed(&words)),
        Label::new(primary.span(), label(primary)),
    );
    finding.related = requests.iter().map(|request| Label::new(request.span(), label(request))).collect();
    let chosen = cx.requests.iter().find(|request| is_nvidia(request) && asks(request));
    let cdi = chosen.map_or_else(String::new, |request| format!(", best by CDI name: {}", as_cdi(&request.selector)));
    finding.help =
        Some(format!("keep one form{cdi}; each is served on its own, and which one wins is the host's choice"));
}

fn label(request: &GpuRequest) -> String {
    format!("asked for by {}", Family::of(request.form).map_or("", Family::as_str))
}

/// Whether a service mixes forms; other rules then leave the forms to this one.
pub(super) fn is_mixed(cx: &ServiceCx<'_>) -> bool {
    forms(cx).len() > 1
}

/// Requests by family. `runtime: nvidia` counts even where it names no device, since it acts
/// on what the other requests name.
fn forms<'a>(cx: &ServiceCx<'a>) -> BTreeMap<Family, Vec<&'a GpuRequest>> {
    let mut forms = BTreeMap::<Family, Vec<&GpuRequest>>::new();
    for request in cx.requests {
        let counts = asks(request) || request.form == RequestForm::RuntimeEnv;
        if let Some(family) = Family::of(request.form).filter(|_| is_nvidia(request) && counts) {
            forms.entry(family).or_default().push(request);
        }
    }
    forms
}

/// Forms that go one way through the engine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Runtime,
    Cdi,
    Reservation,
    Gpus,
}

impl Family {
    fn of(form: RequestForm) -> Option<Self> {
        match form {
            RequestForm::RuntimeEnv => Some(Self::Runtime),
            RequestForm::CdiDevice | RequestForm::CdiReservation => Some(Self::Cdi),
            RequestForm::DeployReservation => Some(Self::Reservation),
            RequestForm::Gpus => Some(Self::Gpus),
            // Nodes are CG303's; a resource is for Swarm, beside the form for Compose.
            RequestForm::DeviceNode | RequestForm::GenericResource => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Runtime => "`runtime`",
            Self::Cdi => "CDI devices",
            Self::Reservation => "a deploy reservation",
            Self::Gpus => "`gpus`",
        }
    }
}
