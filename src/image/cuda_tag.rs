//! Tags of NVIDIA's CUDA image, and of its framework images: which cannot be pulled, and what to write instead.
//!
//! Apart from the releases (`cuda`) because this is about what was published and deleted.
//! Source: the image's `doc/supported-tags.md` and `unsupported-tags.md`, each in part, in the mirrors
//! pdtgct/cuda (af2c41e, CUDA 13.0.2) and pranavmishra90/nvidia-container-images-cuda (181367a, CUDA
//! 13.2.1), and its README, by which `latest` is gone from NGC as well. The live registry was not asked. What those do
//! not say of a tag is not judged; of NGC's copy of the image, whose deleted tags nothing was read of, only slips and
//! `latest` are.

use super::{reference::Reference, tag_slip::slip};

/// How it is known that a tag is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// By what the publisher's other tags are called.
    Presumed,
    /// By the lists of tags alone.
    Listed,
    /// A pull was seen to fail, the publisher says so, or no release ever had such a name.
    Seen,
}

/// Why a tag cannot be pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFault {
    /// The reason, as a clause.
    pub reason: String,
    /// How it is known.
    pub certainty: Certainty,
    /// The tag that says the same and can be pulled.
    pub instead: Option<String>,
    /// A tag of the same image that is there.
    pub example: &'static str,
}

/// The parts of a tag.
#[derive(Clone, Copy)]
struct Tag<'a> {
    numbers: (u32, u32, Option<u32>),
    cudnn: Option<&'a str>,
    flavour: &'a str,
    os: Option<&'a str>,
}

/// A patch number of each release that the lists have. New ones come for years (12.8.2 and 13.0.3 did,
/// without all of the tags of those before), so a higher number proves nothing from 12.8 on.
const LAST_PATCH: &[((u32, u32), u32)] = &[
    ((11, 7), 1),
    ((11, 8), 0),
    ((12, 0), 1),
    ((12, 1), 1),
    ((12, 2), 2),
    ((12, 3), 2),
    ((12, 4), 1),
    ((12, 5), 1),
    ((12, 6), 3),
    ((12, 8), 1),
    ((12, 9), 1),
    ((13, 0), 2),
];

/// Tags of early CUDA 11 that are known to be deleted, as beginnings.
/// Source: NVIDIA/nvidia-docker#1768 and #1735.
const DELETED: &[&str] = &["11.0-", "11.2.0-", "11.4.0-", "11.4.2-"];

/// A release with its three numbers.
type Full = (u32, u32, u32);

/// Operating systems with the first and the last release that has them, as (major, minor, patch). Ends
/// are wider than the lists where the lists leave out what was deleted.
const SYSTEMS: &[(&str, Full, Full)] = &[
    ("alpine", NEVER, NEVER),
    ("debian", NEVER, NEVER),
    ("ubuntu16.04", (8, 0, 0), (11, 4, 9)),
    ("ubuntu18.04", (9, 0, 0), (12, 1, 9)),
    ("ubuntu20.04", (11, 0, 0), (12, 9, 9)),
    ("ubuntu22.04", (11, 7, 0), LATEST),
    ("ubuntu24.04", (12, 5, 1), LATEST),
    ("centos7", (8, 0, 0), (12, 4, 9)),
    ("ubi7", (8, 0, 0), (12, 4, 9)),
];
const NEVER: Full = (0, 0, 0);
const LATEST: Full = (u32::MAX, 0, 0);

/// Framework images of NGC whose tags name a month and the Python: `25.12-py3`. Of Triton's a maintainer says that
/// there is no `latest` (triton-inference-server/server#5359); of the others their manuals name no such tag
/// (docs.nvidia.com/deeplearning/frameworks, "Running …": `nvcr.io/nvidia/pytorch:xx.xx-py3`).
const BY_MONTH: &[(&str, Certainty)] = &[
    ("nvcr.io/nvidia/tritonserver", Certainty::Seen),
    ("nvcr.io/nvidia/pytorch", Certainty::Presumed),
    ("nvcr.io/nvidia/tensorflow", Certainty::Presumed),
    ("nvcr.io/nvidia/mxnet", Certainty::Presumed),
    ("nvcr.io/nvidia/jax", Certainty::Presumed),
];

/// What is wrong with a reference to an image of NVIDIA's whose tags are known; `None` where nothing is, or where the
/// reference is to another image or names a digest.
pub fn tag_fault(reference: &Reference) -> Option<TagFault> {
    match () {
        () if reference.has_digest => None,
        () if reference.is_nvidia_cuda() => cuda_fault(reference.tag(), reference.registry.is_none()),
        () if reference.tag() == "latest" => by_month(&reference.name()),
        () => None,
    }
}

/// A framework image without a month.
fn by_month(name: &str) -> Option<TagFault> {
    let (_, certainty) = BY_MONTH.iter().find(|(image, _)| *image == name)?;
    let reason = "the image has no tag `latest`, only tags by month".to_owned();
    Some(TagFault { reason, certainty: *certainty, instead: None, example: "25.12-py3" })
}

fn cuda_fault(tag: &str, is_on_hub: bool) -> Option<TagFault> {
    if tag == "latest" {
        return Some(fault("the image has no tag `latest`", true, None));
    }
    if let Some(slip) = slip(tag) {
        let further = cuda_fault(&slip.tag, true);
        let instead = further.map_or(Some(slip.tag), |further| further.instead);
        let reason = format!("its tags have `{}`, not `{}`", slip.meant, slip.wrong);
        return Some(fault(reason, true, instead));
    }
    if is_on_hub { published_fault(tag) } else { None }
}

