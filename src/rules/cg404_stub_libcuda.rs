//! CUDA's stub of the driver before the driver.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix, practice};
use crate::{
    compose::variable,
    diag::{Applicability, Code, Fix, Severity},
    image::PracticeKind,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG404"),
    name: "stub-libcuda",
    summary: "`LD_LIBRARY_PATH` leads to CUDA's stub of the driver",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG404-stub-libcuda.md"),
    check: Check::Service(check),
};

const LD_LIBRARY_PATH: &str = "LD_LIBRARY_PATH";

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(entry) = variable(cx.service, LD_LIBRARY_PATH) else {
        if !cx.requests.is_empty() {
            of_image(cx, sink);
        }
        return;
    };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    let is_stub = |folder: &&str| folder.trim_end_matches('/').ends_with("/stubs");
    let Some(stub) = value.split(':').find(is_stub) else { return };
    let finding = sink.report(
        format!(
            "`{LD_LIBRARY_PATH}` of service `{}` holds `{stub}`, whose libcuda is a stub without a driver behind it",
            cx.name
        ),
        place,
    );
    finding.help =
        Some("leave the folder out: it is for linking, and the GPU request brings the driver's libcuda".into());
    let rest: Vec<&str> = value.split(':').filter(|folder| !is_stub(folder)).collect();
    let edits = match rest.is_empty() {
        true if fix::holds_variable(cx, entry.node) => None,
        true => fix::remove(cx, entry.node),
        false => fix::set_variable(cx, &entry, &rest.join(":")),
    };
    finding.fix =
        edits.map(|edits| Fix { title: format!("take `{stub}` out"), applicability: Applicability::Unsafe, edits });
}

fn of_image(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    practice::report(cx, sink, &[PracticeKind::StubPath], |found| {
        let message = format!(
            "`{LD_LIBRARY_PATH}` of the image of service `{}` holds `{}`, whose libcuda is a stub without a driver behind it",
            cx.name, found.what
        );
        let help = "set it for the one RUN line that links, or in an earlier stage: the GPU request brings the driver's libcuda";
        (message, help.to_owned())
    });
}
