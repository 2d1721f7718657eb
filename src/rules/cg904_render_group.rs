//! A render node for a user who may not open it.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    compose::devices,
    diag::{Code, Label, Severity},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG904"),
    name: "render-group",
    summary: "a render node is handed to a user who is not in its group",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG904-render-group.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let nodes = devices(cx.service);
    let is_render = |path: &str| path == "/dev/dri" || path.starts_with("/dev/dri/render");
    let Some(node) = nodes.iter().find(|device| is_render(device.source)) else { return };
    let Some(user) = cx.service.get("user").filter(|user| user.hole.is_none()) else { return };
    let (Some(text), Some(place)) = (user.scalar_text(), user.place()) else { return };
    let groups = cx.service.get("group_add").and_then(Value::as_seq).unwrap_or_default();
    let is_number = |group: &Value| group.hole.is_some() || group.as_int().is_some();
    let is_privileged = cx.service.get("privileged").is_some_and(|value| value.as_bool() != Some(false));
    if is_root(&text) || has_own_group(&text) || groups.iter().any(is_number) || is_privileged {
        return;
    }
    let finding = sink.report(
        format!("service `{}` gets `{}` as user `{text}`, who is in no group that may open it", cx.name, node.source),
        place,
    );
    finding
        .related
        .extend(node.node.span().map(|span| Label::new(span, "the node belongs to the host's group `render`")));
    finding.related.extend(
        groups.first().and_then(Value::span).map(|span| Label::new(span, "a name is looked up inside the image")),
    );
    finding.help =
        Some("add the number of the host's group to `group_add`: `getent group render | cut -d: -f3`".into());
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user);
    ["0", "root", ""].contains(&name)
}

/// `1000:109`: the group may be the node's own. `1000:1000` is the user's.
fn has_own_group(user: &str) -> bool {
    user.split_once(':').is_some_and(|(name, group)| group != name)
}
