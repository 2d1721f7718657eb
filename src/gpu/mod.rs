//! What a project asks of GPUs: each request with its form, its devices and its place.
//!
//! A request is what the files say, not what a host has.

mod cdi_name;
mod collect;
mod device;
mod driver_file;
mod select;

pub use cdi_name::QualifiedName;
pub use collect::collect;
pub use device::{DeviceId, DeviceSelector};
pub use driver_file::driver_part;
pub use select::visible_devices;

use crate::{source::Span, yaml::Value};

/// One request of one service, after all files are merged.
#[derive(Clone, Debug)]
pub struct GpuRequest {
    /// The service that asks.
    pub service: String,
    /// The spelling used.
    pub form: RequestForm,
    /// Whose GPUs.
    pub vendor: Vendor,
    /// `driver:` as written; `None` where the form has none or the file says none.
    pub driver: Option<String>,
    /// Which devices.
    pub selector: DeviceSelector,
    /// `capabilities:` as written (driver capabilities and `gpu`), or the words of
    /// NVIDIA_DRIVER_CAPABILITIES for the runtime form.
    pub capabilities: Vec<String>,
    /// The value that makes the request: the list item, the device's entry, or the value of `runtime`.
    /// Its sources are the places to point at.
    pub value: Value,
    /// Keys and indices that lead from the service to [`GpuRequest::value`].
    pub path: Vec<PathStep>,
}

impl GpuRequest {
    /// Bytes of the request where its text won.
    ///
    /// # Panics
    /// Never for a request made by [`collect()`]: requests come from text.
    pub fn span(&self) -> Span {
        self.value.span().expect("a request comes from a file's text")
    }

    /// The value of one of the request's keys: `count`, `device_ids`, `capabilities`, `driver`.
    pub fn field(&self, key: &str) -> Option<&Value> {
        self.value.get(key)
    }
}

/// A step from a mapping or list to what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// A key of a mapping.
    Key(String),
    /// An index of a list.
    Index(usize),
}

/// The spellings of a GPU request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestForm {
    /// An item of `deploy.resources.reservations.devices`.
    DeployReservation,
    /// The same with `driver: cdi`.
    CdiReservation,
    /// An item of `gpus`.
    Gpus,
    /// A qualified CDI name under `devices`.
    CdiDevice,
    /// `runtime: nvidia`, with or without NVIDIA_VISIBLE_DEVICES.
    RuntimeEnv,
    /// A device node of a GPU under `devices`.
    DeviceNode,
    /// An item of `deploy.resources.reservations.generic_resources` that names a GPU (Swarm).
    GenericResource,
}

impl RequestForm {
    /// How people write the form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeployReservation => "deploy reservation",
            Self::CdiReservation => "`driver: cdi` reservation",
            Self::Gpus => "gpus",
            Self::CdiDevice => "CDI device",
            Self::RuntimeEnv => "runtime",
            Self::DeviceNode => "device node",
            Self::GenericResource => "generic resource",
        }
    }
}

/// Whose GPU is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// NVIDIA, by driver, runtime, node or CDI kind.
    Nvidia,
    /// AMD.
    Amd,
    /// Intel.
    Intel,
    /// Nobody is named: the engine takes the driver that has the capability `gpu`.
    Unnamed,
    /// Somebody else (Habana, Tenstorrent, a TPU).
    Other,
}
