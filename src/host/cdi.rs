//! CDI specification folders and files as they lie on the disk.
//!
//! Which file's device an engine takes is not kept here: engine and runtime may read different
//! folders. [`super::CdiLookup`] answers that for a list of folders.

use serde::{Deserialize, Serialize};

/// The folders looked into: the usual ones and all that the engine, daemon.json or the toolkit name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cdi {
    /// In the order in which they were found out.
    pub dirs: Vec<SpecDir>,
}

/// One folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecDir {
    /// As it was named.
    pub path: String,
    /// The same with links followed, where it exists: `/var/run/cdi` is `/run/cdi` on most machines.
    pub real_path: Option<String>,
    /// Why the folder could not be listed; `None` for one that was listed or does not exist.
    pub unreadable: Option<String>,
    /// Its `.json` and `.yaml` files, sorted.
    pub files: Vec<SpecFile>,
    /// Other files, which no CDI reader looks at, such as `nvidia.yml`; sorted.
    pub ignored: Vec<String>,
}

/// One spec file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecFile {
    /// Path with the folder as it was named.
    pub path: String,
    /// What reading it gave.
    pub outcome: SpecOutcome,
}

/// What reading a spec file gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecOutcome {
    /// A spec that a CDI reader takes.
    Read(SpecText),
    /// A file that every CDI reader refuses whole.
    Rejected {
        /// What is wrong, as one clause.
        reason: String,
    },
    /// A file that we could not read; an engine that runs as root may.
    Unreadable {
        /// Why, as the system says.
        reason: String,
    },
}

/// A spec, as far as it decides what works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecText {
    /// `vendor/class`.
    pub kind: String,
    /// `cdiVersion` as written.
    pub cdi_version: String,
    /// The lowest CDI version that has all fields used; an engine whose CDI library is older than
    /// this refuses the file for an unknown field.
    pub needs_version: String,
    /// Environment that every device of the file brings, such as `NVIDIA_VISIBLE_DEVICES=void`.
    pub env: Vec<String>,
    /// Device nodes that every device of the file brings, by their path in the container, such as
    /// `/dev/nvidia-uvm`, without which CUDA does not start; `None` where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Vec<String>>,
    /// Driver version in the names of the libraries mounted, such as `570.86.10`.
    pub driver_version: Option<String>,
    /// What is wrong, now and on this disk, with what every device of the file needs.
    pub problems: Vec<DeviceProblem>,
    /// The devices, in the file's order.
    pub devices: Vec<SpecDevice>,
}

/// A device of a spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecDevice {
    /// The name behind the `=`.
    pub name: String,
    /// Environment that it brings.
    pub env: Vec<String>,
    /// Device nodes that it puts into the container, by their path there.
    pub nodes: Vec<String>,
    /// What is wrong with what it needs on this disk.
    pub problems: Vec<DeviceProblem>,
}

/// Why a device that is listed cannot be used, or may not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceProblem {
    /// A file or folder to mount does not exist; the container does not start.
    MissingMount {
        /// Path on the host.
        path: String,
    },
    /// A device node does not exist; the device cannot be injected.
    MissingNode {
        /// Path on the host.
        path: String,
    },
    /// The spec gives numbers that the node no longer has; the container starts and the device is dead
    /// (the CDI library keeps a major number that a spec gives; container-edits_unix.go, v1.1.0).
    OtherNode {
        /// Path on the host.
        path: String,
        /// `major:minor` in the spec.
        declared: String,
        /// `major:minor` on the disk.
        found: String,
    },
    /// A hook's program does not exist; the container does not start.
    MissingHook {
        /// Path on the host.
        path: String,
    },
    /// A hook's program exists and may not be executed.
    HookNotExecutable {
        /// Path on the host.
        path: String,
    },
    /// We could not look; the engine may.
    Unchecked {
        /// Path on the host.
        path: String,
        /// Why, as the system says.
        reason: String,
    },
}

impl DeviceProblem {
    /// Whether we know that it is broken; not so for what could not be looked at.
    pub fn is_certain(&self) -> bool {
        !matches!(self, Self::Unchecked { .. })
    }
}

impl std::fmt::Display for DeviceProblem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MissingMount { path } => write!(out, "`{path}`, which it mounts, does not exist"),
            Self::MissingNode { path } => write!(out, "device node `{path}` does not exist"),
            Self::OtherNode { path, declared, found } => {
                write!(out, "device node `{path}` is {found}, the spec says {declared}")
            }
            Self::MissingHook { path } => write!(out, "hook `{path}` does not exist"),
            Self::HookNotExecutable { path } => write!(out, "hook `{path}` may not be executed"),
            Self::Unchecked { path, reason } => write!(out, "`{path}` could not be checked: {reason}"),
        }
    }
}
