//! A GPU named by its index.

use super::{
    Check, FixAvailability, RequestCx, Rule, Sink,
    devices::{is_nvidia, wanted},
};
use crate::{
    diag::{Code, Severity},
    gpu::{DeviceId, DeviceSelector, RequestForm},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG206"),
    name: "index-pin",
    summary: "a GPU is named by its index, which another host or slot order changes",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG206-index-pin.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let DeviceSelector::Ids(ids) = &request.selector else { return };
    let is_index = |id: &DeviceId| match id {
        DeviceId::Index(_) | DeviceId::MigIndex { .. } => true,
        DeviceId::Cdi(name) => matches!(DeviceId::parse(name.name()), DeviceId::Index(_) | DeviceId::MigIndex { .. }),
        _ => false,
    };
    if !is_nvidia(request) || request.form == RequestForm::DeviceNode || !ids.iter().any(is_index) {
        return;
    }
    let finding = sink.report(
        format!(
            "service `{}` names {} by its index, which is another GPU on another host",
            cx.service.name,
            wanted(&request.selector)
        ),
        request.span(),
    );
    finding.help = Some("name it by its UUID (`nvidia-smi -L`), which stays with the card".into());
}
