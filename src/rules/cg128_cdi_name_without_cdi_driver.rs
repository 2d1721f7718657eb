//! CDI names in a request that is not for the CDI driver.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, fix};
use crate::{
    diag::{Applicability, Code, Edit, Fix, Severity},
    gpu::{QualifiedName, RequestForm},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG128"),
    name: "cdi-name-without-cdi-driver",
    summary: "a GPU request gives a CDI name to NVIDIA's hook, which takes none",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG128-cdi-name-without-cdi-driver.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let is_hook = matches!(request.driver.as_deref(), None | Some("" | "nvidia"));
    if !is_hook || !matches!(request.form, RequestForm::DeployReservation | RequestForm::Gpus) {
        return;
    }
    let Some(ids) = request.field("device_ids").and_then(Value::as_seq) else { return };
    let Some((first, name)) = ids.iter().find_map(|id| Some((id, cdi_name(id)?))) else { return };
    let finding = sink.report(
        format!(
            "service `{}` gives the CDI name `{name}` to the driver `nvidia`, whose hook takes none before Docker Engine 29",
            cx.service.name
        ),
        first.place().unwrap_or_else(|| request.span()),
    );
    finding.help = Some("write `driver: cdi`, or the GPU's index or UUID in place of the name".into());
    let is_all = ids.iter().all(|id| cdi_name(id).is_some());
    finding.fix = for_cdi(cx).filter(|_| is_all).map(|edits| Fix {
        title: "write `driver: cdi`".into(),
        applicability: Applicability::Unsafe,
        edits,
    });
}

fn cdi_name(id: &Value) -> Option<&str> {
    id.as_str().filter(|text| id.hole.is_none() && text.parse::<QualifiedName>().is_ok())
}

fn for_cdi(cx: &RequestCx<'_>) -> Option<Vec<Edit>> {
    match cx.request.field("driver") {
        Some(driver) => fix::replace_text(cx.service, driver, "cdi"),
        None => fix::add_entry(cx.service, &cx.request.value, "device_ids", "driver", "cdi"),
    }
}