/// A tag that is well-formed, and was not published or is deleted.
fn published_fault(tag: &str) -> Option<TagFault> {
    if let Some(start) = DELETED.iter().find(|start| tag.starts_with(*start)) {
        return Some(fault(format!("the tags `{start}…` are deleted"), true, None));
    }
    let parsed = parse(tag)?;
    let (major, minor, _) = parsed.numbers;
    if major < 11 {
        return Some(fault(format!("all tags of CUDA {major}.{minor} are deleted"), true, None));
    }
    version_fault(parsed).or_else(|| system_fault(parsed)).or_else(|| cudnn_fault(parsed))
}

fn fault(reason: impl Into<String>, is_seen: bool, instead: Option<String>) -> TagFault {
    let certainty = if is_seen { Certainty::Seen } else { Certainty::Listed };
    TagFault { reason: reason.into(), certainty, instead, example: "12.6.3-runtime-ubuntu24.04" }
}

/// Takes a tag apart; `None` for words that the image's tags do not have.
fn parse(tag: &str) -> Option<Tag<'_>> {
    let mut parts = tag.split('-');
    let mut numbers = parts.next()?.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next()??, numbers.next()??);
    let patch = match numbers.next() {
        None => None,
        Some(patch) => Some(patch?),
    };
    let (mut cudnn, mut flavour, mut os) = (None, "", None);
    for part in parts {
        match part {
            _ if part.starts_with("cudnn") => cudnn = Some(part),
            "base" | "runtime" | "devel" => flavour = part,
            _ if os.is_none() => os = Some(part),
            _ => return None,
        }
    }
    Some(Tag { numbers: (major, minor, patch), cudnn, flavour, os })
}

fn version_fault(tag: Tag<'_>) -> Option<TagFault> {
    let (major, minor, patch) = tag.numbers;
    if (major, minor) == (12, 7) {
        return Some(fault("there is no CUDA 12.7", true, None));
    }
    let last = LAST_PATCH.iter().find(|(release, _)| *release == (major, minor)).map(|(_, last)| *last);
    match (patch, last) {
        (None, last) => {
            let instead = last.and_then(|last| checked(Tag { numbers: (major, minor, Some(last)), ..tag }));
            Some(fault(format!("tags have three numbers, such as {}", example(major, minor, last)), false, instead))
        }
        (Some(patch), Some(last)) if patch > last && (major, minor) < (12, 8) => {
            let instead = checked(Tag { numbers: (major, minor, Some(last)), ..tag });
            Some(fault(format!("the last of CUDA {major}.{minor} is {major}.{minor}.{last}"), false, instead))
        }
        _ => None,
    }
}

fn example(major: u32, minor: u32, last: Option<u32>) -> String {
    format!("`{major}.{minor}.{}`", last.unwrap_or(0))
}

fn system_fault(tag: Tag<'_>) -> Option<TagFault> {
    let (major, minor, patch) = tag.numbers;
    let version = (major, minor, patch?);
    let Some(os) = tag.os else {
        // Aliases without a system were last made for CUDA 11.
        return (major >= 12).then(|| fault("tags end in an operating system, such as `ubuntu22.04`", false, None));
    };
    let (_, first, last) = SYSTEMS.iter().find(|(name, ..)| os.starts_with(name))?;
    let reason = if *last == NEVER {
        format!("the image is not made for `{os}`")
    } else if version < *first {
        format!("`{os}` begins with CUDA {}.{}.{}", first.0, first.1, first.2)
    } else if version > *last {
        format!("`{os}` ends with CUDA {}.{}", last.0, last.1)
    } else {
        return None;
    };
    // Of these the lists were read in part, or have nothing at all.
    let is_seen = !["alpine", "debian", "ubuntu16.04", "ubuntu18.04"].iter().any(|name| os.starts_with(name));
    Some(fault(reason, is_seen, None))
}

fn cudnn_fault(tag: Tag<'_>) -> Option<TagFault> {
    let (major, minor, patch) = tag.numbers;
    let (version, cudnn) = ((major, minor, patch?), tag.cudnn?);
    if tag.flavour == "base" {
        return Some(fault("`base` comes without cuDNN", true, None));
    }
    let Some(right) = cudnn_of(version) else {
        return Some(fault(format!("CUDA {major}.{minor}.{} comes without cuDNN", version.2), true, None));
    };
    if cudnn == right {
        return None;
    }
    let instead = checked(Tag { cudnn: Some(right), ..tag });
    Some(fault(format!("with CUDA {major}.{minor}.{} the part is called `{right}`", version.2), true, instead))
}

/// What the tags of a release call cuDNN; `None` for a release without it.
fn cudnn_of(version: (u32, u32, u32)) -> Option<&'static str> {
    match version {
        (12, 2 | 4 | 5, 0) | (12, 3, 0 | 1) | (13, 1, 0) => None,
        (12, 3, _) => Some("cudnn9"),
        (11, ..) | (12, 0..=2, _) => Some("cudnn8"),
        _ => Some("cudnn"),
    }
}

/// The tag as text, if nothing is wrong with it.
fn checked(tag: Tag<'_>) -> Option<String> {
    let (major, minor, patch) = tag.numbers;
    let is_right = system_fault(tag).or_else(|| cudnn_fault(tag)).is_none();
    let version = format!("{major}.{minor}.{}", patch?);
    let parts = [Some(version.as_str()), tag.cudnn, Some(tag.flavour), tag.os];
    let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    is_right.then(|| parts.join("-"))
}
