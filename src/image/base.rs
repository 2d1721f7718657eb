//! Base images whose content is known well enough to say what they lack.
//!
//! A table, apart from the stages: an image that is not in it may hold anything.

/// What is known of an image that nobody in the project builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BaseKind {
    /// An operating system, a language or CUDA: the working directory is `/`, and what it
    /// starts hands over to the command.
    Plain,
    /// A published framework image: it holds its own packages, and none of the project's;
    /// where it starts is its own affair.
    Framework,
    /// Anything else: unknown.
    Other,
}

/// Official images of operating systems, languages and CUDA, and `scratch`.
/// Source: the images' pages and Dockerfiles as of 2025-09; their WORKDIR is `/`, their
/// ENTRYPOINT empty or (CUDA, Node) a script that ends in `exec "$@"`. Node: nodejs/docker-node
/// `Dockerfile-debian.template` (0222008).
const PLAIN: &[&str] = &[
    "almalinux",
    "alpine",
    "amazonlinux",
    "centos",
    "debian",
    "fedora",
    "node",
    "nvidia/cuda",
    "oraclelinux",
    "python",
    "rockylinux",
    "scratch",
    "ubuntu",
];

/// Framework images and Python distributions that hold their packages and no project.
/// Source: the images' pages as of 2025-09.
const FRAMEWORK: &[&str] = &[
    "condaforge/mambaforge",
    "condaforge/miniforge3",
    "continuumio/anaconda3",
    "continuumio/miniconda3",
    "mambaorg/micromamba",
    "nvcr.io/nvidia/pytorch",
    "nvcr.io/nvidia/tensorflow",
    "pytorch/pytorch",
    "rocm/dev-ubuntu-22.04",
    "rocm/dev-ubuntu-24.04",
    "rocm/pytorch",
    "tensorflow/tensorflow",
];

/// Whether a reference names Node's official image.
pub(super) fn is_node(reference: &str) -> bool {
    short(reference) == "node"
}

/// What is known of the image behind a reference.
pub(super) fn kind(reference: &str) -> BaseKind {
    let (name, short) = (name(reference), short(reference));
    if PLAIN.contains(&short.as_str()) {
        BaseKind::Plain
    } else if FRAMEWORK.contains(&short.as_str()) || FRAMEWORK.contains(&name.as_str()) {
        BaseKind::Framework
    } else {
        BaseKind::Other
    }
}

/// The name without the registries of official images.
fn short(reference: &str) -> String {
    const OFFICIAL: [&str; 4] = ["docker.io/library/", "docker.io/", "nvcr.io/", "library/"];
    let name = name(reference);
    OFFICIAL.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(&name).to_owned()
}

/// The reference without tag and digest.
fn name(reference: &str) -> String {
    let reference = reference.split('@').next().unwrap_or("");
    let (folder, last) = reference.rsplit_once('/').map_or(("", reference), |(folder, last)| (folder, last));
    let last = last.split(':').next().unwrap_or("");
    if folder.is_empty() { last.to_owned() } else { format!("{folder}/{last}") }
}
