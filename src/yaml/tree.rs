//! The text of one file as a tree: every node with its bytes, its tag, its anchor and its
//! comments. Made once by `parse`, never changed.

use crate::source::{FileId, Span};

/// A node of one [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// A node of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeRef {
    /// The file.
    pub file: FileId,
    /// The node in the file's tree.
    pub node: NodeId,
}

/// A parsed file.
#[derive(Debug)]
pub struct Tree {
    /// The file that was read.
    pub file: FileId,
    pub(super) nodes: Vec<Node>,
    /// Root of each document of the stream that has one, in order.
    pub documents: Vec<NodeId>,
    /// Comments in the order of the text.
    pub comments: Vec<Comment>,
    /// The scanner stopped before the end; the tree holds what came before.
    pub is_incomplete: bool,
}

impl Tree {
    /// The node behind an id of this tree.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// All nodes, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId(index as u32), node))
    }

    /// How many items or entries a collection has; none for a scalar.
    pub fn children(&self, id: NodeId) -> usize {
        match &self.node(id).kind {
            NodeKind::Sequence { items, .. } => items.len(),
            NodeKind::Mapping { entries, .. } => entries.len(),
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => 0,
        }
    }

    /// A list's items, or the values of a mapping.
    pub fn values(&self, id: NodeId) -> Vec<NodeId> {
        match &self.node(id).kind {
            NodeKind::Sequence { items, .. } => items.clone(),
            NodeKind::Mapping { entries, .. } => entries.iter().map(|entry| entry.1).collect(),
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => Vec::new(),
        }
    }

    /// The key of the mapping entry whose value is `id`.
    pub fn key_of(&self, id: NodeId) -> Option<NodeId> {
        let NodeKind::Mapping { entries, .. } = &self.node(self.node(id).parent?).kind else { return None };
        entries.iter().find(|entry| entry.1 == id).map(|entry| entry.0)
    }

    /// `A:B` for an item `- A: B` of one entry, which is meant as one text where a key such as `11434` is no
    /// text.
    pub(super) fn item_text(&self, key: NodeId) -> Option<String> {
        let mapping = self.node(self.node(key).parent?);
        let NodeKind::Mapping { entries, .. } = &mapping.kind else { return None };
        let [(key, value)] = entries.as_slice() else { return None };
        let NodeKind::Sequence { .. } = self.node(mapping.parent?).kind else { return None };
        match (&self.node(*key).kind, &self.node(*value).kind) {
            (NodeKind::Scalar { text: key, .. }, NodeKind::Scalar { text: value, .. }) => {
                Some(format!("{key}:{value}"))
            }
            _ => None,
        }
    }

    /// Whether the collection around a node is in flow style, and the node's index in it.
    pub fn position(&self, id: NodeId) -> Option<(bool, usize)> {
        match &self.node(self.node(id).parent?).kind {
            NodeKind::Sequence { items, is_flow } => Some((*is_flow, items.iter().position(|item| *item == id)?)),
            NodeKind::Mapping { entries, is_flow } => Some((*is_flow, entries.iter().position(|entry| entry.1 == id)?)),
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => None,
        }
    }

    /// First byte of a node with its tag and anchor.
    pub fn full_start(&self, id: NodeId) -> u32 {
        let node = self.node(id);
        let tag = node.tag.as_ref().map_or(u32::MAX, |tag| tag.span.start);
        let anchor = node.anchor.as_ref().map_or(u32::MAX, |anchor| anchor.span.start);
        node.span.start.min(tag).min(anchor)
    }

    /// One past the last byte of a node with its tag and anchor, which alone mark an empty one.
    pub(super) fn full_end(&self, id: NodeId) -> u32 {
        let node = self.node(id);
        let tag = node.tag.as_ref().map_or(0, |tag| tag.span.end);
        let anchor = node.anchor.as_ref().map_or(0, |anchor| anchor.span.end);
        node.span.end.max(tag).max(anchor)
    }

    /// Whether an alias outside of the node stands for something in it.
    pub(super) fn is_needed(&self, id: NodeId) -> bool {
        let range = self.node(id).span.range();
        let is_inside = |at: u32| range.contains(&(at as usize));
        let outside = self.nodes.iter().filter(|node| !is_inside(node.span.start));
        let targets = outside.filter_map(|node| match node.kind {
            NodeKind::Alias { target, .. } => target,
            _ => None,
        });
        targets.into_iter().any(|target| is_inside(self.node(target).span.start))
    }

    /// Whether the node or anything above it carries an anchor that some alias uses: a
    /// change there changes more than one place.
    pub fn is_shared(&self, id: NodeId) -> bool {
        std::iter::successors(Some(id), |id| self.node(*id).parent)
            .any(|id| self.node(id).anchor.as_ref().is_some_and(|anchor| anchor.uses > 0))
    }

    /// Whether no key on the way to a node is written twice: the other one would take its place.
    pub fn is_said_once(&self, id: NodeId) -> bool {
        let text = |id: NodeId| match &self.node(id).kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        };
        std::iter::successors(Some(id), |id| self.node(*id).parent).all(|id| {
            let parent = self.node(id).parent.map(|parent| &self.node(parent).kind);
            let Some(NodeKind::Mapping { entries, .. }) = parent else { return true };
            let own = entries.iter().find(|(_, value)| *value == id).and_then(|(key, _)| text(*key));
            own.is_none() || entries.iter().filter(|(key, _)| text(*key) == own).count() == 1
        })
    }
}

/// One node.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its bytes: from the first to the last byte of its own text, tag and anchor not
    /// included. An empty node has an empty span where it would stand.
    pub span: Span,
    /// Its tag.
    pub tag: Option<Tag>,
    /// Its anchor.
    pub anchor: Option<Anchor>,
    /// The collection that holds it.
    pub parent: Option<NodeId>,
}

/// Kinds of nodes.
#[derive(Debug)]
pub enum NodeKind {
    /// A scalar with its text after unescaping.
    Scalar {
        /// The text.
        text: String,
        /// How it is written.
        style: ScalarStyle,
    },
    /// A list.
    Sequence {
        /// Its items.
        items: Vec<NodeId>,
        /// Written with brackets.
        is_flow: bool,
    },
    /// A mapping.
    Mapping {
        /// Keys and values, duplicates included.
        entries: Vec<(NodeId, NodeId)>,
        /// Written with braces.
        is_flow: bool,
    },
    /// An alias; no target where no such anchor came before it.
    Alias {
        /// Name without the `*`.
        name: String,
        /// The node it stands for.
        target: Option<NodeId>,
    },
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// No quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A tag.
#[derive(Debug)]
pub struct Tag {
    /// Its text, with the `!`: `!reset`, `!!str`. As written, or where the file has a `%TAG`
    /// directive, as that makes it.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

/// An anchor.
#[derive(Debug)]
pub struct Anchor {
    /// Name without the `&`.
    pub name: String,
    /// Its bytes, with the `&`.
    pub span: Span,
    /// How many aliases stand for it.
    pub uses: u32,
}

/// A comment.
#[derive(Clone, Copy, Debug)]
pub struct Comment {
    /// Its bytes, from the `#` to the end of the line.
    pub span: Span,
    /// Nothing but blanks stands before it on its line.
    pub is_own_line: bool,
}
