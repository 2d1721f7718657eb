//! Services that together take more than the memory of one GPU.

use super::{
    Check, FixAvailability, ProjectCx, Rule, ServiceCx, Sink, cg111_swarm_unsupported,
    command::{self, FlagValue},
    devices::{CUDA_VISIBLE_DEVICES, Devices, listed},
    images, parallel,
    together::profiles,
    used_image,
};
use crate::{
    compose::variable,
    diag::{Code, Label, Severity},
    gpu::{DeviceSelector, GpuRequest},
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG806"),
    name: "memory-fractions-exceed-gpu",
    summary: "services take more of a GPU's memory than all of it",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG806-memory-fractions-exceed-gpu.md"),
    check: Check::Project(check),
};

/// Flags of vLLM and SGLang with the fraction of each GPU's memory that is taken at the start.
const FRACTIONS: [&str; 3] = ["--gpu-memory-utilization", "--gpu_memory_utilization", "--mem-fraction-static"];

/// The same of TGI, which spreads over every GPU that it sees.
const OF_EACH: [&str; 1] = ["--cuda-memory-fraction"];

/// The flag of vLLM that leaves the fraction to a file.
const ELSEWHERE: [&str; 1] = ["--config"];

/// Flags of vLLM with which the fraction does not say what is taken: the size of its cache, which "ignores
/// gpu_memory_utilization" (vLLM `vllm/config/cache.py`, 002f10e), and the mode in which it gives memory back.
const ANOTHER_MEASURE: [&str; 4] =
    ["--kv-cache-memory-bytes", "--kv-cache-memory", "--enable-sleep-mode", "--enable_sleep_mode"];

/// What vLLM takes where its command does not say; 0.92 in later releases (vLLM `vllm/config/cache.py`).
const VLLM_FRACTION: f64 = 0.9;

/// The first of all GPUs, where a service sees all and uses one.
const FIRST: &str = "";

fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    for (name, service) in cx.project.services() {
        more_than_all(&ServiceCx { project: cx, name, service, requests: &[] }, sink);
    }
    let takers: Vec<Taker<'_>> =
        cx.project.services().filter_map(|(name, service)| Taker::of(cx, name, service)).collect();
    let mut devices: Vec<&String> = takers.iter().flat_map(|taker| &taker.devices).collect();
    devices.sort();
    devices.dedup();
    let mut profiles: Vec<&str> = takers.iter().flat_map(|taker| taker.profiles.iter().copied()).collect();
    profiles.sort_unstable();
    profiles.dedup();
    for device in devices {
        let on_it = |profile: Option<&str>| takers.iter().filter(move |taker| taker.runs_on(device, profile)).collect();
        let groups = [None].into_iter().chain(profiles.iter().copied().map(Some)).map(on_it);
        if let Some(group) = groups.into_iter().find(is_too_much) {
            report(device, &group, sink);
            return;
        }
    }
}

/// Whether they take more than all of a GPU that they share.
fn is_too_much(group: &Vec<&Taker<'_>>) -> bool {
    let copies: i64 = group.iter().map(|taker| taker.copies).sum();
    copies > 1 && share(group) > 1.0
}

