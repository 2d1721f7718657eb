//! A list of requests to which a later file, or `extends`, adds instead of replacing it.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{asks, wanted},
    fix,
};
use crate::{
    diag::{Applicability, Code, Fix, Label, Severity},
    gpu::{GpuRequest, PathStep, RequestForm},
    source::FileId,
    yaml::Via,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG115"),
    name: "overlay-appends-gpus",
    summary: "a file adds a second GPU request beside the one it seems to replace",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG115-overlay-appends-gpus.md"),
    check: Check::Service(check),
};

/// Neither list is in compose-go's tables of paths that merge in another way (override/merge.go,
/// override/uncity.go, v2.9.1): both are joined.
fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for path in [&["deploy", "resources", "reservations", "devices"][..], &["gpus"]] {
        let list: Vec<&GpuRequest> =
            cx.requests.iter().filter(|request| is_in(request, path) && asks(request)).collect();
        let Some(at) = list.windows(2).position(|pair| layer(pair[0]) != layer(pair[1])) else { continue };
        // What `extends` brings in is the base, wherever it stands.
        let (base, added) = match (layer(list[at]), layer(list[at + 1])) {
            (Some((_, false)), Some((_, true))) => (list[at + 1], list[at]),
            _ => (list[at], list[at + 1]),
        };
        if base.vendor != added.vendor {
            continue;
        }
        let is_extended = matches!(layer(base), Some((_, true)));
        let what = if is_extended { "the service it extends" } else { "the file before it" };
        let finding = sink.report(
            format!(
                "service `{}` now asks for GPUs twice: {} here, and {} in {what}",
                cx.name,
                wanted(&added.selector),
                wanted(&base.selector)
            ),
            Label::new(added.span(), "added by this list"),
        );
        finding.related.push(Label::new(base.span(), "still asked for here"));
        finding.help = Some(format!(
            "Compose joins the two lists; write `{}: !override` (Compose 2.24.4) to replace the first one",
            path.last().copied().unwrap_or_default()
        ));
        let edits = cx.service.at(path).and_then(|list| fix::set_tag(cx, list, "!override"));
        finding.fix = edits.filter(|_| !is_extended).map(|edits| Fix {
            title: "replace the list of the file before".into(),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}

/// Where a request was written, and whether `extends` brought it.
pub(super) fn layer(request: &GpuRequest) -> Option<(FileId, bool)> {
    let origin = request.value.origin()?;
    Some((origin.node.file, matches!(origin.via, Via::Extends(_))))
}

fn is_in(request: &GpuRequest, path: &[&str]) -> bool {
    let is_list =
        matches!(request.form, RequestForm::DeployReservation | RequestForm::CdiReservation | RequestForm::Gpus);
    let steps: Vec<&str> = request
        .path
        .iter()
        .filter_map(|step| match step {
            PathStep::Key(key) => Some(key.as_str()),
            PathStep::Index(_) => None,
        })
        .collect();
    is_list && steps == path
}
