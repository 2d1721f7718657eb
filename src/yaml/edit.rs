//! Byte edits for wishes about nodes: remove this, put that behind it, write this instead.
//!
//! Every function leaves all other bytes alone, keeps the line ends and the indentation of
//! the file, and answers `None` where the wish cannot be met without touching more than it
//! says (a flow collection over several lines with comments, a node that an alias shares).

use super::tree::{NodeId, Tree};
use crate::diag::Edit;

/// The text and the tree of one file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The text it was made from.
    pub text: &'a str,
}

/// Removes the mapping entry or list item whose value is `node`, with the comments that
/// belong to it. Where that would leave its collection empty, the collection's own entry
/// goes too, and so on upwards, but never above `stop` (which stays).
pub fn remove(file: File<'_>, node: NodeId, stop: NodeId) -> Option<Vec<Edit>> {
    let _ = (file, node, stop);
    None
}

/// Writes `text` in place of the node's own text (tag and anchor stay).
pub fn replace(file: File<'_>, node: NodeId, text: &str) -> Option<Vec<Edit>> {
    let _ = (file, node, text);
    None
}

/// Adds the entry `key: value` to a mapping, behind the entry whose value is `after`, or at
/// its end. `value` is YAML of one or several lines, written as if at the left margin; it is
/// indented to fit (`"- a\n- b"`, `"nvidia"`).
pub fn insert_entry(
    file: File<'_>,
    mapping: NodeId,
    after: Option<NodeId>,
    key: &str,
    value: &str,
) -> Option<Vec<Edit>> {
    let _ = (file, mapping, after, key, value);
    None
}

/// Adds an item at the end of a list; `value` as for [`insert_entry`].
pub fn append_item(file: File<'_>, sequence: NodeId, value: &str) -> Option<Vec<Edit>> {
    let _ = (file, sequence, value);
    None
}

/// Puts a tag such as `!override` on a node, in place of the one it has.
pub fn set_tag(file: File<'_>, node: NodeId, tag: &str) -> Option<Vec<Edit>> {
    let _ = (file, node, tag);
    None
}

/// Renames the key of the mapping entry whose value is `node`.
pub fn rename_key(file: File<'_>, node: NodeId, key: &str) -> Option<Vec<Edit>> {
    let _ = (file, node, key);
    None
}
