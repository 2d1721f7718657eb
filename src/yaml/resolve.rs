//! From a document's nodes to its data: aliases followed, merge keys folded in, scalars
//! typed, `!reset` and `!override` taken out and remembered.
//!
//! Source: compose-go loader/reset.go and go.yaml.in/yaml/v3 decode.go, as Compose 2.40.3
//! links them.

use std::collections::HashMap;

use super::{
    parse::{LIMIT, SYNTAX_ERROR},
    scalar,
    tree::{Node, NodeId, NodeKind, NodeRef, ScalarStyle, Tree},
    value::{Data, Map, Origin, Value, Via},
};
use crate::{
    diag::{Code, Diagnostic, Label, Place, Severity},
    source::Span,
};

/// A key that its mapping already has.
pub const DUPLICATE_KEY: Code = Code::new("CG002");

/// Nodes that the aliases of a document may stand for. Newer Compose counts all nodes of a
/// document against this number (compose-go loader/reset.go, `defaultMaxNodeVisits`, e70e961);
/// 2.40.3 counts none. Here a node that is written out costs nothing: `parse` bounds those, and
/// 2.40.3 reads a file that has many.
const MAX_EXPANDED: usize = 100_000;
/// How deep aliases and collections together may nest.
const MAX_DEPTH: usize = 256;

/// A document's data.
#[derive(Debug)]
pub struct Resolved {
    /// The data.
    pub value: Value,
    /// Paths whose earlier value an overlay takes away, in the order of the text.
    pub cleared: Vec<Cleared>,
    /// How many nodes were read, each as often as aliases led to it.
    pub nodes: usize,
    /// What was wrong.
    pub problems: Vec<Diagnostic>,
}

/// A path that `!reset` or `!override` takes away from what was merged before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// Keys from the document's root; a list's items by number.
    pub path: Vec<String>,
    /// The tag's place.
    pub span: Span,
    /// A new value stands in its place (`!override`).
    pub is_replaced: bool,
}

/// Resolves the document that begins at `root`.
pub fn resolve(tree: &Tree, root: NodeId) -> Resolved {
    let mut resolver = Resolver {
        tree,
        path: Vec::new(),
        cleared: Vec::new(),
        problems: Vec::new(),
        nodes: 0,
        expanded: 0,
        aliases: Vec::new(),
        is_stopped: false,
    };
    let value = resolver.node(root, None, Via::Text, false).unwrap_or_default();
    Resolved { value, cleared: resolver.cleared, nodes: resolver.nodes, problems: resolver.problems }
}

struct Resolver<'a> {
    tree: &'a Tree,
    path: Vec<String>,
    cleared: Vec<Cleared>,
    problems: Vec<Diagnostic>,
    nodes: usize,
    /// Nodes met through aliases.
    expanded: usize,
    /// Anchored nodes that are being expanded, for cycles.
    aliases: Vec<(NodeId, Span)>,
    is_stopped: bool,
}

impl<'a> Resolver<'a> {
    fn report(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.problems.push(Diagnostic::new(code, Severity::Error, message, Place::Source(span.into())));
        self.problems.last_mut().expect("a problem was just pushed")
    }

    /// The node's value; `None` where `!reset` takes it away. `is_plain` says that an
    /// `!override` stands above, below which Compose looks for tags no more.
    fn node(&mut self, id: NodeId, key: Option<Span>, via: Via, is_plain: bool) -> Option<Value> {
        let node = self.tree.node(id);
        self.nodes += 1;
        self.expanded += usize::from(!self.aliases.is_empty());
        self.hold_limits(node.span);
        if self.is_stopped {
            return Some(Value::default());
        }
        if let NodeKind::Alias { target, .. } = &node.kind {
            return self.alias(id, *target, key, via, is_plain);
        }
        let mut is_plain = is_plain;
        let tag = node.tag.as_ref();
        if !is_plain && let Some(tag) = tag.filter(|tag| matches!(tag.text.as_str(), "!reset" | "!override")) {
            let is_replaced = tag.text == "!override";
            // Below an anchor the tag is gone once Compose has been there (compose-go loader/reset.go,
            // v2.9.1): an alias does not meet it again.
            let is_met_again = !is_replaced && self.aliases.last().is_some_and(|(target, _)| *target != id);
            if is_met_again {
                return None;
            }
            self.cleared.push(Cleared { path: self.clear_path(), span: tag.span, is_replaced });
            if !is_replaced {
                return None;
            }
            is_plain = true;
        }
        let origin = Origin { node: NodeRef { file: self.tree.file, node: id }, span: node.span, key, via };
        let data = self.data(node, via, is_plain);
        Some(Value { data, sources: vec![origin], hole: None })
    }

    /// Stops once aliases stand for too many nodes or there are too many levels, with one finding.
    fn hold_limits(&mut self, span: Span) {
        let is_wide = self.expanded > MAX_EXPANDED;
        if self.is_stopped || !is_wide && self.path.len() + self.aliases.len() <= MAX_DEPTH {
            return;
        }
        self.is_stopped = true;
        // The outermost alias is the one that a person can take out.
        let place = self.aliases.first().map_or(span, |(_, alias)| *alias);
        let message = match is_wide {
            true => format!("the aliases stand for more than {MAX_EXPANDED} nodes"),
            false if self.aliases.is_empty() => format!("the file has more than {MAX_DEPTH} levels"),
            false => format!("with its aliases expanded the file has more than {MAX_DEPTH} levels"),
        };
        let help = "newer Compose gives up here, older ones take all the memory they can get; \
                    write repeated parts out, or drop them";
        self.report(LIMIT, place, message).help = Some(help.into());
    }

