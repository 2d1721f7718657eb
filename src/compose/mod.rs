//! A project as Docker Compose reads it.
//!
//! `load` runs the phases in Compose's order; [`Project`] is what they end in: one tree of
//! all files, in which every node knows its places.

mod also_set;
mod canonical;
mod clear;
mod codes;
mod consistency;
mod device_requests;
mod durations;
mod extends;
mod include;
mod lay_over;
mod layer;
mod load;
mod merge;
mod name;
mod normalise;
mod own_file;
mod path;
mod paths;
mod phases;
mod pool;
mod printed;
mod project;
mod quotes;
mod reading;
pub mod schema;
pub mod suggest;
mod unicity;
mod variables;
mod view;
mod volume;
mod words;

pub use also_set::also_set;
pub use codes::INCONSISTENT;
pub use lay_over::lay_over;
pub use load::{LoadError, LoadRequest, Loaded, load};
pub use normalise::{Normalised, normalise, portable, portable_active};
pub use own_file::own_file;
pub use printed::Form;
pub use project::Project;
pub use variables::{environment::Environment, interpolate::UNSET_VARIABLE};
pub use view::{Device, EnvironmentEntry, Mount, devices, environment, mounts, size_in_bytes, variable};
