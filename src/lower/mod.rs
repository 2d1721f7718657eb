//! Which form of a GPU request works on a host, and why the others do not.
//!
//! [`decide()`] looks at what a service asks for and at the host's facts, and gives the form with the
//! names to write. What each form does on a host is told by [`judge`], one form a function.

mod amd;
mod apply;
mod by_image;
mod decide;
mod devices;
mod difference;
mod environment;
pub mod judge;
mod optional;
mod overlay;
mod placement;
mod prospect;
mod render;
mod rewrite;
mod seen;
mod stack;
mod stack_file;
mod swarm;
mod taken_away;
mod text;
mod trial;
mod unwritable;

use std::fmt;

use crate::gpu::{DeviceId, Vendor};

pub use decide::{decide, without_host};
pub use optional::extension_problems;
pub use overlay::overlay;
pub use placement::{Placement, absent, can_do_without_gpu, placement};
pub use render::{Lowered, Rendered, render};
pub use rewrite::{Rewriting, rewrite};
pub use stack_file::{StackFile, stack_file};
pub use trial::{candidates, every_form};
pub use unwritable::Unwritable;

/// The forms that a request can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Qualified CDI names under `devices`.
    Cdi,
    /// The same in a reservation with `driver: cdi`, which Compose before 2.30 can send too.
    CdiReservation,
    /// `runtime: nvidia` with NVIDIA_VISIBLE_DEVICES.
    Runtime,
    /// A reservation with `driver: nvidia`.
    Reservation,
    /// The same under `gpus`.
    Gpus,
    /// Generic resources of a swarm.
    Swarm,
    /// No GPU.
    Cpu,
}

impl Form {
    /// The word of `--form`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cdi => "cdi",
            Self::CdiReservation => "cdi-reservation",
            Self::Runtime => "runtime",
            Self::Reservation => "reservation",
            Self::Gpus => "gpus",
            Self::Swarm => "swarm",
            Self::Cpu => "cpu",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// What the caller wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One form and no other; `None` lets the host decide.
    pub form: Option<Form>,
    /// Whether no GPU is better than no answer.
    pub is_cpu_allowed: bool,
}

/// Why something is so, as one clause.
pub type Reason = String;

/// The form to write, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The form.
    pub form: Form,
    /// The devices by the names to write: qualified names for [`Form::Cdi`] and
    /// [`Form::CdiReservation`]; `KIND=number` for [`Form::Swarm`]; indices, UUIDs or `all` for the
    /// others; empty for [`Form::Cpu`].
    pub devices: Vec<String>,
    /// Why this form.
    pub reasons: Vec<Reason>,
    /// The forms that come before it in the order of choice, and what is against each.
    pub rejected: Vec<(Form, Reason)>,
    /// Whether the container goes without SELinux's label, which would keep it from the devices.
    pub is_unlabelled: bool,
}

impl Decision {
    const fn new(form: Form, devices: Vec<String>, reasons: Vec<Reason>, rejected: Vec<(Form, Reason)>) -> Self {
        Self { form, devices, reasons, rejected, is_unlabelled: false }
    }
}

/// How the reason of a form begins that the facts neither prove nor exclude.
const UNPROVEN: &str = "not proven: ";

impl Decision {
    /// Whether the facts say that the form works, rather than that nothing is against it.
    pub fn is_proven(&self) -> bool {
        !self.reasons.iter().any(|reason| reason.starts_with(UNPROVEN))
    }
}

/// Why a request cannot be written for a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlowerable {
    /// The host has no such device.
    #[error("the host has no GPU `{device}`: {reason}")]
    NoSuchDevice {
        /// As the request says it.
        device: DeviceId,
        /// What the host has, and by whose word.
        reason: Reason,
    },
    /// A count means the first indices, and nothing says which indices there are.
    #[error("the request counts GPUs, and the host's GPUs cannot be seen: {0}")]
    CountNeedsHost(Reason),
    /// The devices can be named only with a host's facts at hand.
    #[error("GPU `{0}` can be named only with a host's facts")]
    DeviceNeedsHost(DeviceId),
    /// No form gives the GPU.
    #[error("no form gives the service its GPU on this host")]
    NoWorkingForm(Vec<(Form, Reason)>),
    /// A variable without a value stands where the devices should.
    #[error("`{0}` has no value, so that nobody knows which GPUs are meant")]
    Unresolved(String),
    /// Text that names no devices.
    #[error("`{0}` names no GPUs")]
    Unreadable(String),
    /// The service's requests ask for nothing: `none`, `void`, `count: 0`.
    #[error("the service asks for no GPU, or leaves that to its image")]
    NothingAsked,
    /// Only CDI names of this vendor's GPUs can be written.
    #[error("{} GPUs can be rewritten only by their CDI names", vendor_name(*.0))]
    OtherVendor(Vendor),
    /// The engine could not be seen.
    #[error("the engine could not be seen: {0}")]
    HostUnseen(Reason),
}

const fn vendor_name(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Nvidia | Vendor::Unnamed => "NVIDIA",
        Vendor::Amd => "AMD",
        Vendor::Intel => "Intel",
        Vendor::Other => "other vendors'",
    }
}