    /// The path without one `<<`, as Compose records it.
    fn clear_path(&self) -> Vec<String> {
        let mut path = self.path.clone();
        if let Some(at) = path.iter().position(|step| step == "<<") {
            path.remove(at);
        }
        path
    }

    fn data(&mut self, node: &Node, via: Via, is_plain: bool) -> Data {
        match &node.kind {
            NodeKind::Scalar { .. } => {
                let tag = node.tag.as_ref().map(|tag| tag.text.as_str());
                scalar::data(&node.kind, tag).unwrap_or_else(|message| {
                    self.report(SYNTAX_ERROR, node.span, message);
                    Data::Null
                })
            }
            NodeKind::Sequence { items, .. } => Data::Seq(self.items(items, via, is_plain)),
            NodeKind::Mapping { entries, .. } => Data::Map(self.entries(entries, via, is_plain)),
            NodeKind::Alias { .. } => Data::Null,
        }
    }

    fn alias(
        &mut self,
        id: NodeId,
        target: Option<NodeId>,
        key: Option<Span>,
        via: Via,
        is_plain: bool,
    ) -> Option<Value> {
        let span = self.tree.node(id).span;
        let Some(target) = target else { return Some(Value::default()) };
        let is_inside = std::iter::successors(Some(id), |id| self.tree.node(*id).parent).any(|above| above == target);
        if is_inside || self.aliases.iter().any(|(open, _)| *open == target) {
            self.report(SYNTAX_ERROR, span, "the alias stands inside what it stands for: a cycle");
            return Some(Value::default());
        }
        self.aliases.push((target, span));
        let via = if via == Via::Text { Via::Alias(span) } else { via };
        let value = self.node(target, key, via, is_plain);
        self.aliases.pop();
        value
    }

    fn items(&mut self, items: &[NodeId], via: Via, is_plain: bool) -> Vec<Value> {
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(index.to_string());
            out.extend(self.node(*item, None, via, is_plain));
            self.path.pop();
            if self.is_stopped {
                break;
            }
        }
        out
    }

    fn entries(&mut self, entries: &[(NodeId, NodeId)], via: Via, is_plain: bool) -> Map {
        let mut out = Map::with_capacity(entries.len());
        let mut merges = Vec::new();
        let mut seen: HashMap<&'a str, Span> = HashMap::with_capacity(entries.len());
        for (key, value) in entries {
            let key_node = self.tree.node(*key);
            let Some(text) = self.key_text(*key) else { continue };
            if let Some(first) = seen.insert(text, key_node.span) {
                let label = Label::new(first, "first written here");
                self.report(DUPLICATE_KEY, key_node.span, format!("the key `{text}` is written twice in this mapping"))
                    .related
                    .push(label);
                continue;
            }
            self.path.push(text.to_owned());
            if is_merge_key(key_node) {
                merges.push(*value);
                self.path.pop();
                continue;
            }
            if let Some(value) = self.node(*value, Some(key_node.span), via, is_plain) {
                out.insert(text.to_owned(), value);
            }
            self.path.pop();
            if self.is_stopped {
                return out;
            }
        }
        for value in merges {
            self.merge(value, &mut out, via, is_plain);
        }
        out
    }

    /// Text of a key; what is no text is refused.
    fn key_text(&mut self, id: NodeId) -> Option<&'a str> {
        let tree = self.tree;
        let span = tree.node(id).span;
        let node = match tree.node(id).kind {
            NodeKind::Alias { target: Some(target), .. } => tree.node(target),
            _ => tree.node(id),
        };
        let NodeKind::Scalar { text, style } = &node.kind else {
            self.report(SYNTAX_ERROR, span, "a key cannot be a list or a mapping");
            return None;
        };
        let tag = node.tag.as_ref().map(|tag| tag.text.as_str()).filter(|tag| tag.starts_with("!!"));
        let is_text = *style != ScalarStyle::Plain || matches!(scalar::data(&node.kind, tag), Ok(Data::String(_)));
        if !is_text && !is_merge_key(node) {
            let shown = if text.is_empty() { "an empty key" } else { text };
            let problem = self.report(SYNTAX_ERROR, span, format!("the key `{shown}` is no text"));
            problem.help = Some(match tree.item_text(id) {
                Some(text) => format!("put the whole item in quotes, without the blank: `\"{text}\"`"),
                None => "put it in quotes".to_owned(),
            });
        }
        Some(text)
    }

    /// Folds a merge key's value in: keys that are there stay.
    fn merge(&mut self, id: NodeId, out: &mut Map, via: Via, is_plain: bool) {
        let span = self.tree.node(id).span;
        let via = if via == Via::Text { Via::MergeKey(span) } else { via };
        self.path.push("<<".to_owned());
        let value = self.node(id, None, via, is_plain);
        self.path.pop();
        let parts = match value.map(|value| value.data) {
            Some(Data::Map(map)) => vec![map],
            Some(Data::Seq(items)) if items.iter().all(|item| item.as_map().is_some()) => items
                .into_iter()
                .filter_map(|item| if let Data::Map(map) = item.data { Some(map) } else { None })
                .collect(),
            None => return,
            Some(_) if self.is_stopped => return,
            Some(_) => {
                self.report(SYNTAX_ERROR, span, "`<<` takes a mapping or a list of mappings");
                return;
            }
        };
        for (key, value) in parts.into_iter().flatten() {
            out.entry(key).or_insert(value);
        }
    }
}

/// `<<` without quotes, or with the tag for it.
fn is_merge_key(node: &Node) -> bool {
    let NodeKind::Scalar { text, style } = &node.kind else { return false };
    let tag = node.tag.as_ref().map(|tag| tag.text.as_str());
    text == "<<" && (tag == Some("!!merge") || tag.is_none() && *style == ScalarStyle::Plain)
}
