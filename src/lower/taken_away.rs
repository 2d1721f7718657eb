//! `!reset` and `!override` below `cpu` of `x-composegpu`: what the service loses before the part is laid over it.
//!
//! Loading has applied the tags to the key itself, as Compose does with every file, and they are in no value
//! any more; so they are looked for in the text of all files that the part comes from. As in Compose
//! (compose-go loader/reset.go, v2.9.1) none counts below an `!override`.

use crate::{
    compose::Project,
    source::Span,
    yaml::{Node, NodeId, NodeKind, NodeRef, Tree, Value},
};

/// The tags below a part.
#[derive(Default)]
pub(super) struct TakenAway {
    /// Paths of mapping entries, from the part down.
    pub(super) paths: Vec<Vec<String>>,
    /// Tags on and in items of lists, which take nothing away.
    pub(super) in_lists: Vec<Span>,
}

/// What the tags below a value say, in each file that has a share in it.
pub(super) fn taken_away(project: &Project, part: &Value) -> TakenAway {
    let mut out = TakenAway::default();
    for NodeRef { file, node } in part.sources.iter().map(|origin| origin.node) {
        let Some(tree) = project.tree(file) else { continue };
        let is_replaced = |id: &NodeId| tag(tree.node(*id)).is_some_and(|(text, _)| text == "!override");
        let mut above = std::iter::successors(Some(node), |id| tree.node(*id).parent);
        if !above.any(|id| is_replaced(&id)) {
            out.entries(tree, node, &mut Vec::new());
        }
    }
    out
}

impl TakenAway {
    fn entries(&mut self, tree: &Tree, at: NodeId, path: &mut Vec<String>) {
        match &tree.node(at).kind {
            NodeKind::Mapping { entries, .. } => {
                for (key, value) in entries {
                    let NodeKind::Scalar { text, .. } = &tree.node(*key).kind else { continue };
                    path.push(text.clone());
                    match tag(tree.node(*value)) {
                        Some(_) => self.paths.push(path.clone()),
                        None => self.entries(tree, *value, path),
                    }
                    path.pop();
                }
            }
            NodeKind::Sequence { items, .. } => items.iter().for_each(|item| self.item(tree, *item)),
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
        }
    }

    fn item(&mut self, tree: &Tree, at: NodeId) {
        if let Some((_, span)) = tag(tree.node(at)) {
            return self.in_lists.push(span);
        }
        match &tree.node(at).kind {
            NodeKind::Mapping { entries, .. } => entries.iter().for_each(|(_, value)| self.item(tree, *value)),
            NodeKind::Sequence { items, .. } => items.iter().for_each(|item| self.item(tree, *item)),
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
        }
    }
}

fn tag(node: &Node) -> Option<(&str, Span)> {
    let tag = node.tag.as_ref().filter(|tag| matches!(tag.text.as_str(), "!reset" | "!override"))?;
    Some((&tag.text, tag.span))
}
