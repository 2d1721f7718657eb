//! What Go's YAML library refuses and the scanner takes, where the finished tree shows it: tabs
//! that indent, implicit keys that are too long, escapes that YAML 1.1 does not have, lines
//! between documents (go.yaml.in/yaml/v3 scannerc.go).

use std::collections::HashMap;

use super::tree::{Node, NodeId, NodeKind, ScalarStyle, Tree};
use crate::source::Span;

/// An implicit key has this many characters at most.
const MAX_KEY: usize = 1024;

/// What is wrong in a file that could be read to its end.
///
/// `blanked` are the tabs that the scanner saw as blanks.
pub(super) fn check(tree: &Tree, text: &str, blanked: &[usize]) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    let mut push = |start: usize, end: usize, message: &str| {
        found.push((Span::new(tree.file, start, end), message.to_owned()));
    };
    if text.contains('\t') {
        tabs(tree, text, blanked, &mut push);
    }
    for (id, node) in tree.iter() {
        if let Some(tag) = &node.tag {
            let end = tag.span.end as usize;
            if text[end..].starts_with(|next: char| !next.is_whitespace()) {
                push(tag.span.start as usize, end, "a tag needs a blank behind it");
            }
        }
        match &node.kind {
            NodeKind::Scalar { style: ScalarStyle::DoubleQuoted, .. } => escapes(node, text, &mut push),
            NodeKind::Scalar { style: ScalarStyle::Plain, .. } if is_in_flow(tree, id) => {
                flow_plain(node, text, &mut push)
            }
            NodeKind::Mapping { entries, .. } => keys(tree, entries, text, &mut push),
            _ => {}
        }
    }
    if text.contains('%') || text.contains("...") {
        between_documents(text, &mut push);
    }
    found.sort_by_key(|(span, _)| *span);
    found
}

type Push<'a> = &'a mut dyn FnMut(usize, usize, &str);

/// Where a line may begin with a tab: inside flow collections, quotes and, behind enough
/// blanks, blocks and plain text of several lines.
enum Inside {
    Free,
    Block { indent: usize },
    Plain { indent: usize },
}

fn tabs(tree: &Tree, text: &str, blanked: &[usize], push: Push<'_>) {
    let plain_ends = plain_ends(tree, text);
    let mut places = places(tree, text).into_iter().peekable();
    let mut open: Vec<(usize, usize, Inside)> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..blank].find('\t') {
            let at = start + tab;
            while let Some(place) = places.next_if(|place| place.0 <= at) {
                open.push(place);
            }
            while open.last().is_some_and(|place| place.1 <= at) {
                open.pop();
            }
            let is_good = match open.last().map(|place| &place.2) {
                Some(Inside::Free) => {
                    let before = text[..start].trim_end().len();
                    plain_ends.get(&before).is_none_or(|indent| tab >= *indent)
                }
                Some(Inside::Block { indent } | Inside::Plain { indent }) => tab >= *indent && !blanked.contains(&at),
                // The library looks for more of a plain text before it sees that the line is empty.
                None => plain_ends.get(&text[..start].trim_end().len()).is_some_and(|indent| tab >= *indent),
            };
            if !is_good {
                push(at, at + 1, "a tab stands where only blanks may indent");
            }
        }
        start += line.len();
    }
    for (_, node) in tree.iter() {
        if let NodeKind::Sequence { items, is_flow: false } = &node.kind {
            items.iter().for_each(|item| behind_dash(tree.full_start(*item) as usize, text, push));
        }
    }
}

/// Where plain texts end, and how far a tab on a further line has to be from the line's start: the
/// library looks for more of the text before it looks for a bracket, a key or a comment.
fn plain_ends(tree: &Tree, text: &str) -> HashMap<usize, usize> {
    let plain = tree.iter().filter(|(_, node)| {
        matches!(node.kind, NodeKind::Scalar { style: ScalarStyle::Plain, .. }) && node.span.start < node.span.end
    });
    let is_block = |id: &NodeId| {
        matches!(
            tree.node(*id).kind,
            NodeKind::Sequence { is_flow: false, .. } | NodeKind::Mapping { is_flow: false, .. }
        )
    };
    let indent = |node: &Node| {
        let block = std::iter::successors(node.parent, |id| tree.node(*id).parent).find(is_block);
        block.map_or(0, |block| column(text, tree.node(block).span.start as usize) + 1)
    };
    plain.map(|(_, node)| (node.span.end as usize, indent(node))).collect()
}

fn column(text: &str, at: usize) -> usize {
    at - text[..at].rfind(['\n', '\r']).map_or(0, |line| line + 1)
}

fn behind_dash(item: usize, text: &str, push: Push<'_>) {
    let dash = text[..item].trim_end_matches([' ', '\t']).len();
    // An absent item has its blanks behind it.
    let blanks = text[dash..].len() - text[dash..].trim_start_matches([' ', '\t']).len();
    if let Some(tab) = text[dash..dash + blanks].find('\t').filter(|_| text[..dash].ends_with('-')) {
        push(dash + tab, dash + tab + 1, "a tab stands behind a dash, where Compose takes only blanks");
    }
}

