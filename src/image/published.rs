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
/// that mean a GPU; a tag without any of them is for processors.
/// Source: tensorflow/docs `install/docker.md` (05d2225); docs.nvidia.com/rag 2.5.0, "Milvus Configuration";
/// docs.immich.app, "Hardware-Accelerated Machine Learning" and immich-app/immich#10727;
/// ggml-org/llama.cpp `docs/docker.md`, under both of its owners; the README of ahmetoner's
/// whisper-asr-webservice; linuxserver/templates `faster-whisper.xml`; jupyter/docker-stacks
/// `docs/using/selecting.md` (1c44e6d); open-webui's `README.md` (`:cuda`, and `:ollama` with `--gpus=all`).
const VARIANTS: &[(&str, &[&str])] = &[
    ("tensorflow/tensorflow", &["gpu"]),
    ("milvusdb/milvus", &["gpu"]),
    ("ghcr.io/immich-app/immich-machine-learning", &["cuda"]),
    ("ghcr.io/ggml-org/llama.cpp", &["cuda", "cuda12", "cuda13"]),
    ("ghcr.io/ggerganov/llama.cpp", &["cuda", "cuda12"]),
    ("onerahmet/openai-whisper-asr-webservice", &["gpu"]),
    ("lscr.io/linuxserver/faster-whisper", &["gpu"]),
    ("ghcr.io/open-webui/open-webui", &["cuda", "ollama"]),
    ("quay.io/jupyter/pytorch-notebook", &["cuda", "cuda11", "cuda12", "cuda13"]),
    ("quay.io/jupyter/tensorflow-notebook", &["cuda"]),
];

/// Words of tags that mean another vendor's GPU, or an accelerator that is no GPU of NVIDIA's. They only
/// keep rules silent; of each image's own tags they were not verified.
const OTHER: &[&str] = &[
    "rocm", "openvino", "armnn", "rknn", "vulkan", "musa", "intel", "sycl", "xpu", "hpu", "npu", "cann", "amd", "ipex",
    "xeon",
];

/// Servers that do not start, or have no purpose, without an NVIDIA GPU, where the tag names no other device.
/// Source: vllm-project/vllm#13946 and #10717; huggingface/text-generation-inference#1770 (from 2.0 on;
/// before, and with `--disable-custom-kernels`, #773); sgl-project/sglang#1719 and #7547;
/// NVIDIA/dcgm-exporter `README.md` (00d6d34).
const CUDA_ONLY: &[&str] = &[
    "vllm/vllm-openai",
    "ghcr.io/huggingface/text-generation-inference",
    "lmsysorg/sglang",
    "nvcr.io/nvidia/k8s/dcgm-exporter",
];

/// Year and month of a release of NVIDIA's framework images.
type Month = (u32, u32);

/// CUDA of the release of a month, and the images whose own notes were read to say so.
/// Source: docs.nvidia.com/deeplearning/frameworks, the release notes of the image and month; for
/// `tritonserver` triton-inference-server/server `docs/introduction/compatibility.md` (0f963c9), table
/// `vllm-python-py3`. Months of which nothing was read are not here.
const NGC: &[(Month, CudaVersion, &[&str])] = &[
    ((20, 3), CudaVersion::new(10, 2), &["tensorflow"]),
    ((20, 10), CudaVersion::new(11, 1), &["tensorflow"]),
    ((21, 3), CudaVersion::new(11, 2), &["mxnet"]),
    ((21, 4), CudaVersion::new(11, 3), &["tensorflow"]),
    ((21, 5), CudaVersion::new(11, 3), &["mxnet", "tensorflow"]),
    ((21, 10), CudaVersion::new(11, 4), &["tensorflow"]),
    ((22, 3), CudaVersion::new(11, 6), &["mxnet"]),
    ((22, 5), CudaVersion::new(11, 7), &["mxnet"]),
    ((22, 10), CudaVersion::new(11, 8), &["tensorflow"]),
    ((23, 1), CudaVersion::new(12, 0), &["tensorflow"]),
    ((24, 4), CudaVersion::new(12, 4), &["tritonserver"]),
    ((24, 5), CudaVersion::new(12, 4), &["mxnet", "tritonserver"]),
    ((24, 6), CudaVersion::new(12, 5), &["tritonserver"]),
    ((24, 7), CudaVersion::new(12, 5), &["tritonserver"]),
    ((24, 8), CudaVersion::new(12, 6), &["tritonserver"]),
    ((24, 9), CudaVersion::new(12, 6), &["tritonserver"]),
    ((24, 10), CudaVersion::new(12, 6), &["tritonserver"]),
    ((24, 11), CudaVersion::new(12, 6), &["tritonserver"]),
    ((24, 12), CudaVersion::new(12, 6), &["tritonserver"]),
    ((25, 1), CudaVersion::new(12, 8), &["tritonserver"]),
    ((25, 2), CudaVersion::new(12, 8), &["tritonserver"]),
    ((25, 3), CudaVersion::new(12, 8), &["tritonserver"]),
    ((25, 4), CudaVersion::new(12, 9), &["tritonserver"]),
    ((25, 5), CudaVersion::new(12, 9), &["tritonserver"]),
    ((25, 6), CudaVersion::new(12, 9), &["tritonserver"]),
    ((25, 7), CudaVersion::new(12, 9), &["tritonserver"]),
    ((25, 8), CudaVersion::new(13, 0), &["tritonserver"]),
    ((25, 9), CudaVersion::new(13, 0), &["tritonserver"]),
    ((25, 10), CudaVersion::new(13, 0), &["tritonserver"]),
    ((25, 11), CudaVersion::new(13, 0), &["tritonserver"]),
    ((25, 12), CudaVersion::new(13, 1), &["pytorch", "tritonserver"]),
    ((26, 1), CudaVersion::new(13, 1), &["tritonserver"]),
    ((26, 2), CudaVersion::new(13, 1), &["tritonserver"]),
    ((26, 3), CudaVersion::new(13, 2), &["cuda-dl-base", "tritonserver"]),
    ((26, 4), CudaVersion::new(13, 2), &["tritonserver"]),
    ((26, 5), CudaVersion::new(13, 2), &["tritonserver"]),
    ((26, 6), CudaVersion::new(13, 3), &["tritonserver"]),
    ((26, 7), CudaVersion::new(13, 3), &["tritonserver"]),
    ((26, 8), CudaVersion::new(13, 4), &["tritonserver"]),
];

