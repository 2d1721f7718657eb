//! What the engine and Compose say of themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Version;

/// The engine, as `/version` and `/info` of its API answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docker {
    /// The address asked, such as `unix:///var/run/docker.sock`.
    pub endpoint: String,
    /// Whether the engine is on another machine, so that files and devices seen here are not its own.
    pub is_remote: bool,
    /// Name of the engine among the components of `/version`: `Engine` for Docker, `Podman Engine` for Podman.
    pub product: Option<String>,
    /// The engine's version, such as `28.5.2`.
    pub server_version: String,
    /// The newest API version that the engine speaks, such as `1.51`; it was asked in this one.
    pub api_version: String,
    /// OCI runtimes by name.
    pub runtimes: BTreeMap<String, Runtime>,
    /// The runtime of a service that names none.
    pub default_runtime: Option<String>,
    /// Folders in which the engine looks for CDI specs, in order, later ones first in rank.
    /// `None` where the engine does not know the field (API below 1.44); empty where CDI is off.
    pub cdi_spec_dirs: Option<Vec<String>>,
    /// Devices that the engine's drivers list. `None` where the API has no such field (below 1.50),
    /// empty where it lists none.
    /// Stale devices are listed like good ones.
    pub discovered_devices: Option<Vec<DiscoveredDevice>>,
    /// What the engine warns of, spec files that it rejects among it (API 1.50 on).
    pub warnings: Vec<String>,
    /// Such as `name=seccomp,profile=builtin`, `name=rootless`, `name=selinux`.
    pub security_options: Vec<String>,
    /// `cgroupfs`, `systemd` or `none`.
    pub cgroup_driver: Option<String>,
    /// `1` or `2`.
    pub cgroup_version: Option<String>,
    /// The engine's part in a swarm.
    pub swarm: Swarm,
    /// Generic resources that the node offers to a swarm, as `KIND=value`.
    pub generic_resources: Vec<String>,
    /// The operating system's name, such as `Debian GNU/Linux 12 (bookworm)` or `Docker Desktop`.
    pub operating_system: Option<String>,
    /// `linux` or `windows`.
    pub os_type: Option<String>,
    /// Machine architecture, such as `x86_64`.
    pub architecture: Option<String>,
    /// Kernel release.
    pub kernel_version: Option<String>,
    /// Where the engine keeps its data.
    pub root_dir: Option<String>,
}

impl Docker {
    /// The engine's version in numbers.
    pub fn version(&self) -> Option<Version> {
        Version::parse(&self.server_version)
    }

    /// Whether the engine runs without root.
    pub fn is_rootless(&self) -> bool {
        self.security_options.iter().any(|option| option.split(',').any(|part| part == "name=rootless"))
    }

    /// Whether Podman answers in Docker's place.
    pub fn is_podman(&self) -> bool {
        self.product.as_deref().is_some_and(|product| product.contains("Podman"))
    }

    /// The folders in which the engine looks for CDI specs, as far as it says so; none where CDI is off
    /// or not known to it. Podman does not say, and looks into the usual ones.
    pub fn cdi_dirs(&self) -> Vec<String> {
        let usual = || ["/etc/cdi", "/var/run/cdi"].map(str::to_owned).to_vec();
        match &self.cdi_spec_dirs {
            Some(dirs) => dirs.iter().filter(|dir| !dir.is_empty()).cloned().collect(),
            None if self.is_podman() => usual(),
            None => Vec::new(),
        }
    }

    /// Whether the engine's kernel is that of Windows' Linux (WSL 2).
    pub fn is_on_wsl(&self) -> bool {
        self.kernel_version.as_deref().is_some_and(|release| release.to_lowercase().contains("microsoft"))
    }

    /// Whether this is Docker Desktop, whose engine runs in a machine of its own.
    pub fn is_desktop(&self) -> bool {
        self.operating_system.as_deref().is_some_and(|name| name.contains("Docker Desktop"))
    }
}

/// An OCI runtime that the engine has registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// Its binary, a path or a name to look up; `None` for one that is a containerd shim by type.
    pub path: Option<String>,
    /// Keys of the status that the engine got by running the binary; engines before 25 never have
    /// one, and later ones leave it out where the binary does not run.
    pub status: Option<Vec<String>>,
}

/// A device that a driver of the engine lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveredDevice {
    /// The driver, such as `cdi`.
    pub source: String,
    /// The device, for `cdi` a qualified name.
    pub id: String,
}

/// The engine's part in a swarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swarm {
    /// `inactive`, `pending`, `active`, `error` or `locked`; `None` where the engine does not say.
    pub state: Option<String>,
    /// Whether it may change the swarm.
    pub is_manager: bool,
}

/// The Compose that a user's shell runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compose {
    /// As it prints it, such as `2.40.3`.
    pub version: String,
    /// How it is called.
    pub kind: ComposeKind,
    /// The binary asked.
    pub path: String,
}

impl Compose {
    /// The version in numbers.
    pub fn version(&self) -> Option<Version> {
        Version::parse(&self.version)
    }

    /// Its version, where it sends neither `gpus` nor CDI names under `devices`: before 2.30 it drops or refuses the
    /// one, and takes the other for paths.
    ///
    /// Source: docker/compose 9eeb2d315 and 3a95a0872 (v2.30.0); recorded with 2.26.1.
    pub fn before_gpus(&self) -> Option<Version> {
        self.version().filter(|version| *version < Version::new(2, 30, 0))
    }
}

/// How Compose is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComposeKind {
    /// `docker compose`.
    Plugin,
    /// `docker-compose`.
    Standalone,
}
