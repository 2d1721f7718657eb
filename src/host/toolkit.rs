//! The NVIDIA Container Toolkit as it is installed and configured, and daemon.json on the disk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::observed::Observed;

/// What of the toolkit is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolkit {
    /// config.toml; `None` where there is none and all keys have their defaults.
    pub config: Observed<Option<RuntimeConfig>>,
    /// The `ldconfig` that the legacy hook calls, by config.toml or by default.
    pub ldconfig: Ldconfig,
    /// The toolkit's binaries on our PATH: `nvidia-container-runtime`, `nvidia-container-runtime-hook`,
    /// `nvidia-cdi-hook`, `nvidia-ctk`; `None` for one that is not there. The engine has a PATH of its
    /// own, which no API shows.
    pub binaries: BTreeMap<String, Option<Binary>>,
    /// Paths of binaries that config.toml, daemon.json or the engine's runtimes name, and whether each
    /// can be executed here.
    pub named_binaries: BTreeMap<String, Binary>,
    /// Units of systemd that make the CDI spec anew, `nvidia-cdi-refresh.service` and `.path`, by their
    /// files; the toolkit brings them from 1.18 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_units: Option<Vec<String>>,
    /// OCI hooks that call the toolkit's hook for every container of Podman or CRI-O, and get in the way of
    /// CDI; their files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oci_hooks: Option<Vec<String>>,
    /// What `nvidia-ctk --version` prints as version; `None` where there is no such program.
    pub version: Observed<Option<String>>,
    /// The engine's configuration file as it is now; the running engine may have read another one.
    pub daemon_json: Observed<Option<DaemonJson>>,
}

impl Toolkit {
    /// The names of [`Toolkit::binaries`].
    pub const BINARIES: [&'static str; 4] =
        ["nvidia-container-runtime", "nvidia-container-runtime-hook", "nvidia-cdi-hook", "nvidia-ctk"];

    /// The line at which a configuration file sets a key; `None` where that is not recorded.
    pub fn line(&self, path: &str, key: &str) -> Option<u32> {
        let config = self.config.known().and_then(Option::as_ref).map(|file| (&file.path, &file.lines));
        let daemon = self.daemon_json.known().and_then(Option::as_ref).map(|file| (&file.path, &file.lines));
        let (_, lines) = [config, daemon].into_iter().flatten().find(|(known, _)| known.as_str() == path)?;
        lines.get(key).copied()
    }

    /// A binary that can be executed, by its name on PATH.
    pub fn binary(&self, name: &str) -> Option<&Binary> {
        self.binaries.get(name)?.as_ref().filter(|binary| binary.is_executable)
    }
}

/// A program on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binary {
    /// Where.
    pub path: String,
    /// Whether something is there.
    pub exists: bool,
    /// Whether it is a file that may be executed.
    pub is_executable: bool,
}

/// The keys of config.toml that decide something; `None` for one that is not set. Defaults are the
/// toolkit's own and differ between its versions, so they are not filled in here.
///
/// Source: NVIDIA Container Toolkit, api/config/v1/config.go, v1.20.0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeConfig {
    /// The file.
    pub path: String,
    /// `disable-require`: NVIDIA_REQUIRE_… is not checked.
    pub disable_require: Option<bool>,
    /// `swarm-resource`: names of variables that stand for NVIDIA_VISIBLE_DEVICES, separated by commas.
    pub swarm_resource: Option<String>,
    /// `accept-nvidia-visible-devices-envvar-when-unprivileged`.
    pub accept_envvar_when_unprivileged: Option<bool>,
    /// `accept-nvidia-visible-devices-as-volume-mounts`.
    pub accept_volume_mounts: Option<bool>,
    /// `supported-driver-capabilities`.
    pub supported_driver_capabilities: Option<String>,
    /// `nvidia-container-cli.ldconfig`.
    pub ldconfig: Option<String>,
    /// `nvidia-container-cli.load-kmods`.
    pub load_kmods: Option<bool>,
    /// `nvidia-container-cli.no-cgroups`.
    pub no_cgroups: Option<bool>,
    /// `nvidia-container-cli.user`.
    pub user: Option<String>,
    /// `nvidia-container-runtime.mode`.
    pub mode: Option<String>,
    /// `nvidia-container-runtime.runtimes`: low-level runtimes, first found wins.
    pub runtimes: Option<Vec<String>>,
    /// `nvidia-container-runtime.modes.cdi.default-kind`.
    pub cdi_default_kind: Option<String>,
    /// `nvidia-container-runtime.modes.cdi.spec-dirs`.
    pub cdi_spec_dirs: Option<Vec<String>>,
    /// `nvidia-container-runtime.modes.cdi.annotation-prefixes`.
    pub cdi_annotation_prefixes: Option<Vec<String>>,
    /// `nvidia-container-runtime.modes.legacy.cuda-compat-mode`.
    pub cuda_compat_mode: Option<String>,
    /// `nvidia-container-runtime.modes.csv.mount-spec-path`.
    pub csv_mount_spec_path: Option<String>,
    /// `nvidia-container-runtime-hook.path`.
    pub hook_path: Option<String>,
    /// `nvidia-container-runtime-hook.skip-mode-detection`.
    pub skip_mode_detection: Option<bool>,
    /// `features.allow-ldconfig-from-container`.
    pub allow_ldconfig_from_container: Option<bool>,
    /// Keys above whose value has another type than the toolkit reads, as `key: what is there`.
    pub odd: Vec<String>,
    /// The line of each key above that is set, from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, u32>,
}

/// The `ldconfig` that the legacy hook calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ldconfig {
    /// As configured, or the default `@/sbin/ldconfig`.
    pub setting: String,
    /// Whether config.toml says so.
    pub is_configured: bool,
    /// Whether the setting starts with `@`, which means a path on the host. Others are refused from
    /// toolkit 1.17.3 on.
    pub is_host_path: bool,
    /// The path without the `@`; by default `/sbin/ldconfig.real` where that exists.
    pub path: String,
    /// Whether a file is at that path on this host.
    pub exists: bool,
}

/// How the reason begins where daemon.json could be read and is no JSON object; the engine cannot read it either.
pub const NO_JSON: &str = "it is no JSON";

/// The parts of the engine's daemon.json that matter to GPUs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonJson {
    /// The file.
    pub path: String,
    /// `features.cdi`.
    pub cdi: Option<bool>,
    /// `cdi-spec-dirs`.
    pub cdi_spec_dirs: Option<Vec<String>>,
    /// `default-runtime`.
    pub default_runtime: Option<String>,
    /// `runtimes` with their paths.
    pub runtimes: BTreeMap<String, Option<String>>,
    /// `node-generic-resources`.
    pub node_generic_resources: Option<Vec<String>>,
    /// `exec-opts`.
    pub exec_opts: Option<Vec<String>>,
    /// Keys above whose value has another type than the engine reads, as `key: what is there`.
    pub odd: Vec<String>,
    /// Keys of runtimes with a value that the engine does not read, such as `runtimes.nvidia.args`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// The line of each key above that is set, from 1, and of `runtimes.NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, u32>,
}
