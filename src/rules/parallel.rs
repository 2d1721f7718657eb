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
    let flag = command::flag(cx, &SPREAD)?;
    let is_many = command::flag(cx, &MACHINES).is_some_and(|machines| machines.text != "1");
    if is_many || command::flag(cx, &BACKEND).is_some_and(|backend| backend.text == "ray") {
        return None;
    }
    let stages = match command::flag(cx, &STAGES) {
        Some(stages) => stages.text.parse().ok()?,
        None => 1,
    };
    let count: usize = flag.text.parse().ok().filter(|count| *count > 0)?;
    Some(Wanted { count: count.saturating_mul(stages), flag })
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
