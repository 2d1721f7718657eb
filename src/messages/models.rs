//! What programs that run models say when a GPU is not there, or is too small for them.

use super::{About, Message};

/// The rows, closer texts before wider ones.
pub(super) const MESSAGES: &[Message] = &[
    Message {
        name: "out-of-gpu-memory",
        text: "CUDA out of memory",
        cause: "the GPU has no room left, maybe because several services got the same one",
        fix: "give each service a GPU of its own with `device_ids`, or a smaller share",
        rules: &["CG205", "CG806"],
        about: About::Any,
        source: "PyTorch; kossakovsky/selfhost-ai#83",
    },
    Message {
        name: "out-of-gpu-memory",
        text: "CUDA error: out of memory",
        cause: "the GPU has no room left, maybe because several services got the same one",
        fix: "give each service a GPU of its own with `device_ids`, or a smaller share",
        rules: &["CG205", "CG806"],
        about: About::Any,
        source: "CUDA runtime API, error 2; the GPU configuration guide",
    },
    Message {
        name: "out-of-gpu-memory",
        text: "is less than desired GPU memory utilization",
        cause: "another program has a part of the GPU's memory that this one wants for itself",
        fix: "give each service a GPU of its own, or `--gpu-memory-utilization` shares that add up to less than 1",
        rules: &["CG806", "CG205"],
        about: About::Any,
        source: "vLLM; the page of CG806",
    },
    Message {
        name: "no-gpu-for-models",
        text: "Failed to infer device type",
        cause: "vLLM found no GPU: the service asks for none, or in a way that has no effect",
        fix: "ask for the GPU; with `runtime: nvidia` set NVIDIA_VISIBLE_DEVICES too",
        rules: &["CG508", "CG401"],
        about: About::Any,
        source: "vLLM; the page of CG508",
    },
    Message {
        name: "too-few-gpus",
        text: "Tensor parallel size ({size}) cannot be larger than the number of available GPUs ({count})",
        cause: "the command spreads the model over {size} GPUs, and the service gets {count}",
        fix: "ask for as many GPUs, or start with a `--tensor-parallel-size` of what it gets",
        rules: &["CG802"],
        about: About::Any,
        source: "vLLM; the page of CG802",
    },
];
