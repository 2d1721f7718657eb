//! Services that together take more than the memory of one GPU.

use super::{
    Check, FixAvailability, ProjectCx, Rule, ServiceCx, Sink,
    command::{self, FlagValue},
    devices::{Devices, listed},
    together::profiles,
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::GpuRequest,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG806"),
    name: "memory-fractions-exceed-gpu",
    summary: "services on one GPU take more than all of its memory",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG806-memory-fractions-exceed-gpu.md"),
    check: Check::Project(check),
};

/// Flags with a fraction of the GPU's memory that is taken at the start: vLLM, SGLang, TGI.
const FRACTIONS: [&str; 4] =
    ["--gpu-memory-utilization", "--gpu_memory_utilization", "--mem-fraction-static", "--cuda-memory-fraction"];

fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    let takers: Vec<Taker<'_>> =
        cx.project.services().filter_map(|(name, service)| Taker::of(cx, name, service)).collect();
    let mut devices: Vec<&String> = takers.iter().flat_map(|taker| &taker.devices).collect();
    devices.sort();
    devices.dedup();
    for device in devices {
        let on_it: Vec<&Taker<'_>> = takers.iter().filter(|taker| taker.devices.contains(device)).collect();
        let Some(first) = on_it.first() else { continue };
        let group: Vec<&&Taker<'_>> = on_it.iter().filter(|taker| first.runs_with(taker)).collect();
        let sum: f64 = group.iter().map(|taker| taker.fraction).sum();
        if group.len() < 2 || sum <= 1.0 {
            continue;
        }
        let names: Vec<String> = group.iter().map(|taker| format!("`{}`", taker.name)).collect();
        let finding = sink.report(
            format!("services {} take {:.0} % of the memory of GPU {device} together", listed(&names), sum * 100.0),
            first.flag.place,
        );
        finding.service = Some(first.name.to_owned());
        finding.related =
            group.iter().skip(1).map(|taker| Label::new(taker.flag.place, "and this much here")).collect();
        finding.help =
            Some("lower the fractions until they leave room for all, or give each service its own GPU".into());
        return;
    }
}

/// A service that takes a fraction of each of its GPUs.
struct Taker<'a> {
    name: &'a str,
    fraction: f64,
    flag: FlagValue,
    devices: Vec<String>,
    profiles: Vec<&'a str>,
}

impl<'a> Taker<'a> {
    fn of(project: &ProjectCx<'a>, name: &'a str, service: &'a Value) -> Option<Self> {
        let requests: Vec<&GpuRequest> = project.requests.iter().filter(|request| request.service == name).collect();
        let cx = ServiceCx { project, name, service, requests: &[] };
        let flag = command::flag(&cx, &FRACTIONS)?;
        let fraction: f64 = flag.text.parse().ok().filter(|fraction| (0.0..=1.0).contains(fraction))?;
        let Devices::Named(devices) = Devices::of_all(requests)? else { return None };
        Some(Self { name, fraction, flag, devices: devices.into_iter().collect(), profiles: profiles(service) })
    }

    fn runs_with(&self, other: &Self) -> bool {
        self.profiles.is_empty()
            || other.profiles.is_empty()
            || self.profiles.iter().any(|profile| other.profiles.contains(profile))
    }
}
