//! Several GPUs over 64 MB of shared memory.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, command, fix, images, parallel};
use crate::{
    compose::{self, mounts},
    diag::{Applicability, Code, Fix, Severity},
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG801"),
    name: "shm-too-small",
    summary: "processes that share GPUs' work have little shared memory",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG801-shm-too-small.md"),
    check: Check::Service(check),
};

/// Images that shard a model over GPUs and pass data between processes in shared memory.
const SERVERS: [&str; 6] = [
    "vllm/vllm-openai",
    "lmsysorg/sglang",
    "huggingface/text-generation-inference",
    "openmmlab/lmdeploy",
    "nvidia/tensorrt-llm/release",
    "nvidia/vllm",
];

/// Images of which NVIDIA says at every start that 64 MB may not be enough (the banner of NGC's images).
const FRAMEWORKS: [&str; 2] = ["nvidia/pytorch", "nvidia/nemo"];

/// What a container has where nothing is said.
const DEFAULT: &str = "Docker's default of 64 MB of shared memory";

const MIB: i64 = 1 << 20;

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let size = cx.service.get("shm_size").filter(|size| !size.is_null());
    if is_given_otherwise(cx) {
        return;
    }
    if let Some(size) = size {
        if !is_without_unit(cx, size, sink) && compose::size_in_bytes(size).is_some_and(|bytes| bytes <= 64 * MIB) {
            is_little(cx, size, sink);
        }
        return;
    }
    let Some((why, place)) = reason(cx, DEFAULT) else { return };
    let finding = sink.report(format!("service `{}` {why}", cx.name), place);
    finding.help = Some("add `shm_size: 8gb`, or `ipc: host` where the service may share the host's".into());
    let after = cx.service.get("command").or_else(|| cx.service.get("image"));
    finding.fix = after.and_then(|after| fix::add_to_service(cx, after, "shm_size", "8gb")).map(|edits| Fix {
        title: "add `shm_size: 8gb`".into(),
        applicability: Applicability::Unsafe,
        edits,
    });
}

/// Reports a number that counts bytes, and is meant to count something larger.
fn is_without_unit(cx: &ServiceCx<'_>, size: &Value, sink: &mut Sink<'_>) -> bool {
    let text = size.scalar_text().filter(|text| text.chars().all(|c| c.is_ascii_digit())).unwrap_or_default();
    let bytes = compose::size_in_bytes(size).filter(|bytes| (1..MIB / 16).contains(bytes) && !text.is_empty());
    let (Some(bytes), false, Some(place)) = (bytes, cx.requests.is_empty(), size.place()) else { return false };
    let finding = sink.report(
        format!("service `{}` has {bytes} bytes of shared memory: `shm_size` counts bytes without a unit", cx.name),
        place,
    );
    // Nobody gives 16 MB, which is less than there is anyway.
    let meant = format!("{bytes}{}", if bytes <= 64 { "gb" } else { "mb" });
    finding.help = Some(format!("write the unit: `shm_size: {meant}`"));
    let edits = Some(size).filter(|size| !fix::holds_variable(cx, size));
    finding.fix = edits.and_then(|size| fix::replace_text(cx, size, &meant)).map(|edits| Fix {
        title: format!("write `{meant}`"),
        applicability: Applicability::Unsafe,
        edits,
    });
    true
}

/// Reports a size that is no more than what there is anyway, for work that needs more.
fn is_little(cx: &ServiceCx<'_>, size: &Value, sink: &mut Sink<'_>) {
    let text = size.scalar_text().unwrap_or_default();
    let (Some((why, _)), Some(place)) = (reason(cx, &format!("no more than `shm_size: {text}`")), size.place()) else {
        return;
    };
    let finding = sink.report(format!("service `{}` {why}", cx.name), place);
    finding.help = Some("give it more, such as `shm_size: 8gb`".into());
}

/// Why the service needs more than it has, and where the text says so.
fn reason(cx: &ServiceCx<'_>, has: &str) -> Option<(String, Span)> {
    if let Some(wanted) = parallel::wanted(cx) {
        // One process has nobody to share with.
        return (wanted.count > 1)
            .then(|| (format!("spreads over {} GPUs with {has}", wanted.count), wanted.flag.place));
    }
    let image = cx.service.get("image")?;
    let place = image.place()?;
    let granted = parallel::granted(cx).unwrap_or(0);
    let shards = images::is_one_of(cx.service, &["huggingface/text-generation-inference"]);
    match () {
        // TGI takes all GPUs that it sees where nothing is said.
        () if shards && granted > 1 => Some((format!("spreads over {granted} GPUs with {has}"), place)),
        () if images::is_one_of(cx.service, &SERVERS) => None,
        () if images::is_one_of(cx.service, &FRAMEWORKS) && !cx.requests.is_empty() => {
            Some((format!("has {has}; its image asks for more at each start"), place))
        }
        () if trains(cx) => Some((format!("loads data with several processes in {has}"), command_place(cx)?)),
        () => None,
    }
}

/// A data loader with workers: `--workers 8`, `--num_workers=4`.
fn trains(cx: &ServiceCx<'_>) -> bool {
    let is_python =
        ["python", "torchrun", "accelerate", "yolo"].iter().any(|word| command::text(cx.service).contains(word));
    let workers =
        command::flag(cx, &["--num_workers", "--num-workers", "--dataloader_num_workers", "--dataloader-num-workers"]);
    let is_web = ["uvicorn", "gunicorn", "celery"].iter().any(|word| command::text(cx.service).contains(word));
    let is_many = workers.and_then(|workers| workers.text.parse::<u32>().ok()).is_some_and(|count| count > 0);
    is_python && !is_web && is_many && !cx.requests.is_empty()
}

fn command_place(cx: &ServiceCx<'_>) -> Option<Span> {
    cx.service.get("command").or_else(|| cx.service.get("entrypoint")).and_then(Value::place)
}

/// Whether more is given by another way than `shm_size`, or the host's is shared.
fn is_given_otherwise(cx: &ServiceCx<'_>) -> bool {
    let service = cx.service;
    let is_shared = service.get("ipc").and_then(Value::as_str).is_some_and(|ipc| ipc != "private" && ipc != "none");
    let is_shm = |path: &str| path.trim_end_matches('/') == "/dev/shm";
    let is_mounted = mounts(service).iter().any(|mount| is_shm(mount.target));
    let tmpfs: Vec<&Value> = match service.get("tmpfs") {
        Some(value) => value.as_seq().map_or_else(|| vec![value], |items| items.iter().collect()),
        None => Vec::new(),
    };
    let is_tmpfs =
        tmpfs.iter().filter_map(|value| value.as_str()).any(|text| is_shm(text.split(':').next().unwrap_or(text)));
    is_shared || is_mounted || is_tmpfs
}
