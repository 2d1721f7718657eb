//! Services whose `count` gives them the same GPUs.

use std::collections::BTreeSet;

use super::{
    Check, FixAvailability, ProjectCx, Rule, Sink,
    devices::{is_device_request, is_nvidia, listed},
    images::{is_gpu_monitor, is_video_server},
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{DeviceSelector, GpuRequest},
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG205"),
    name: "count-not-exclusive",
    summary: "services that ask for GPUs by `count` all get the first ones",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG205-count-not-exclusive.md"),
    check: Check::Project(check),
};

/// Names in one headline.
const MOST_NAMES: usize = 6;
/// Places shown beside the first.
const MOST_LABELS: usize = 16;

fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    let mut counted: Vec<Counted<'_>> = cx.requests.iter().filter_map(|request| Counted::of(cx, request)).collect();
    counted.dedup_by(|later, earlier| later.service == earlier.service);
    while !counted.is_empty() {
        let group = take_group(&mut counted);
        let [first, others @ ..] = group.as_slice() else { continue };
        if others.is_empty() {
            continue;
        }
        let names = named(&group);
        let finding = sink.report(
            format!("services {} share GPU 0: `count` takes the first GPUs, whoever has them", listed(&names)),
            first.place,
        );
        finding.service = Some(first.service.to_owned());
        finding.related =
            others.iter().take(MOST_LABELS).map(|other| Label::new(other.place, "counts from GPU 0 too")).collect();
        finding.help =
            Some("name each service's own GPUs, by `device_ids` or by CDI name; name one GPU twice to share it".into());
    }
}

/// Their names; of very many, the first and how many more there are.
fn named(group: &[Counted<'_>]) -> Vec<String> {
    let shown = if group.len() > MOST_NAMES { MOST_NAMES - 1 } else { group.len() };
    let mut names: Vec<String> = group[..shown].iter().map(|counted| format!("`{}`", counted.service)).collect();
    if shown < group.len() {
        names.push(format!("{} more", group.len() - shown));
    }
    names
}

/// A service that asks by `count`.
struct Counted<'a> {
    service: &'a str,
    place: Span,
    profiles: BTreeSet<&'a str>,
}

impl<'a> Counted<'a> {
    fn of(cx: &ProjectCx<'a>, request: &'a GpuRequest) -> Option<Self> {
        let is_counted = matches!(request.selector, DeviceSelector::Count(_));
        if !is_counted || !is_device_request(request.form) || !is_nvidia(request) {
            return None;
        }
        let service = cx
            .project
            .service(&request.service)
            .filter(|service| !is_gpu_monitor(service) && !is_video_server(service))?;
        let profiles = service.get("profiles").and_then(Value::as_seq).unwrap_or_default();
        let place = request.field("count").and_then(Value::place).unwrap_or_else(|| request.span());
        Some(Self { service: &request.service, place, profiles: profiles.iter().filter_map(Value::as_str).collect() })
    }

    /// Services without profiles always run; others run together when they share a profile.
    fn runs_with(&self, other: &Self) -> bool {
        self.profiles.is_empty() || other.profiles.is_empty() || !self.profiles.is_disjoint(&other.profiles)
    }
}

/// Takes the first service and all that run with it, or with one of those.
fn take_group<'a>(counted: &mut Vec<Counted<'a>>) -> Vec<Counted<'a>> {
    let mut group: Vec<Counted<'a>> = counted.drain(..1).collect();
    let mut all = Counted { profiles: group[0].profiles.clone(), ..group[0] };
    loop {
        let (with, without): (Vec<_>, Vec<_>) = counted.drain(..).partition(|one| all.runs_with(one));
        *counted = without;
        if with.is_empty() {
            return group;
        }
        let always = all.profiles.is_empty() || with.iter().any(|one| one.profiles.is_empty());
        all.profiles.extend(with.iter().flat_map(|one| &one.profiles));
        if always {
            all.profiles.clear();
        }
        group.extend(with);
    }
}
