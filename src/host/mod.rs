//! Facts about a host: what a probe saw, or a file recorded.
//!
//! Plain data, one file a source, published as JSON (`schemas/host-facts-v1.schema.json`).
//! The types keep what the sources said; what follows from it is asked by functions, so that
//! a recorded file never holds a conclusion that a later version would draw otherwise.

mod cdi;
mod difference;
mod docker;
mod named;
mod nvidia;
mod nvml;
mod redact;
mod resolve;
mod system;
mod toolkit;
mod trial;
mod version;

use serde::{Deserialize, Serialize};

pub use cdi::{Cdi, DeviceProblem, SpecDevice, SpecDir, SpecFile, SpecOutcome, SpecText};
pub use difference::Difference;
pub use docker::{Compose, ComposeKind, DiscoveredDevice, Docker, Runtime, Swarm};
pub use nvidia::{Evidence, NvidiaDevice};
pub use nvml::{ComputeMode, MigDevice, Nvml, NvmlDevice};
pub use resolve::{CdiLookup, ResolvedDevice};
pub use system::{DeviceNode, Distribution, KernelDriver, KernelGpu, PciGpu, SeLinux, System};
pub use toolkit::{Binary, DaemonJson, Ldconfig, NO_JSON, RuntimeConfig, Toolkit};
pub use trial::{Trial, TrialOutcome};
pub use version::Version;

use crate::observed::Observed;

/// All facts of one host. What could not be seen is `Unknown` with its reason; it is never "no".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFacts {
    /// Number of this shape, [`HostFacts::SCHEMA`].
    pub schema: u32,
    /// How the facts came to be.
    pub recorded: Recorded,
    /// The engine behind Docker's API.
    pub docker: Observed<Docker>,
    /// The Compose that the user's shell would run; `None` where there is none.
    pub compose: Observed<Option<Compose>>,
    /// CDI specification folders and what lies in them.
    pub cdi: Observed<Cdi>,
    /// The NVIDIA Container Toolkit: its configuration and binaries, and the engine's daemon.json.
    pub toolkit: Observed<Toolkit>,
    /// What the driver's management library says; `None` where the library is not installed.
    pub nvml: Observed<Option<Nvml>>,
    /// The kernel, device nodes and platform.
    pub system: Observed<System>,
    /// Containers that asked for GPUs, where somebody wanted to see it tried (`probe --trial`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trials: Vec<Trial>,
}

/// How, when and by what the facts were recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// What was run, such as `composegpu probe`.
    pub how: String,
    /// When, in UTC as RFC 3339 writes it: `2026-11-22T14:30:00Z`.
    pub at: String,
    /// The composegpu version that looked.
    pub composegpu: String,
}

/// A text that is no facts file.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// The text is no JSON.
    #[error("host facts are no JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// The JSON has no `schema` number.
    #[error("host facts have no `schema` number")]
    NoSchema,
    /// The number is another version's.
    #[error("host facts have schema {found}, and this composegpu reads schema {schema}", schema = HostFacts::SCHEMA)]
    OtherSchema {
        /// The number in the file.
        found: u64,
    },
    /// The number is right, the fields are not.
    #[error("host facts of schema {schema} do not have its shape: {0}", schema = HostFacts::SCHEMA)]
    Shape(#[source] serde_json::Error),
}

impl HostFacts {
    /// The number of the shape that this version reads and writes.
    pub const SCHEMA: u32 = 1;

    /// Reads a recorded facts file.
    ///
    /// # Errors
    /// [`FactsError`] says whether it is no JSON, of another schema, or of another shape.
    pub fn from_json(text: &str) -> Result<Self, FactsError> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(FactsError::NotJson)?;
        let found = value.get("schema").and_then(serde_json::Value::as_u64).ok_or(FactsError::NoSchema)?;
        if found != u64::from(Self::SCHEMA) {
            return Err(FactsError::OtherSchema { found });
        }
        // Read from the text, not from the value: the error then has a line and a column.
        serde_json::from_str(text).map_err(FactsError::Shape)
    }

    /// The facts as the file that [`HostFacts::from_json`] reads, with a last line break.
    ///
    /// # Panics
    /// Never: the facts are strings, numbers, lists and maps with text keys.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("facts hold nothing that JSON lacks");
        text.push('\n');
        text
    }

    /// Facts of a host of which nothing was seen, for one reason.
    pub fn unseen(recorded: Recorded, source: &str, reason: &str) -> Self {
        Self {
            schema: Self::SCHEMA,
            recorded,
            docker: Observed::unknown(source, reason),
            compose: Observed::unknown(source, reason),
            cdi: Observed::unknown(source, reason),
            toolkit: Observed::unknown(source, reason),
            nvml: Observed::unknown(source, reason),
            system: Observed::unknown(source, reason),
            trials: Vec::new(),
        }
    }
}
