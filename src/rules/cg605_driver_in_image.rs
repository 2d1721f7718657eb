//! Packages of the driver that a Dockerfile installs.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, practice};
use crate::{
    diag::{Code, Severity},
    image::PracticeKind,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG605"),
    name: "driver-in-image",
    summary: "a Dockerfile installs the NVIDIA driver into its image",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG605-driver-in-image.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    practice::report(cx, sink, &[PracticeKind::DriverPackage, PracticeKind::DriverDependency], |found| {
        let package = &found.what;
        let (what, help) = match found.kind {
            PracticeKind::DriverDependency => {
                let toolkit = match package.strip_prefix("cuda-runtime").or_else(|| package.strip_prefix("cuda")) {
                    Some(version) => format!("cuda-toolkit{version}"),
                    None => "cuda-toolkit".to_owned(),
                };
                ("which depends on the NVIDIA driver", format!("install `{toolkit}`, which leaves the driver out"))
            }
            _ => (
                "a part of the NVIDIA driver",
                "leave it out: a GPU request brings the driver's files from the host, where its kernel module is"
                    .to_owned(),
            ),
        };
        (format!("the image of service `{}` installs `{package}`, {what}", cx.name), help)
    });
}
