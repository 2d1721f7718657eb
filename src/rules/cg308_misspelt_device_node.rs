//! A GPU's device node under a name that no driver makes.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::{devices, suggest},
    diag::{Applicability, Code, Fix, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG308"),
    name: "misspelt-device-node",
    summary: "a GPU's device node has a name that no driver makes",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG308-misspelt-device-node.md"),
    check: Check::Service(check),
};

/// The first render node (Linux `drivers/gpu/drm/drm_drv.c`: minor numbers of that kind begin there).
const FIRST_RENDER: u32 = 128;

/// Nodes of NVIDIA's driver beside those of the GPUs (libnvidia-container nvc_info.c, `lookup_devices`).
const OF_NVIDIA: [&str; 4] = ["nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"];

/// Edits between two names that are still a slip of the hand.
const SLIP: usize = 2;

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    // A privileged container has all of `/dev`, and the engine passes over what stands for the same path.
    if cx.service.get("privileged").is_some_and(|value| value.as_bool() != Some(false)) {
        return;
    }
    for device in devices(cx.service).iter().filter(|device| device.node.hole.is_none()) {
        let (Some(meant), Some(place)) = (meant(device.source), device.node.place()) else { continue };
        let finding = sink
            .report(format!("service `{}` is handed `{}`, a node that no driver makes", cx.name, device.source), place);
        finding.help = Some(format!("write `{meant}`; where the node is not there, the container does not start"));
        finding.fix = fix::respell(cx, device.node, device.source, &meant).map(|edits| Fix {
            title: format!("write `{meant}`"),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}

/// The node that a path is a slip of.
pub(super) fn meant(path: &str) -> Option<String> {
    let name = path.strip_prefix("/dev/")?;
    let meant = match name.split_once('/') {
        Some(("dri" | "dir", node)) => format!("dri/{}", drm_node(node).unwrap_or_else(|| node.to_owned())),
        Some(_) => return None,
        None => match name {
            "dir" => "dri".to_owned(),
            "kdf" | "kfd0" => "kfd".to_owned(),
            name => nvidia_node(name)?,
        },
    };
    (meant != name).then(|| format!("/dev/{meant}"))
}

/// `render128` is `renderD128`, and so is `renderD0`; `cardD0` is `card0`.
fn drm_node(name: &str) -> Option<String> {
    let plain = name.to_ascii_lowercase().replace(['-', '_'], "");
    let (kind, number) = ["render", "card"].into_iter().find_map(|kind| Some((kind, plain.strip_prefix(kind)?)))?;
    let number: u32 = number.strip_prefix('d').unwrap_or(number).parse().ok()?;
    Some(match kind {
        "card" => format!("card{number}"),
        _ if number < FIRST_RENDER => format!("renderD{}", FIRST_RENDER + number),
        _ => format!("renderD{number}"),
    })
}

fn nvidia_node(name: &str) -> Option<String> {
    let rest = name.strip_prefix("nvidia")?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match rest.strip_prefix(['-', '_']) {
        _ if OF_NVIDIA.contains(&name) || is_number(rest) => None,
        Some(number) if is_number(number) => Some(format!("nvidia{number}")),
        _ => suggest::slip_of(name, OF_NVIDIA, SLIP).map(str::to_owned),
    }
}
