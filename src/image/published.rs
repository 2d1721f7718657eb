//! What the name and tag of a published image say about it: which CUDA it brings, and whether it is
//! made for a GPU.
//!
//! Tables in one place, each row with its source. An image that is not here, or whose tag does not
//! say, is not judged.

use super::{cuda::CudaVersion, reference::Reference};

/// What a published image is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Processors alone: a GPU that it is given stays idle.
    Cpu,
    /// NVIDIA GPUs; whether it also starts without one is not said.
    Cuda,
    /// NVIDIA GPUs, and it does not start, or has no purpose, without one.
    CudaOnly,
    /// GPUs of another vendor.
    OtherGpu,
}

/// Images whose publisher offers a variant for processors and one for NVIDIA GPUs: the words of tags
/// that mean a GPU, and whether a tag without any of them is for processors.
/// Source: the images' own pages and READMEs, read 2026-11.
const VARIANTS: &[(&str, &[&str])] = &[
    ("tensorflow/tensorflow", &["gpu"]),
    ("paddlepaddle/paddle", &["gpu"]),
    ("milvusdb/milvus", &["gpu"]),
    ("ghcr.io/immich-app/immich-machine-learning", &["cuda"]),
    ("ghcr.io/ggml-org/llama.cpp", &["cuda", "cuda12", "cuda13"]),
    ("ghcr.io/ggerganov/llama.cpp", &["cuda", "cuda12"]),
    ("onerahmet/openai-whisper-asr-webservice", &["gpu"]),
    ("ghcr.io/ahmetoner/whisper-asr-webservice", &["gpu"]),
    ("linuxserver/faster-whisper", &["gpu"]),
    ("lscr.io/linuxserver/faster-whisper", &["gpu"]),
    ("ghcr.io/linuxserver/faster-whisper", &["gpu"]),
    ("ghcr.io/speaches-ai/speaches", &["cuda"]),
    ("fedirz/faster-whisper-server", &["cuda"]),
    ("quay.io/jupyter/pytorch-notebook", &["cuda", "cuda11", "cuda12", "cuda13"]),
    ("quay.io/jupyter/tensorflow-notebook", &["cuda"]),
];

/// Words of tags that mean another vendor's GPU, or an accelerator that is no GPU of NVIDIA's.
const OTHER: &[&str] = &[
    "rocm", "openvino", "armnn", "rknn", "vulkan", "musa", "intel", "sycl", "xpu", "hpu", "npu", "cann", "amd", "ipex",
];

/// Servers that do not start without an NVIDIA GPU, where the tag names no other device.
/// Source: the servers' own installation pages, read 2026-11.
const CUDA_ONLY: &[&str] = &[
    "vllm/vllm-openai",
    "ghcr.io/huggingface/text-generation-inference",
    "lmsysorg/sglang",
    "openmmlab/lmdeploy",
    "nvcr.io/nvidia/k8s/dcgm-exporter",
    "nvidia/dcgm-exporter",
];

/// CUDA of TensorFlow's own GPU builds.
/// Source: tensorflow.org/install/source, "Tested build configurations", GPU, read 2026-11.
const TENSORFLOW: &[(u32, CudaVersion)] = &[
    (5, CudaVersion::new(11, 2)),
    (6, CudaVersion::new(11, 2)),
    (7, CudaVersion::new(11, 2)),
    (8, CudaVersion::new(11, 2)),
    (9, CudaVersion::new(11, 2)),
    (10, CudaVersion::new(11, 2)),
    (11, CudaVersion::new(11, 2)),
    (12, CudaVersion::new(11, 8)),
    (13, CudaVersion::new(11, 8)),
    (14, CudaVersion::new(11, 8)),
    (15, CudaVersion::new(12, 2)),
    (16, CudaVersion::new(12, 3)),
    (17, CudaVersion::new(12, 3)),
    (18, CudaVersion::new(12, 5)),
    (19, CudaVersion::new(12, 5)),
];

/// CUDA of NVIDIA's framework images by year and month.
/// Source: the release notes of each (docs.nvidia.com/deeplearning/frameworks, "Driver Requirements":
/// "Release YY.MM is based on CUDA …"), read 2026-11. Months whose notes were not read are not here.
const NGC: &[((u32, u32), CudaVersion)] = &[
    ((21, 3), CudaVersion::new(11, 2)),
    ((21, 5), CudaVersion::new(11, 3)),
    ((22, 3), CudaVersion::new(11, 6)),
    ((22, 5), CudaVersion::new(11, 7)),
    ((24, 5), CudaVersion::new(12, 4)),
    ((25, 8), CudaVersion::new(13, 0)),
    ((25, 10), CudaVersion::new(13, 0)),
    ((26, 3), CudaVersion::new(13, 2)),
];

