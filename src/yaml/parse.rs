//! From text to a [`Tree`]. Never fails: what could be read is in the tree, what could not
//! is said.

use std::collections::HashMap;

use super::{
    dialect,
    ease::{Cure, Eased},
    events::{self, Event, Spanned},
    places, strict,
    tree::{Anchor, Comment, Node, NodeId, NodeKind, ScalarStyle, Tag, Tree},
};
use crate::{
    diag::{Code, Diagnostic, Place, Severity},
    source::{FileId, SourceMap, Span},
};

/// YAML that Compose's library refuses.
pub const SYNTAX_ERROR: Code = Code::new("CG001");
/// A limit on size, depth or alias expansion.
pub const LIMIT: Code = Code::new("CG007");

/// Nodes that a file may have. Each takes about a kilobyte before it is judged, so that a file
/// of the largest size, with a node for every other byte, would take more memory than a machine
/// for tests has. Compose's files have some hundreds.
const MAX_NODES: usize = 1_000_000;

/// Reads a file's text.
pub fn parse(file: FileId, sources: &SourceMap) -> (Tree, Vec<Diagnostic>) {
    let text = sources.file(file).text();
    let mut problems = dialect::check_bytes(file, text);
    let mut eased = Eased::new(text);
    let (tree, found) = loop {
        let mut builder = Builder::new(file, text, &eased);
        match problems.is_empty() {
            true => builder.take_all(),
            false => builder.tree.is_incomplete = true,
        }
        let (cure, found) = (builder.cure.take(), std::mem::take(&mut builder.problems));
        let done = (builder.finish(), found);
        if !cure.is_some_and(|(at, cure)| eased.apply(at, cure)) {
            break done;
        }
    };
    problems.extend(found);
    if !tree.is_incomplete {
        let strict = strict::check(&tree, text, &eased.tabs).into_iter();
        problems.extend(strict.map(|(span, message)| {
            Diagnostic::new(SYNTAX_ERROR, Severity::Error, message, Place::Source(span.into()))
        }));
    }
    (tree, problems)
}

fn next_char(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| *c != '\n').map_or(0, char::len_utf8)
}

/// A collection that is still open.
struct Open {
    id: NodeId,
    /// The key that waits for its value.
    key: Option<NodeId>,
}

struct Builder<'a> {
    text: &'a str,
    /// The text as the scanner gets it.
    eased: &'a Eased<'a>,
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<String, NodeId>,
    last: Option<NodeId>,
    problems: Vec<Diagnostic>,
    /// What would help where the tree ends too early, or says something else than Compose reads.
    cure: Option<(usize, Cure)>,
}

impl<'a> Builder<'a> {
    fn new(file: FileId, text: &'a str, eased: &'a Eased<'a>) -> Self {
        let tree = Tree { file, nodes: Vec::new(), documents: Vec::new(), comments: Vec::new(), is_incomplete: false };
        Self {
            text,
            eased,
            tree,
            open: Vec::new(),
            anchors: HashMap::new(),
            last: None,
            problems: Vec::new(),
            cure: None,
        }
    }

    fn problem(&mut self, code: Code, span: Span, message: String) {
        self.problems.push(Diagnostic::new(code, Severity::Error, message, Place::Source(span.into())));
    }

    /// Takes what the scanner sees, up to its end or to a limit.
    fn take_all(&mut self) {
        for next in events::events(&self.eased.text) {
            match next {
                Ok(next) if self.tree.nodes.len() >= MAX_NODES => {
                    self.stop(LIMIT, next.start, format!("the file has more than {MAX_NODES} nodes"));
                }
                Ok(next) => self.take(next),
                Err(stop) if stop.is_limit => self.stop(LIMIT, stop.at, stop.reason),
                Err(stop) => {
                    self.cure = stop.cure.map(|cure| (stop.at, cure));
                    let reason = self.tab_above(stop.at).map_or(stop.reason, |line| {
                        format!("line {line} is indented by a tab, and YAML indents by blanks alone")
                    });
                    self.stop(SYNTAX_ERROR, stop.at, format!("not YAML from here on: {reason}"));
                }
            }
            if self.tree.is_incomplete || self.cure.is_some() {
                break;
            }
        }
    }

