//! NVIDIA_VISIBLE_DEVICES with something that names no device.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink, cg204_cuda_visible_devices_invalid::list,
    devices::NVIDIA_VISIBLE_DEVICES, fix,
};
use crate::{
    compose::variable,
    diag::{Applicability, Code, Fix, Severity},
    gpu::{DeviceId, RequestForm},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG210"),
    name: "visible-devices-invalid",
    summary: "`NVIDIA_VISIBLE_DEVICES` holds something that names no device",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG210-visible-devices-invalid.md"),
    check: Check::Service(check),
};

/// Where the runtime reads it; elsewhere CG201 and CG202 speak of the variable.
fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let is_read = cx.requests.iter().any(|request| request.form == RequestForm::RuntimeEnv);
    let Some(entry) = variable(cx.service, NVIDIA_VISIBLE_DEVICES).filter(|entry| is_read && entry.node.hole.is_none())
    else {
        return;
    };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    let items: Vec<&str> = value.split(',').map(str::trim).collect();
    let is_word = |item: &&str| item.is_empty() || ["all", "none", "void"].contains(item);
    let is_unknown = |item: &&&str| !is_word(item) && matches!(DeviceId::parse(item), DeviceId::Other(_));
    // One of the words decides the whole list.
    if items.iter().any(|item| !item.is_empty() && is_word(item)) {
        return;
    }
    let Some(unknown) = items.iter().find(is_unknown) else { return };
    let finding = sink.report(
        format!("`{NVIDIA_VISIBLE_DEVICES}` of service `{}` holds `{unknown}`, which names no device", cx.name),
        place,
    );
    let plain = value.trim().trim_matches(['"', '\'']).trim().to_owned();
    let is_plain = plain != value
        && plain.split(',').all(|item| is_word(&item.trim()) || !matches!(DeviceId::parse(item), DeviceId::Other(_)));
    let meant = if is_plain { Some(plain) } else { list(value) };
    let lower = value.to_ascii_lowercase();
    let meant = meant.or_else(|| ["all", "none", "void"].contains(&lower.as_str()).then_some(lower));
    finding.help = Some(match &meant {
        Some(meant) => format!("write `{NVIDIA_VISIBLE_DEVICES}={meant}`"),
        None => "write `all`, or indices or UUIDs with commas between, as in `0,1`".into(),
    });
    finding.fix = meant.and_then(|meant| {
        let edits = fix::set_variable(cx, &entry, &meant)?;
        let title = format!("write `{NVIDIA_VISIBLE_DEVICES}={meant}`");
        Some(Fix { title, applicability: Applicability::Unsafe, edits })
    });
}
