//! A project as Docker Compose reads it.
//!
//! `load` runs the phases in Compose's order; [`Project`] is what they end in: one tree of
//! all files, in which every node knows its places.

mod load;
mod normalise;
mod project;
pub mod schema;
pub mod suggest;
mod view;

pub use load::{LoadError, LoadRequest, Loaded, load};
pub use normalise::normalise;
pub use project::Project;
pub use view::{Device, EnvironmentEntry, Mount, devices, environment, mounts, variable};
