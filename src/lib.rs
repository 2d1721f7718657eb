//! composegpu reads Docker Compose projects as Docker Compose does, finds what breaks GPUs in
//! containers, and rewrites GPU requests into the form that works on a host.
//!
//! The pipeline, and the floor that each part lives on:
//!
//! ```text
//! text ─ yaml::parse ─ yaml::resolve ─► a value that knows its bytes            (2)
//! files ─ compose::load ─► Project: one tree of all files, each node with all its places (3)
//! Project ─ image::collect ─► what built images hold    Project ─ gpu::collect ─► requests (3, 4)
//! host ─ probe::probe, or a recorded file ─► HostFacts: known, or unknown with the reason  (3, 6)
//! lint    Project + images + requests (+ HostFacts) ─ rules::run ─► Diagnostics ─ report    (5, 6)
//! render  requests + HostFacts ─ lower::decide ─► form ─ lower::render ─► Project ─ yaml::emit (5)
//! ```
//!
//! A module imports from its own floor downward: 0 [`source`], [`observed`]; 1 [`diag`];
//! 2 [`yaml`]; 3 [`compose`], [`host`], [`image`]; 4 [`gpu`]; 5 [`rules`], [`heal`], [`lower`], [`messages`];
//! 6 [`report`], `probe`; 7 [`cli`]. Only the command line and the probe touch disk,
//! environment, clock and network; everything else reads through [`source::Files`].

pub mod cli;
pub mod compose;
pub mod diag;
pub mod gpu;
pub mod heal;
pub mod host;
pub mod image;
pub mod lower;
pub mod messages;
pub mod observed;
#[cfg(feature = "probe")]
pub mod probe;
pub mod report;
pub mod rules;
pub mod source;
pub mod yaml;
