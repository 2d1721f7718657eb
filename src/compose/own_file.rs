//! Which text of a project may be changed alone.

use super::Project;
use crate::{
    source::SourceMap,
    yaml::{Origin, Via, edit::File},
};

/// The file of a place that may be changed without changing another place; `None` where the text
/// came through an alias, a merge key, `extends` or `include`, where an anchor on it or above it
/// is used elsewhere, and where a key on the way to it is written twice.
pub fn own_file<'a>(project: &'a Project, sources: &'a SourceMap, origin: &Origin) -> Option<File<'a>> {
    if origin.via != Via::Text || project.is_shared(origin.node) {
        return None;
    }
    let tree = project.tree(origin.node.file)?;
    let file = File { tree, text: sources.file(origin.node.file).text() };
    tree.is_said_once(origin.node.node).then_some(file)
}
