//! YAML as Compose reads it, with every byte's place kept.
//!
//! `events` drives the scanner, `parse` makes a [`Tree`] of a file, `resolve` makes a
//! [`Value`] of a document (typed scalars, aliases, merge keys, `!reset` and `!override`),
//! `edit` turns wishes about nodes into byte edits, `emit` writes. Nothing here knows Compose.

pub mod edit;
pub mod emit;
mod number;
mod tree;
mod value;

pub use tree::{Anchor, Comment, Node, NodeId, NodeKind, NodeRef, ScalarStyle, Tag, Tree};
pub use value::{Data, Hole, Map, Origin, Value, Via};