/// Byte ranges of nodes that lines of their own may run through, outer ones first.
fn places(tree: &Tree, text: &str) -> Vec<(usize, usize, Inside)> {
    let mut places = Vec::new();
    for (id, node) in tree.iter() {
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        let inside = match &node.kind {
            NodeKind::Sequence { is_flow: true, .. } | NodeKind::Mapping { is_flow: true, .. } => Inside::Free,
            NodeKind::Scalar { style: ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, .. } => Inside::Free,
            NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => {
                Inside::Block { indent: block_indent(&text[start..end]) }
            }
            NodeKind::Scalar { style: ScalarStyle::Plain, .. } if text[start..end].contains(['\n', '\r']) => {
                let parent = node.parent.map_or(0, |parent| column(text, tree.node(parent).span.start as usize));
                Inside::Plain { indent: if is_in_flow(tree, id) { 0 } else { parent + 1 } }
            }
            _ => continue,
        };
        // Empty lines behind a block are read with it.
        let end = match inside {
            Inside::Block { .. } => text.len() - text[end..].trim_start().len(),
            _ => end,
        };
        places.push((start, end, inside));
    }
    places.sort_by_key(|(start, ..)| *start);
    places
}

/// Blanks before the first line of a block that holds anything. A tab there is looked for
/// before the indentation is known, so that one never counts as text on that line.
fn block_indent(block: &str) -> usize {
    let lines = block.split(['\n', '\r']).skip(1);
    let mut indents = lines.filter(|line| !line.trim_matches([' ', '\t']).is_empty()).map(|line| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        if line[blanks..].starts_with('\t') { usize::MAX } else { blanks }
    });
    indents.next().unwrap_or(usize::MAX)
}

fn is_in_flow(tree: &Tree, id: NodeId) -> bool {
    let parent = tree.node(id).parent.map(|parent| &tree.node(parent).kind);
    matches!(parent, Some(NodeKind::Sequence { is_flow: true, .. } | NodeKind::Mapping { is_flow: true, .. }))
}

/// Between brackets a `?` ends a plain text and begins a key, and a `:` in front begins a value
/// (scannerc.go, `yaml_parser_scan_plain_scalar` and `yaml_parser_fetch_next_token`).
fn flow_plain(node: &Node, text: &str, push: Push<'_>) {
    let start = node.span.start as usize;
    let source = &text[node.span.range()];
    if source.starts_with(':') {
        push(start, start + 1, "text cannot begin with `:` between brackets or braces, unless it is in quotes");
    }
    if let Some(at) = source.find('?') {
        let message = match at {
            0 => "text cannot begin with `?` between brackets or braces, unless it is in quotes",
            _ => "a `?` ends a text between brackets or braces, unless the text is in quotes",
        };
        push(start + at, start + at + 1, message);
    }
}

/// YAML 1.1 has no `\/`, and no halves of a surrogate pair.
fn escapes(node: &Node, text: &str, push: Push<'_>) {
    let start = node.span.start as usize;
    let source = &text[node.span.range()];
    let mut from = 0;
    while let Some(found) = source[from..].find('\\') {
        let at = from + found;
        let next = source[at + 1..].chars().next().map_or(0, char::len_utf8);
        match source.as_bytes().get(at + 1) {
            Some(b'/') => push(start + at, start + at + 2, "Compose does not know the escape `\\/`"),
            Some(b'u') => {
                let digits = source.get(at + 2..at + 6).unwrap_or_default();
                if matches!(u32::from_str_radix(digits, 16), Ok(0xd800..=0xdfff)) {
                    push(
                        start + at,
                        start + at + 6,
                        "half a surrogate pair is no character; write it as `\\U` with eight digits",
                    );
                }
            }
            _ => {}
        }
        from = at + 1 + next;
    }
}

fn keys(tree: &Tree, entries: &[(NodeId, NodeId)], text: &str, push: Push<'_>) {
    for (key, _) in entries {
        let start = tree.full_start(*key) as usize;
        let end = tree.node(*key).span.end as usize;
        let source = text.get(start..end).unwrap_or_default();
        let before = text[..start].trim_end_matches([' ', '\t']);
        if before.ends_with('?') {
            if let Some(tab) = text[before.len()..start].find('\t') {
                push(
                    before.len() + tab,
                    before.len() + tab + 1,
                    "a tab stands behind `?`, where Compose takes only blanks",
                );
            }
            continue;
        }
        let behind = text[end..].trim_start();
        if behind.starts_with(':') && text[end..text.len() - behind.len()].contains(['\n', '\r']) {
            push(start, end, "the colon of a key stands on another line");
        }
        if source.len() <= 1 {
            continue;
        }
        if source.contains(['\n', '\r']) {
            push(start, end, "a key must stand on one line");
        } else if source.len() > MAX_KEY && source.chars().count() > MAX_KEY {
            push(start, end, "a key is longer than the 1024 characters that Compose reads");
        }
    }
}

/// Directives, and what follows `...`.
fn between_documents(text: &str, push: Push<'_>) {
    let mut is_between = true;
    let mut is_behind_end = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let is_marker = |marker: &str| {
            content.strip_prefix(marker).is_some_and(|rest| rest.trim_start() != rest || rest.is_empty())
        };
        if is_marker("...") {
            (is_between, is_behind_end) = (true, true);
        } else if is_marker("---") {
            is_between = false;
        } else if is_between && content.starts_with('%') {
            let name = content[1..].split([' ', '\t']).next().unwrap_or_default();
            if !["YAML", "TAG"].contains(&name) {
                push(start, start + content.len(), "Compose knows the directives `%YAML` and `%TAG` alone");
            }
        } else if is_between && !content.trim().is_empty() && !content.trim_start().starts_with('#') {
            if is_behind_end {
                push(start, start + content.len(), "behind `...` a document begins with `---`");
            }
            is_between = false;
        }
        start += line.len();
    }
}
