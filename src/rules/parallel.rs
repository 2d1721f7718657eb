//! How many GPUs a service's command wants, and how many the service gets.

use super::{
    ServiceCx,
    cg203_cuda_visible_devices_renumbered::ordinals,
    command::{self, FlagValue},
    devices::{CUDA_VISIBLE_DEVICES, Devices, granting},
};
use crate::compose::variable;

/// Flags that say over how many GPUs one model, or one training, is spread: vLLM, SGLang, TGI, LMDeploy,
/// torchrun, DeepSpeed, FastChat.
const SPREAD: [&str; 11] = [
    "--tensor-parallel-size",
    "--tensor_parallel_size",
    "-tp",
    "--tp",
    "--tp-size",
    "--num-shard",
    "--nproc_per_node",
    "--nproc-per-node",
    "--num-gpus",
    "--num_gpus",
    "--gpus",
];

/// Flags that multiply it.
const STAGES: [&str; 3] = ["--pipeline-parallel-size", "--pipeline_parallel_size", "-pp"];

/// Flags that say over how many machines; one of several need not have all GPUs.
const MACHINES: [&str; 4] = ["--nnodes", "--num_machines", "--num-machines", "--num-nodes"];

/// Flags of vLLM and SGLang that say how many copies of the model there are.
const COPIES: [&str; 6] =
    ["--data-parallel-size", "--data_parallel_size", "-dp", "--dp", "--dp-size", "--data-parallel-size-local"];

/// Where vLLM's workers run; Ray's may be on other machines.
const BACKEND: [&str; 2] = ["--distributed-executor-backend", "--distributed_executor_backend"];

/// What a command wants.
pub(super) struct Wanted {
    /// GPUs.
    pub(super) count: usize,
    /// The flag that says so.
    pub(super) flag: FlagValue,
}

/// The GPUs that the command of a service is spread over; `None` where it says no number above zero, or
/// spreads over machines.
pub(super) fn wanted(cx: &ServiceCx<'_>) -> Option<Wanted> {
    let is_many = command::flag(cx, &MACHINES).is_some_and(|machines| machines.text != "1");
    if is_many || command::flag(cx, &BACKEND).is_some_and(|backend| backend.text == "ray") {
        return None;
    }
    let number = |flag: &FlagValue| flag.text.parse::<usize>().ok().filter(|count| *count > 0);
    let (spread, stages) = (command::flag(cx, &SPREAD).or_else(|| launched(cx)), command::flag(cx, &STAGES));
    let one = |flag: &Option<FlagValue>| flag.as_ref().map_or(Some(1), number);
    let count = one(&spread)?.saturating_mul(one(&stages)?);
    Some(Wanted { count, flag: spread.or(stages)? })
}

/// The processes that `accelerate launch` starts, one for each GPU.
fn launched(cx: &ServiceCx<'_>) -> Option<FlagValue> {
    let words = command::text(cx.service);
    let is_launched = words.contains("accelerate launch") && !words.contains("--cpu");
    command::flag(cx, &["--num_processes", "--num-processes"]).filter(|_| is_launched)
}

/// How many of its GPUs the command of a service uses; `None` where the text does not tell.
pub(super) fn used(cx: &ServiceCx<'_>) -> Option<usize> {
    let has = |flags: &[&str]| command::flag(cx, flags).is_some();
    if has(&COPIES) {
        return None;
    }
    if has(&SPREAD) || has(&STAGES) || has(&MACHINES) { wanted(cx).map(|wanted| wanted.count) } else { Some(1) }
}

/// The GPUs that a service sees; `None` where the text does not tell.
pub(super) fn granted(cx: &ServiceCx<'_>) -> Option<usize> {
    let requests = granting(cx);
    if requests.is_empty() {
        return None;
    }
    let by_request = match Devices::of_all(requests)? {
        Devices::Named(names) => Some(names.len()),
        Devices::All => None,
    };
    let visible = variable(cx.service, CUDA_VISIBLE_DEVICES).filter(|entry| entry.node.hole.is_none());
    let visible = visible.and_then(|entry| ordinals(entry.value.as_deref()?)).map(|ordinals| ordinals.len());
    match (by_request, visible.filter(|count| *count > 0)) {
        (Some(request), Some(visible)) => Some(request.min(visible)),
        (one, other) => one.or(other),
    }
}
