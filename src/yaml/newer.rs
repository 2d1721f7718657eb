//! Where the next version of Go's YAML library reads a text otherwise.
//!
//! Compose 2 links go.yaml.in/yaml/v3, Compose 5 v4. Some 500,000 generated texts and 5,352 Compose files were
//! read by v3.0.4 and v4.0.0-rc.6; what they read differently, and v3 takes, is this list.

use super::{
    scalar,
    tree::{Node, NodeId, NodeKind, ScalarStyle, Tree},
    value::Data,
};
use crate::source::Span;

/// What v4 makes of a place that v3 reads otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewerReading {
    /// A key without a value, where v3 reads text that ends in a colon: `[a:, b]`.
    Key,
    /// Nothing at all, where v3 reads text: `a: <<`.
    Absent,
    /// The number -0, where v3 reads 0.
    MinusZero,
    /// Text, where v3 reads a number, a truth value, null or a merge: `! 12`.
    Text,
    /// A merge key, where v3 reads an ordinary one: `!!merge a: *b`.
    Merge,
    /// An error: a tag with `,`, `[` or `]`, or `{a: b:, c: d}`.
    Refused,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Key,
    Value,
    /// An entry of a list, or a document.
    Item,
}

/// The places of a file.
pub fn newer_readings(tree: &Tree, text: &str) -> Vec<(Span, NewerReading)> {
    let mut found = Vec::new();
    let mut judge = |id: NodeId, role: Role, is_flow: bool| {
        let node = tree.node(id);
        let reading = reading(node, text, role, is_flow);
        found.extend(reading.map(|reading| {
            let tag = node.tag.as_ref().filter(|_| reading == NewerReading::Refused);
            (tag.map_or(node.span, |tag| tag.span), reading)
        }));
    };
    tree.documents.iter().for_each(|root| judge(*root, Role::Item, false));
    for (_, node) in tree.iter() {
        match &node.kind {
            NodeKind::Mapping { entries, is_flow } => {
                for (key, value) in entries {
                    judge(*key, Role::Key, *is_flow);
                    judge(*value, Role::Value, *is_flow);
                }
            }
            NodeKind::Sequence { items, is_flow } => items.iter().for_each(|item| judge(*item, Role::Item, *is_flow)),
            _ => {}
        }
    }
    found
}

fn reading(node: &Node, text: &str, role: Role, is_flow: bool) -> Option<NewerReading> {
    let tag = node.tag.as_ref();
    if tag.is_some_and(|tag| !tag.text.starts_with("!<") && text[tag.span.range()].contains([',', '[', ']'])) {
        return Some(NewerReading::Refused);
    }
    let NodeKind::Scalar { text: plain, style: ScalarStyle::Plain } = &node.kind else { return None };
    match tag.map(|tag| tag.text.as_str()) {
        None if is_flow && is_colon_end(node, text) => {
            Some(if role == Role::Value { NewerReading::Refused } else { NewerReading::Key })
        }
        None if plain == "<<" && role != Role::Key => Some(NewerReading::Absent),
        None if plain == "-0" => Some(NewerReading::MinusZero),
        Some("!") if plain == "<<" && role == Role::Key => Some(NewerReading::Text),
        Some("!") => {
            let is_text = matches!(scalar::data(&node.kind, None), Ok(Data::String(_)));
            (!is_text).then_some(NewerReading::Text)
        }
        Some("!!merge") if role != Role::Key => Some(NewerReading::Absent),
        Some("!!merge") if plain != "<<" => Some(NewerReading::Merge),
        _ => None,
    }
}

/// Whether the text ends in a colon that no blank follows.
fn is_colon_end(node: &Node, text: &str) -> bool {
    let end = node.span.end as usize;
    text[node.span.range()].ends_with(':') && text[end..].starts_with([',', ']', '}'])
}
