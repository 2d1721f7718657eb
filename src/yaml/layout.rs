//! Where nodes stand on their lines: columns, dashes, colons, and the bytes that an entry
//! takes with its comments.

use std::ops::Range;

use super::{
    places,
    tree::{NodeId, NodeKind, Tree},
};

/// The layout of one file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout<'a> {
    pub(super) tree: &'a Tree,
    pub(super) text: &'a str,
}

impl<'a> Layout<'a> {
    /// The line break that the file uses.
    pub(super) fn line_break(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |found| found + 1)
    }

    /// One past the line break of the line that holds `at`.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |found| at + found + 1)
    }

    /// Zero-based column of a byte, in characters.
    pub(super) fn column_of(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    /// Zero-based column of a node.
    pub(super) fn column(&self, id: NodeId) -> usize {
        self.column_of(self.tree.full_start(id) as usize)
    }

    /// The dash before a list's item.
    pub(super) fn dash(&self, item: NodeId) -> Option<usize> {
        places::dash(self.text, self.tree.full_start(item) as usize)
    }

    /// The colon behind the key of the entry whose value is `value`.
    pub(super) fn colon(&self, value: NodeId) -> Option<usize> {
        let key = self.tree.key_of(value)?;
        let end = self.tree.full_end(key) as usize;
        self.text[end..].find(':').map(|found| end + found)
    }

    /// How far a nested block stands to the right of its key, as the file has it.
    pub(super) fn step(&self) -> usize {
        self.steps(|kind| matches!(kind, NodeKind::Mapping { is_flow: false, .. }))
            .filter(|step| *step > 0)
            .unwrap_or(2)
    }

    /// How far a list's dashes stand to the right of its key, as the file has it; may be 0.
    pub(super) fn list_step(&self) -> usize {
        self.steps(|kind| matches!(kind, NodeKind::Sequence { is_flow: false, .. })).unwrap_or(2)
    }

    fn steps(&self, is_wanted: fn(&NodeKind) -> bool) -> Option<usize> {
        self.tree.iter().find_map(|(id, node)| {
            let key = self.tree.key_of(id).filter(|_| is_wanted(&node.kind))?;
            self.column_of(node.span.start as usize).checked_sub(self.column(key))
        })
    }

    /// Where a line put behind an entry begins: past the line that the entry ends on.
    pub(super) fn end_of_entry(&self, value: NodeId) -> usize {
        self.line_end(self.entry_end(value))
    }

    fn entry_end(&self, value: NodeId) -> usize {
        let end = self.tree.full_end(value) as usize;
        self.tree.key_of(value).map_or(end, |key| end.max(self.tree.full_end(key) as usize))
    }

    /// What goes with a block entry or item, its column, and whether that is whole lines: they take along
    /// the comments that stand deeper behind them. The first key of a list's item (`- key: …`) goes up to
    /// the next key, which takes its place; `None` where there is none.
    pub(super) fn lines_of(&self, value: NodeId) -> Option<(Range<usize>, usize, bool)> {
        let start = match self.tree.key_of(value) {
            Some(key) => self.tree.full_start(key) as usize,
            None => self.dash(value)?,
        };
        let line = self.line_start(start);
        let column = self.column_of(start);
        if self.text[line..start].trim().is_empty() {
            return Some((line..self.trailing_comments(self.end_of_entry(value), column), column, true));
        }
        let (_, index) = self.tree.position(value)?;
        let NodeKind::Mapping { entries, .. } = &self.tree.node(self.tree.node(value).parent?).kind else {
            return None;
        };
        Some((start..self.tree.full_start(entries.get(index + 1)?.0) as usize, column, false))
    }

    /// An entry or item from its first byte to its last.
    pub(super) fn bare_range(&self, value: NodeId) -> Range<usize> {
        let start = self.tree.key_of(value).unwrap_or(value);
        self.tree.full_start(start) as usize..self.entry_end(value)
    }

    /// What goes with entries of a flow collection, of which at least one stays: each with a comma.
    pub(super) fn flow_runs(&self, values: &[NodeId]) -> Option<Vec<Range<usize>>> {
        let siblings = self.tree.values(self.tree.node(*values.first()?).parent?);
        let is_gone = |node: &NodeId| values.contains(node);
        let mut runs = Vec::new();
        for (at, node) in siblings.iter().enumerate().filter(|(_, node)| is_gone(node)) {
            let own = self.bare_range(*node);
            // Behind the last that stays, commas go from the front.
            let range = match siblings[at + 1..].iter().any(|node| !is_gone(node)) {
                true => own.start..self.bare_range(siblings[at + 1]).start,
                false => self.bare_range(siblings[at.checked_sub(1)?]).end..own.end,
            };
            runs.push(range);
        }
        let has_comment =
            |run: &Range<usize>| self.tree.comments.iter().any(|comment| run.contains(&(comment.span.start as usize)));
        (!runs.iter().any(has_comment)).then_some(runs)
    }

    /// Own-line comments right below that stand deeper than the entry: they belong to it.
    fn trailing_comments(&self, mut end: usize, column: usize) -> usize {
        while end < self.text.len() {
            let next = self.line_end(end);
            let text = &self.text[end..next];
            let is_inner =
                text.trim_start().starts_with('#') && text.chars().take_while(|c| *c == ' ').count() > column;
            if !is_inner {
                break;
            }
            end = next;
        }
        end
    }
}
