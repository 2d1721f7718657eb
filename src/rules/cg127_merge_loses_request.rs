//! A GPU request that a merge key brings, and that a key of the service's own replaces.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{asks, is_nvidia},
};
use crate::{
    diag::{Code, Label, Severity},
    source::Span,
    yaml::{NodeId, NodeKind, Tree},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG127"),
    name: "merge-loses-request",
    summary: "a key beside `<<` replaces the GPU request that the merge brings",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG127-merge-loses-request.md"),
    check: Check::Service(check),
};

/// The keys down to a list of requests.
const PATH: [&str; 4] = ["deploy", "resources", "reservations", "devices"];

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    if cx.requests.iter().any(|request| is_nvidia(request) && asks(request)) {
        return;
    }
    for origin in &cx.service.sources {
        let Some(tree) = cx.project.project.tree(origin.node.file) else { continue };
        let Some(loss) = loss(tree, origin.node.node, &PATH) else { continue };
        let finding = sink.report(
            format!("`{}` of service `{}` replaces the one with a GPU that `<<` brings", loss.key, cx.name),
            Label::new(loss.own, "this takes its place as a whole"),
        );
        finding.is_lack = true;
        finding.related.push(Label::new(loss.brought, "this request is lost"));
        finding.help = Some(format!(
            "a merge key does not join what lies deeper: merge inside of `{}` too, or say the request again",
            loss.key
        ));
    }
}

struct Loss {
    key: &'static str,
    own: Span,
    brought: Span,
}

/// The first key on the way down that stands beside a merge and lacks what that would bring.
fn loss(tree: &Tree, mapping: NodeId, path: &[&'static str]) -> Option<Loss> {
    let (key, rest) = path.split_first()?;
    let (own_key, own) = entry(tree, mapping, key)?;
    let is_said = tree.node(own).tag.is_none() && tree.children(resolved(tree, own)) > 0;
    let brought = merged(tree, mapping).into_iter().find_map(|from| held(tree, entry(tree, from, key)?.1, rest));
    match brought {
        Some(brought) if is_said && held(tree, own, rest).is_none() => {
            Some(Loss { key, own: tree.node(own_key).span, brought: tree.node(brought).span })
        }
        _ => loss(tree, own, rest),
    }
}

/// The list that a value holds at the end of a path, its own keys before those of a merge.
fn held(tree: &Tree, node: NodeId, path: &[&str]) -> Option<NodeId> {
    let node = resolved(tree, node);
    let Some((key, rest)) = path.split_first() else { return (tree.children(node) > 0).then_some(node) };
    match entry(tree, node, key) {
        Some((_, value)) => held(tree, value, rest),
        None => merged(tree, node).into_iter().find_map(|from| held(tree, from, path)),
    }
}

fn entry(tree: &Tree, mapping: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
    let NodeKind::Mapping { entries, .. } = &tree.node(mapping).kind else { return None };
    entries.iter().copied().find(|(name, _)| is_text(tree, *name, key))
}

/// The mappings behind `<<`.
fn merged(tree: &Tree, mapping: NodeId) -> Vec<NodeId> {
    let Some((_, value)) = entry(tree, mapping, "<<") else { return Vec::new() };
    match &tree.node(value).kind {
        NodeKind::Sequence { items, .. } => items.iter().map(|item| resolved(tree, *item)).collect(),
        _ => vec![resolved(tree, value)],
    }
}

fn resolved(tree: &Tree, node: NodeId) -> NodeId {
    match tree.node(node).kind {
        NodeKind::Alias { target: Some(target), .. } => target,
        _ => node,
    }
}

fn is_text(tree: &Tree, node: NodeId, wanted: &str) -> bool {
    matches!(&tree.node(node).kind, NodeKind::Scalar { text, .. } if text == wanted)
}