fn share(group: &[&Taker<'_>]) -> f64 {
    group.iter().map(|taker| taker.fraction * taker.copies as f64).sum()
}

fn report(device: &str, group: &[&Taker<'_>], sink: &mut Sink<'_>) {
    let Some(first) = group.first() else { return };
    let who = match group {
        [one] => format!("the {} replicas of service `{}`", one.copies, one.name),
        _ => format!("services {}", listed(&group.iter().map(|taker| taker.said()).collect::<Vec<_>>())),
    };
    let (percentage, device) = (share(group) * 100.0, said(device));
    let finding = sink.report(
        format!("{who} together take {percentage:.0} % of the memory of {device}: the last to start fails"),
        first.place,
    );
    finding.service = Some(first.name.to_owned());
    let replicated = group.iter().filter_map(|taker| taker.replicas);
    finding.related = group.iter().skip(1).map(|taker| Label::new(taker.place, taker.note())).collect();
    finding.related.extend(replicated.map(|span| Label::new(span, "runs so many times")));
    finding.help = Some("lower the fractions until they leave room for all, or give each service its own GPU".into());
}

/// A fraction above 1, which vLLM refuses: `gpu_memory_utilization: float = Field(…, gt=0, le=1)` (vLLM
/// `vllm/config/cache.py`, 002f10e).
fn more_than_all(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(flag) = command::flag(cx, &FRACTIONS[..2]).filter(|_| runs_vllm(cx)) else { return };
    let Some(fraction) = flag.text.parse::<f64>().ok().filter(|fraction| *fraction > 1.0 && fraction.is_finite())
    else {
        return;
    };
    let finding = sink.report(
        format!("service `{}` takes {fraction} of the memory of each GPU: vLLM refuses more than 1", cx.name),
        flag.place,
    );
    finding.severity = Severity::Error;
    finding.service = Some(cx.name.to_owned());
    let is_percentage = (10.0..100.0).contains(&fraction) && fraction.fract() == 0.0;
    finding.help = Some(match is_percentage {
        true => format!("write the fraction: `--gpu-memory-utilization {}`", fraction / 100.0),
        false => "write a fraction of the GPU's memory, such as `--gpu-memory-utilization 0.9`".into(),
    });
}

/// By the image, or a word of the command.
fn runs_vllm(cx: &ServiceCx<'_>) -> bool {
    let is_said = command::text(cx.service).split([' ', '.', '/']).any(|word| word.trim_matches(['"', '\'']) == "vllm");
    is_said || used_image::run(cx).is_some_and(|image| image.reference.repository.contains("vllm"))
}

fn said(device: &str) -> String {
    if device == FIRST { "the first GPU".to_owned() } else { format!("GPU {device}") }
}

/// A service that takes a fraction of each of its GPUs.
struct Taker<'a> {
    name: &'a str,
    fraction: f64,
    /// The flag, or the image that takes its usual fraction.
    place: Span,
    is_usual: bool,
    devices: Vec<String>,
    profiles: Vec<&'a str>,
    /// How many containers of it share the GPUs, and where that is said.
    copies: i64,
    replicas: Option<Span>,
}

impl<'a> Taker<'a> {
    fn of(project: &ProjectCx<'a>, name: &'a str, service: &'a Value) -> Option<Self> {
        let requests: Vec<&GpuRequest> = project.requests.iter().filter(|request| request.service == name).collect();
        let cx = ServiceCx { project, name, service, requests: &[] };
        if command::flag(&cx, &ANOTHER_MEASURE).is_some() {
            return None;
        }
        let of_each = command::flag(&cx, &OF_EACH);
        let is_of_each = of_each.is_some();
        let flag = command::flag(&cx, &FRACTIONS).or(of_each);
        let (fraction, place, is_usual) = match flag {
            Some(FlagValue { text, place }) => (text.parse().ok()?, place, false),
            None => (VLLM_FRACTION, usual_place(&cx)?, true),
        };
        // Of replicas that ask by `count`, CG212 says it.
        let is_counted = requests.iter().any(|request| matches!(request.selector, DeviceSelector::Count(_)));
        let devices = taken(&cx, Devices::of_all(requests)?, is_of_each)?;
        let (copies, replicas) = match replicas(service) {
            Some((0, _)) => return None,
            Some((copies, span)) if copies > 1 && !is_counted && cg111_swarm_unsupported::sign(&cx).is_none() => {
                (copies, span)
            }
            _ => (1, None),
        };
        let is_fraction = (0.0..=1.0).contains(&fraction);
        let profiles = profiles(service);
        is_fraction.then_some(Self { name, fraction, place, is_usual, devices, profiles, copies, replicas })
    }

    fn said(&self) -> String {
        match self.copies {
            1 => format!("`{}`", self.name),
            copies => format!("`{}` ({copies} replicas)", self.name),
        }
    }

    fn note(&self) -> String {
        match self.is_usual {
            true => format!("and {:.0} % here, as vLLM does without `--gpu-memory-utilization`", self.fraction * 100.0),
            false => format!("and {:.0} % here", self.fraction * 100.0),
        }
    }

    /// Whether it uses the device where one profile, or none, is on.
    fn runs_on(&self, device: &String, profile: Option<&str>) -> bool {
        let is_on = self.profiles.is_empty() || profile.is_some_and(|profile| self.profiles.contains(&profile));
        is_on && self.devices.contains(device)
    }
}

/// How many containers of a service run, and where that is said.
fn replicas(service: &Value) -> Option<(i64, Option<Span>)> {
    let value = service.get("scale").or_else(|| service.at(&["deploy", "replicas"]))?;
    Some((value.as_int()?, value.place()))
}

/// The image of a service that starts vLLM's server and says no fraction anywhere.
fn usual_place(cx: &ServiceCx<'_>) -> Option<Span> {
    let image = cx.service.get("image").filter(|_| images::is_one_of(cx.service, &["vllm/vllm-openai"]))?;
    let is_own = cx.service.get("entrypoint").is_some_and(|entrypoint| !entrypoint.is_null());
    let is_elsewhere = command::flag(cx, &ELSEWHERE).is_some() || !command::is_whole(cx.service);
    image.span().filter(|_| !is_own && !is_elsewhere)
}

/// The GPUs that are used: all that the service gets, or the first where it sees all and uses one.
fn taken(cx: &ServiceCx<'_>, devices: Devices, is_of_each: bool) -> Option<Vec<String>> {
    if variable(cx.service, CUDA_VISIBLE_DEVICES).is_some() {
        return None;
    }
    let used = parallel::used(cx);
    match devices {
        Devices::Named(names) => (is_of_each || used == Some(names.len())).then(|| names.into_iter().collect()),
        Devices::All => (!is_of_each && used == Some(1)).then(|| vec![FIRST.to_owned()]),
    }
}
