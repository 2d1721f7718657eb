//! composegpu reads Docker Compose projects, finds what breaks GPUs in containers, and
//! rewrites GPU requests into the form that works on a host.
pub mod cli;
pub mod compose;
pub mod diag;
pub mod gpu;
pub mod host;
pub mod image;
pub mod lower;
pub mod observed;
#[cfg(feature = "probe")]
pub mod probe;
pub mod report;
pub mod rules;
pub mod source;
pub mod yaml;
