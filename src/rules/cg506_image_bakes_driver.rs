//! Files of the driver that a Dockerfile puts into its image.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, practice};
use crate::{
    diag::{Code, Severity},
    image::PracticeKind,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG506"),
    name: "image-bakes-driver",
    summary: "a Dockerfile puts files of the NVIDIA driver into its image",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG506-image-bakes-driver.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    practice::report(cx, sink, &[PracticeKind::DriverFile, PracticeKind::Stub], |found| {
        let what = match found.kind {
            PracticeKind::Stub => "a stub of the driver",
            _ => "a file of the driver",
        };
        let message = format!("the image of service `{}` holds `{}`, {what}", cx.name, found.what);
        (message, "leave it out: a GPU request brings the files of the host's driver into the container".to_owned())
    });
}