    /// The number of the line of a place, or of the one before it, that a tab indents.
    fn tab_above(&self, at: usize) -> Option<usize> {
        let before = self.text[..self.eased.original(at).min(self.text.len())].matches('\n').count();
        let mut lines = self.text.lines().enumerate().skip(before.saturating_sub(1)).take(2);
        lines.find(|(_, line)| line.trim_start_matches(' ').starts_with('\t')).map(|(at, _)| at + 1)
    }

    /// The tree ends here, and says why.
    fn stop(&mut self, code: Code, at: usize, message: String) {
        let at = self.eased.original(at);
        self.problem(code, Span::new(self.tree.file, at, next_char(self.text, at)), message);
        self.tree.is_incomplete = true;
    }

    fn take(&mut self, next: Spanned) {
        let eased = self.eased;
        let Spanned { event, start: eased_start, end: eased_end, tag, declared_tag } = next;
        let (start, end) = (eased.original(eased_start), eased.original(eased_end));
        if let Some((start, end)) = tag.filter(|(_, end)| eased.text[*end..].starts_with([',', '[', ']'])) {
            self.cure = (start < end).then_some((start, Cure::Tag));
        }
        let tag = tag.map(|(start, end)| self.tag(eased.original(start), eased.original(end), declared_tag));
        let span = Span::new(self.tree.file, start, end);
        match event {
            Event::DocumentStart(version) => self.start_document(version.as_deref(), span),
            Event::DocumentEnd => {}
            Event::Scalar { text, style, is_absent } => {
                if style == ScalarStyle::Plain && self.is_in_flow() && dialect::is_colon_text(&eased.text, eased_end) {
                    self.cure = Some((eased_end, Cure::Text));
                }
                let text = dialect::fix_scalar(eased.restored(text), style, self.text, end);
                let span =
                    if is_absent { places::absent(self.text, span) } else { places::scalar(self.text, span, style) };
                let id = self.add(NodeKind::Scalar { text, style }, span, tag);
                self.place(id);
            }
            Event::SequenceStart { is_flow } => {
                self.start(NodeKind::Sequence { items: Vec::new(), is_flow }, span, tag)
            }
            Event::MappingStart { is_flow } => {
                self.start(NodeKind::Mapping { entries: Vec::new(), is_flow }, span, tag)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias => {
                self.cure = dialect::alias_colon(&eased.text[eased_start..eased_end])
                    .map(|colon| (eased_start + colon, Cure::Blank));
                self.alias(span);
            }
            Event::Anchor(name) => self.anchor(name, span),
            Event::Comment => self.comment(span),
        }
    }

    fn start_document(&mut self, version: Option<&str>, span: Span) {
        // go-yaml takes `%YAML 1.1` alone (parserc.go, yaml_parser_process_directives).
        if let Some(version) = version.filter(|version| *version != "1.1") {
            let message = format!("`%YAML {version}` is refused: Compose's library reads version 1.1 alone");
            self.problem(SYNTAX_ERROR, span, message);
        }
    }

    fn is_in_flow(&self) -> bool {
        let kind = self.open.last().map(|open| &self.tree.node(open.id).kind);
        matches!(kind, Some(NodeKind::Sequence { is_flow: true, .. } | NodeKind::Mapping { is_flow: true, .. }))
    }

    /// A tag as written, or as a directive makes it.
    fn tag(&self, start: usize, end: usize, declared: Option<String>) -> Tag {
        let text = declared.unwrap_or_else(|| self.text.get(start..end).unwrap_or_default().to_owned());
        Tag { text, span: Span::new(self.tree.file, start, end) }
    }

    fn add(&mut self, kind: NodeKind, span: Span, tag: Option<Tag>) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).expect("a file has fewer nodes than bytes"));
        self.tree.nodes.push(Node { kind, span, tag, anchor: None, parent: self.open.last().map(|open| open.id) });
        self.last = Some(id);
        id
    }

    /// Puts a finished node where it belongs: document root, item, key or value.
    fn place(&mut self, id: NodeId) {
        let Some(open) = self.open.last_mut() else {
            self.tree.documents.push(id);
            return;
        };
        match &mut self.tree.nodes[open.id.0 as usize].kind {
            NodeKind::Sequence { items, .. } => items.push(id),
            NodeKind::Mapping { entries, .. } => match open.key.take() {
                Some(key) => entries.push((key, id)),
                None => open.key = Some(id),
            },
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
        }
    }

    fn start(&mut self, kind: NodeKind, span: Span, tag: Option<Tag>) {
        let id = self.add(kind, span, tag);
        self.place(id);
        self.open.push(Open { id, key: None });
    }

    fn close(&mut self, span: Span) {
        let Some(open) = self.open.pop() else { return };
        let node = &self.tree.nodes[open.id.0 as usize];
        let start_of = |id: NodeId| self.tree.full_start(id);
        let (is_flow, first, last) = match &node.kind {
            NodeKind::Sequence { items, is_flow } => {
                let dash =
                    |id: &NodeId| places::dash(self.text, start_of(*id) as usize).map_or(start_of(*id), |at| at as u32);
                (*is_flow, items.first().map(dash), items.last().copied())
            }
            NodeKind::Mapping { entries, is_flow } => {
                (*is_flow, entries.first().map(|entry| start_of(entry.0)), entries.last().map(|entry| entry.1))
            }
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => return,
        };
        // The end of a block collection lies past blank lines and comments: its last child ends it.
        let end = if is_flow { span.end } else { last.map_or(span.end, |id| self.tree.full_end(id)) };
        let start = first.filter(|_| !is_flow).map_or(node.span.start, |first| first.min(node.span.start));
        let node = &mut self.tree.nodes[open.id.0 as usize];
        node.span.start = start;
        node.span.end = end.max(start);
    }

    fn alias(&mut self, span: Span) {
        let text = &self.text[span.range()];
        let name = text.strip_prefix('*').unwrap_or(text).to_owned();
        let target = self.anchors.get(&name).copied();
        match target {
            Some(target) => {
                if let Some(anchor) = &mut self.tree.nodes[target.0 as usize].anchor {
                    anchor.uses += 1;
                }
            }
            None => self.problem(SYNTAX_ERROR, span, format!("the alias `*{name}` has no anchor before it")),
        }
        let id = self.add(NodeKind::Alias { name, target }, span, None);
        self.place(id);
    }

    fn anchor(&mut self, name: String, span: Span) {
        let Some(id) = self.last else { return };
        if let Some(problem) = dialect::check_anchor(&name) {
            self.problem(SYNTAX_ERROR, span, problem);
        }
        self.anchors.insert(name.clone(), id);
        self.tree.nodes[id.0 as usize].anchor = Some(Anchor { name, span, uses: 0 });
    }

    fn comment(&mut self, span: Span) {
        let before = &self.text[..span.start as usize];
        let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        self.tree.comments.push(Comment { span, is_own_line: line.trim().is_empty() });
    }

    /// Closes what a stop left open, and gives every tree node its end.
    fn finish(mut self) -> Tree {
        while let Some(open) = self.open.last() {
            // A key without its value would be lost: it gets an empty one.
            if let Some(key) = open.key {
                let at = self.tree.node(key).span.after();
                let id = self.add(NodeKind::Scalar { text: String::new(), style: ScalarStyle::Plain }, at, None);
                self.place(id);
            }
            let end = Span::new(self.tree.file, self.text.len(), self.text.len());
            self.close(end);
        }
        self.tree.comments.sort_by_key(|comment| comment.span);
        self.tree
    }
}
