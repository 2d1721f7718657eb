//! YAML as Compose reads it, with every byte's place kept.
//!
//! `events` drives the scanner, `parse` makes a [`Tree`] of a file, `resolve` makes a
//! [`Value`] of a document (typed scalars, aliases, merge keys, `!reset` and `!override`),
//! `edit` and `reshape` turn wishes about nodes into byte edits, `emit` and `json` write. Nothing here knows Compose.

mod dialect;
mod ease;
pub mod edit;
pub mod emit;
mod events;
mod json;
mod layout;
mod newer;
mod number;
mod parse;
mod places;
mod reach;
pub mod reshape;
mod resolve;
mod scalar;
mod strict;
mod tagged;
mod tree;
mod value;

pub use json::{NotJson, json_text, to_json};
pub use newer::{NewerReading, newer_readings};
pub use parse::{LIMIT, SYNTAX_ERROR, parse};
pub use reach::reach;
pub use resolve::{Cleared, DUPLICATE_KEY, Resolved, resolve};
pub use scalar::number_text;
pub use tagged::Tagged;
pub use tree::{Anchor, Comment, Node, NodeId, NodeKind, NodeRef, ScalarStyle, Tag, Tree};
pub use value::{Data, Hole, Map, Origin, Value, Via};