/// Framework images that follow that calendar.
const NGC_IMAGES: &[&str] = &[
    "nvcr.io/nvidia/pytorch",
    "nvcr.io/nvidia/tensorflow",
    "nvcr.io/nvidia/mxnet",
    "nvcr.io/nvidia/jax",
    "nvcr.io/nvidia/tritonserver",
    "nvcr.io/nvidia/cuda-dl-base",
    "nvcr.io/nvidia/sglang",
    "nvcr.io/nvidia/vllm",
];

impl Reference {
    /// What the image is made for, as far as its name and tag say.
    pub fn variant(&self) -> Option<Variant> {
        let (name, words) = (self.name(), self.words());
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        if has(OTHER) || name.ends_with("-rocm") {
            return Some(Variant::OtherGpu);
        }
        let is_gpu = words.iter().any(|word| word.starts_with("cuda") || word.starts_with("gpu") || word == "cublas");
        if !is_gpu && (has(&["cpu"]) || name.ends_with("-cpu")) {
            return Some(Variant::Cpu);
        }
        if let Some((_, gpu)) = VARIANTS.iter().find(|(image, _)| *image == name) {
            // A digest may be of either variant.
            let is_said = self.tag.is_some() || !self.has_digest;
            return is_said.then(|| if has(gpu) { Variant::Cuda } else { Variant::Cpu });
        }
        if CUDA_ONLY.contains(&name.as_str()) {
            return Some(Variant::CudaOnly);
        }
        is_gpu.then_some(Variant::Cuda)
    }

    /// The CUDA release that the image brings, where its tag says so.
    pub fn cuda(&self) -> Option<CudaVersion> {
        let (name, tag) = (self.name(), self.tag.as_deref()?);
        if self.is_nvidia_cuda() {
            return CudaVersion::parse(tag.split('-').next()?);
        }
        if NGC_IMAGES.contains(&name.as_str()) {
            let month = CudaVersion::parse(tag.split('-').next()?)?;
            let rows = NGC.iter().find(|(row, _)| *row == (month.major, month.minor));
            return rows.map(|(_, cuda)| *cuda);
        }
        if name == "tensorflow/tensorflow" {
            let version = CudaVersion::parse(tag.split('-').next()?).filter(|version| version.major == 2)?;
            let is_gpu = self.words().iter().any(|word| word == "gpu");
            let row = TENSORFLOW.iter().find(|(minor, _)| is_gpu && *minor == version.minor);
            return row.map(|(_, cuda)| *cuda);
        }
        said(tag)
    }

    /// Whether the image carries NVIDIA's forward compatibility libraries, or may.
    pub fn may_have_forward_compatibility(&self) -> bool {
        let is_bare = self.repository == "pytorch/pytorch" && !self.tag().contains("devel");
        !is_bare
    }

    /// Words of the tag, lower case.
    fn words(&self) -> Vec<String> {
        self.tag().split(['-', '_', '.']).map(str::to_ascii_lowercase).collect()
    }
}

/// `cuda12.8`, `cuda-12.8`, `cuda12.8.1`, `cu128` in a tag.
fn said(tag: &str) -> Option<CudaVersion> {
    let lower = tag.to_ascii_lowercase();
    let begins = |at: usize| !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    for (at, _) in lower.match_indices("cuda").filter(|(at, _)| begins(*at)) {
        let rest = lower[at + 4..].trim_start_matches(['-', '_', ':']);
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let found = CudaVersion::parse(rest[..end].trim_end_matches('.'));
        if let Some(found) = found.filter(|found| is_release(*found)) {
            return Some(found);
        }
    }
    lower.match_indices("cu").filter(|(at, _)| begins(*at)).find_map(|(at, _)| {
        let digits: String = lower[at + 2..].chars().take_while(char::is_ascii_digit).collect();
        let (major, minor) = (digits.len() == 3).then(|| digits.split_at(2))?;
        let found = CudaVersion { major: major.parse().ok()?, minor: minor.parse().ok()? };
        is_release(found).then_some(found)
    })
}

/// Whether a pair of numbers can be a CUDA release.
fn is_release(version: CudaVersion) -> bool {
    (9..=19).contains(&version.major) && version.minor <= 9
}
