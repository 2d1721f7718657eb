//! What loading ends in.

use std::path::PathBuf;

use super::Environment;
use crate::{
    source::{FileId, Span},
    yaml::{Map, NodeKind, NodeRef, Tree, Value},
};

/// All files of a project as one tree.
#[derive(Debug)]
pub struct Project {
    /// Its name, as Compose would call it.
    pub name: String,
    /// The folder that relative paths start from, absolute.
    pub directory: PathBuf,
    /// The merged model: variables in, files merged, short forms made long. Defaults are not
    /// in it and paths are as written; `normalise` adds those for printing.
    pub model: Value,
    /// The files' syntax trees, in the order of loading.
    pub trees: Vec<Tree>,
    /// The variables that were at hand: the caller's and those of `.env`.
    pub environment: Environment,
    /// Profiles that are on; `*` is all.
    pub profiles: Vec<String>,
    /// Whether variables were replaced (`--no-interpolate` was not given).
    pub is_interpolated: bool,
    /// Whether Compose takes the project too. Where it does not, the findings say why, and
    /// the model holds what could be read.
    pub is_accepted: bool,
}

impl Project {
    /// Services by name, in the order of the text; entries that are no mappings are left out.
    pub fn services(&self) -> impl Iterator<Item = (&str, &Value)> {
        let services = self.model.get("services").and_then(Value::as_map);
        services
            .into_iter()
            .flat_map(Map::iter)
            .filter(|(_, service)| service.as_map().is_some())
            .map(|(name, service)| (name.as_str(), service))
    }

    /// One service.
    pub fn service(&self, name: &str) -> Option<&Value> {
        self.model.at(&["services", name])
    }

    /// Whether a service has no profile, or one that is on.
    pub fn is_active(&self, name: &str) -> bool {
        self.service(name)
            .is_some_and(|service| super::normalise::is_active(service, &super::normalise::active_profiles(self)))
    }

    /// Whether the text of a value holds a variable, so that it may say something else elsewhere.
    pub fn holds_variable(&self, value: &Value) -> bool {
        value.sources.iter().any(|origin| {
            let node = self.tree(origin.node.file).map(|tree| &tree.node(origin.node.node).kind);
            matches!(node, Some(NodeKind::Scalar { text, .. }) if text.contains('$'))
        })
    }

    /// The syntax tree of a file.
    pub fn tree(&self, file: FileId) -> Option<&Tree> {
        self.trees.iter().find(|tree| tree.file == file)
    }

    /// Whether an edit of the node would change other places too, because an anchor on it
    /// (or above it) is used elsewhere.
    pub fn is_shared(&self, node: NodeRef) -> bool {
        self.tree(node.file).is_none_or(|tree| tree.is_shared(node.node))
    }

    /// The span of a service's name where its text won: what to point at when the whole
    /// service is meant.
    pub fn service_place(&self, name: &str) -> Option<Span> {
        self.service(name)?.place()
    }
}