/// Framework images of nvcr.io/nvidia that are taken to follow that calendar. Where the notes of one month
/// were read for two of them, they agreed.
const NGC_IMAGES: &[&str] = &["pytorch", "tensorflow", "mxnet", "jax", "tritonserver", "cuda-dl-base", "vllm"];

/// CUDA of images whose tags do not say it, by image and tag.
/// Source: vllm-project/vllm#18813 (its container 0.9.0 asks the toolkit for `cuda>=12.8`), #39878 (CUDA 13.0
/// becomes the default of images) and #47628 (0.24.0 is built so), read in 2026-11. Of vLLM's other releases,
/// of Text Generation Inference, of JAX's images and of Ollama's, which carry two CUDA releases, nothing was
/// read that says it.
const BY_TAG: &[(&str, &str, CudaVersion)] = &[
    ("vllm/vllm-openai", "v0.9.0", CudaVersion::new(12, 8)),
    ("vllm/vllm-openai", "v0.24.0", CudaVersion::new(13, 0)),
];

/// Words of tags that say another CUDA than the image has.
/// Source: sgl-project/sglang#4952 and #5894: cu121 and cu125 were the cu124 image.
const MISNAMED: &[(&str, &[&str])] = &[("lmsysorg/sglang", &["cu121", "cu125"])];

/// Images whose CUDA is known though the tag does not name it: image, tag or the month that it begins
/// with, and CUDA.
pub fn published_cuda() -> impl Iterator<Item = (String, String, CudaVersion)> {
    let months = NGC.iter().flat_map(|((year, month), cuda, read)| {
        let tag = move |image: &&'static str| (format!("nvcr.io/nvidia/{image}"), format!("{year}.{month:02}"), *cuda);
        read.iter().map(tag)
    });
    months.chain(BY_TAG.iter().map(|(image, tag, cuda)| ((*image).to_owned(), (*tag).to_owned(), *cuda)))
}

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
            return is_said.then(|| if has(gpu) || is_gpu { Variant::Cuda } else { Variant::Cpu });
        }
        if CUDA_ONLY.contains(&name.as_str()) {
            return Some(Variant::CudaOnly);
        }
        is_gpu.then_some(Variant::Cuda)
    }

    /// The CUDA release that the image brings, where its tag says so.
    pub fn cuda(&self) -> Option<CudaVersion> {
        let tag = self.tag.as_deref()?;
        if self.is_nvidia_cuda() {
            return CudaVersion::parse(tag.split('-').next()?);
        }
        let name = self.name();
        let is_misnamed = |words: &[&str]| self.words().iter().any(|word| words.contains(&word.as_str()));
        if MISNAMED.iter().any(|(image, words)| *image == name && is_misnamed(words)) {
            return None;
        }
        let by_tag = BY_TAG.iter().find(|(image, known, _)| *image == name && *known == tag);
        by_tag.map(|(.., cuda)| *cuda).or_else(|| self.ngc().map(|(cuda, _)| cuda)).or_else(|| said(tag))
    }

    /// Whether the CUDA release is only known from another image of the same month.
    pub fn is_cuda_presumed(&self) -> bool {
        self.ngc().is_some_and(|(_, is_read)| !is_read)
    }

    /// CUDA of one of NVIDIA's framework images by its month, and whether its own notes say so.
    fn ngc(&self) -> Option<(CudaVersion, bool)> {
        let name = self.name();
        let name = NGC_IMAGES.iter().find(|image| name.strip_prefix("nvcr.io/nvidia/") == Some(image))?;
        let tag = self.tag.as_deref()?;
        // These are built on the release of another month.
        if tag.contains("trtllm") {
            return None;
        }
        let month = CudaVersion::parse(tag.split('-').next()?)?;
        let (_, cuda, read) = NGC.iter().find(|(row, ..)| *row == (month.major, month.minor))?;
        let is_table = *name != "tritonserver" || tag.ends_with("-vllm-python-py3");
        Some((*cuda, is_table && read.contains(name)))
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
