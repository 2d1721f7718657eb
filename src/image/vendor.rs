//! Published images for another vendor's hardware than NVIDIA's, and the image beside them that is for
//! NVIDIA's.
//!
//! Apart from `published` because here a row is needed to speak, and there a word is enough to be silent.
//! Source: Ollama `docs/docker.mdx` (02725d3), and ollama/ollama#7346, where a build for ROCm left an NVIDIA GPU
//! idle; huggingface.co/docs/text-generation-inference, "Using TGI with AMD GPUs" and "with Intel GPUs";
//! ggml-org/llama.cpp `docs/docker.md` (30255fc); docs.immich.app, "Hardware-Accelerated Machine Learning";
//! rocm.docs.amd.com, "vLLM inference" (images of `rocm/`, and `vllm/vllm-openai-rocm` in docs.vultr.com's
//! cookbook for ROCm); unslothai/unsloth `docker/DOCKERHUB-ROCM.md`. `vulkan` is not here: it runs on NVIDIA's
//! GPUs too.

use super::reference::Reference;

/// An image that is made for another vendor's hardware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherBuild {
    /// What it is made for, in the plural: `AMD GPUs`.
    pub hardware: &'static str,
    /// Whether its publisher says so; else its tag alone does.
    pub is_published: bool,
    /// The image of the same publisher that is made for NVIDIA's GPUs.
    pub for_nvidia: Option<String>,
}

const AMD: &str = "AMD GPUs";
const INTEL: &str = "Intel GPUs";

/// Images whose publisher has builds for several vendors: the image, what of its tags means another vendor, whose,
/// and what stands there for NVIDIA's; nothing where the plain tag is for NVIDIA's.
const BUILDS: &[(&str, &str, &str, &str)] = &[
    ("ollama/ollama", "rocm", AMD, ""),
    ("ghcr.io/huggingface/text-generation-inference", "rocm", AMD, ""),
    ("ghcr.io/huggingface/text-generation-inference", "intel-xpu", INTEL, ""),
    ("ghcr.io/huggingface/text-generation-inference", "intel-cpu", "Intel processors", ""),
    ("ghcr.io/ggml-org/llama.cpp", "rocm", AMD, "cuda"),
    ("ghcr.io/ggml-org/llama.cpp", "intel", INTEL, "cuda"),
    ("ghcr.io/ggml-org/llama.cpp", "openvino", INTEL, "cuda"),
    ("ghcr.io/ggml-org/llama.cpp", "musa", "Moore Threads GPUs", "cuda"),
    ("ghcr.io/immich-app/immich-machine-learning", "rocm", AMD, "cuda"),
    ("ghcr.io/immich-app/immich-machine-learning", "openvino", INTEL, "cuda"),
    ("ghcr.io/immich-app/immich-machine-learning", "armnn", "Mali GPUs", "cuda"),
    ("ghcr.io/immich-app/immich-machine-learning", "rknn", "Rockchip processors", "cuda"),
];

/// Images that are for ROCm by their name, with the image that is for CUDA.
const NAMED: &[(&str, &str)] =
    &[("vllm/vllm-openai-rocm", "vllm/vllm-openai"), ("unsloth/unsloth-rocm", "unsloth/unsloth")];

impl Reference {
    /// The other vendor's hardware that the image is made for.
    pub fn other_build(&self) -> Option<OtherBuild> {
        let (name, tag) = (self.name(), self.tag.as_deref().unwrap_or_default());
        if let Some((_, words, hardware, instead)) =
            BUILDS.iter().find(|(image, words, ..)| *image == name && has_part(tag, words))
        {
            let for_nvidia = Some(format!("{name}:{}", exchanged(tag, words, instead)));
            return Some(OtherBuild { hardware, is_published: true, for_nvidia });
        }
        if let Some((_, for_nvidia)) = NAMED.iter().find(|(image, _)| *image == name) {
            let for_nvidia = Some((*for_nvidia).to_owned());
            return Some(OtherBuild { hardware: AMD, is_published: true, for_nvidia });
        }
        let is_published = name.starts_with("rocm/");
        let is_other = |word: &str| ["cuda", "nvidia", "cublas"].iter().any(|vendor| word.starts_with(vendor));
        let mut words = tag.split(['-', '_', '.']);
        let is_said = words.clone().any(|word| word.starts_with("rocm")) && !words.any(is_other);
        (is_published || is_said).then_some(OtherBuild { hardware: AMD, is_published, for_nvidia: None })
    }
}

/// Whether the words stand between the dashes of a tag.
fn has_part(tag: &str, words: &str) -> bool {
    format!("-{tag}-").contains(&format!("-{words}-"))
}

/// The tag with other words in their place.
fn exchanged(tag: &str, words: &str, instead: &str) -> String {
    let between = if instead.is_empty() { "-".to_owned() } else { format!("-{instead}-") };
    let changed = format!("-{tag}-").replacen(&format!("-{words}-"), &between, 1);
    Some(changed.trim_matches('-')).filter(|tag| !tag.is_empty()).unwrap_or("latest").to_owned()
}
