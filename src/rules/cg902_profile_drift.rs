//! Two copies of a service that have grown apart.

use std::collections::BTreeSet;

use super::{
    Check, FixAvailability, ProjectCx, Rule, Sink,
    devices::listed,
    together::{is_for_cpu, is_for_gpu, profiles},
};
use crate::{
    compose::environment,
    diag::{Code, Label, Severity},
    yaml::{Map, Value},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG902"),
    name: "profile-drift",
    summary: "the CPU's and the GPU's copy of a service differ in more than the GPU",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG902-profile-drift.md"),
    check: Check::Project(check),
};

/// Keys that both copies are expected to have alike. Image, command and the GPU's own keys differ on purpose.
const ALIKE: [&str; 7] = ["ports", "volumes", "networks", "restart", "env_file", "healthcheck", "extra_hosts"];

fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    let services: Vec<(&str, &Value)> = cx.project.services().collect();
    for (name, gpu) in services.iter().filter(|(_, service)| profiles(service).into_iter().any(is_for_gpu)) {
        // What runs on both kinds of host, such as a proxy before the copies, is none of them.
        if profiles(gpu).into_iter().any(is_for_cpu) {
            continue;
        }
        let is_copy = |(other, service): &&(&str, &Value)| {
            profiles(service).into_iter().any(is_for_cpu)
                && !profiles(service).into_iter().any(is_for_gpu)
                && is_twin(name, other)
        };
        let Some((other, cpu)) = services.iter().find(is_copy) else { continue };
        let parts = different(gpu, cpu);
        let (Some(place), false) = (gpu.place(), parts.is_empty()) else { continue };
        let finding = sink.report(
            format!("services `{name}` and `{other}` are copies for GPU and CPU, and differ in {}", listed(&parts)),
            place,
        );
        finding.service = Some((*name).to_owned());
        finding.related.extend(cpu.place().map(|span| Label::new(span, "the other copy")));
        finding.help = Some("put what they have in common into an anchor or a service that both extend".into());
    }
}

/// `llm-gpu` and `llm-cpu`, `llm` and `llm-cpu`: the same name but for the word.
fn is_twin(one: &str, other: &str) -> bool {
    one != other && !stem(one).is_empty() && stem(one) == stem(other)
}

/// A name without the words for one kind of host.
fn stem(name: &str) -> String {
    let is_kind = |word: &&str| ["gpu", "cpu", "cuda", "nvidia"].contains(word);
    name.split(['-', '_']).filter(|word| !is_kind(word)).collect::<Vec<_>>().join("-")
}

/// What a service waits for, copies taken for one.
fn dependencies(service: &Value) -> BTreeSet<String> {
    let names = service.get("depends_on").and_then(Value::as_map).into_iter().flat_map(Map::keys);
    names.map(|name| stem(name)).collect()
}

fn different(gpu: &Value, cpu: &Value) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for key in ALIKE {
        match (gpu.get(key), cpu.get(key)) {
            (Some(one), Some(other)) if one == other => {}
            (None, None) => {}
            _ => parts.push(format!("`{key}`")),
        }
    }
    parts.extend((dependencies(gpu) != dependencies(cpu)).then(|| "`depends_on`".to_owned()));
    let names = |service: &Value| -> Vec<String> {
        let is_plain = |name: &String| {
            !["NVIDIA", "CUDA", "DEVICE", "GPU", "CPU", "TORCH", "OMP", "THREAD"].iter().any(|word| name.contains(word))
        };
        environment(service).into_iter().map(|entry| entry.name.into_owned()).filter(is_plain).collect()
    };
    let (own, others) = (names(gpu), names(cpu));
    let is_missing = own.iter().any(|name| !others.contains(name)) || others.iter().any(|name| !own.contains(name));
    parts.extend(is_missing.then(|| "`environment`".to_owned()));
    parts
}
