//! A service's requests rewritten where they stand: the difference between the service and
//! what [`render`](super::render()) makes of it, as byte edits of its file.
//!
//! There is no second way of lowering here. What `apply` leaves alone keeps its place in the text;
//! what it took out goes, and what it made (it has no place) is written in the file's own style.

use std::collections::BTreeMap;

use super::{
    Decision, Form, Wanted,
    apply::is_ours,
    by_image, decide,
    difference::{Change, changes},
    render::lower_service,
    text,
    unwritable::{Unwritable, via},
    without_host,
};
use crate::{
    compose::Project,
    diag::Edit,
    gpu::{GpuRequest, RequestForm},
    host::HostFacts,
    source::{FileId, SourceMap},
    yaml::{
        NodeId, NodeKind, Tree, Value, Via,
        edit::{self, File},
    },
};

/// A service in another form.
#[derive(Debug)]
pub struct Rewriting {
    /// The form and the devices.
    pub decision: Decision,
    /// The service as it then is.
    pub service: Value,
    /// The file that changes.
    pub file: FileId,
    /// The edits that make it so.
    pub edits: Vec<Edit>,
}

/// The edits that bring the requests of one service into the form that [`decide()`] takes, or
/// that is `wanted` where no host is at hand; `None` where they have that form.
///
/// # Errors
/// [`Unwritable`] says why the text stays.
pub fn rewrite(
    project: &Project,
    sources: &SourceMap,
    requests: &[GpuRequest],
    name: &str,
    host: Option<&HostFacts>,
    wanted: Wanted,
) -> Result<Option<Rewriting>, Unwritable> {
    let own = own_requests(requests, name);
    let (Some(service), Some(first)) = (project.service(name), own.first()) else { return Ok(None) };
    let decision = match (host, wanted.form) {
        (Some(host), _) => by_image::decide_service(service, &own, host, wanted)?,
        (None, Some(form)) => without_host(&own, form)?,
        (None, None) => return Ok(None),
    };
    if own.iter().all(|request| form_of(request.form) == Some(decision.form)) {
        return Ok(None);
    }
    unshared(requests, &own, name)?;
    let mut lowered = service.clone();
    lower_service(&mut lowered, &own, &decision);
    let file = first.span().file;
    let tree = project.tree(file).ok_or(Unwritable::Layout)?;
    let place = Place { project, file: File { tree, text: sources.file(file).text() } };
    let holder = place.holder(service, &first.value)?;
    let edits = place.edits(&changes(service, &lowered), holder)?;
    Ok(Some(Rewriting { decision, service: lowered, file, edits }))
}

impl Rewriting {
    /// Whether requests of the rewritten project mean what was decided.
    pub fn is_kept(&self, requests: &[GpuRequest], name: &str, host: Option<&HostFacts>) -> bool {
        if self.decision.form == Form::Cpu {
            return true;
        }
        let own = own_requests(requests, name);
        let wanted = Wanted { form: Some(self.decision.form), is_cpu_allowed: false };
        let again = match host {
            Some(host) => decide(&own, host, wanted),
            None => without_host(&own, self.decision.form),
        };
        again.is_ok_and(|again| again.devices == self.decision.devices)
    }
}

fn own_requests(requests: &[GpuRequest], name: &str) -> Vec<GpuRequest> {
    requests.iter().filter(|request| request.service == name && is_ours(request)).cloned().collect()
}

/// Another service's requests that are the same text.
fn unshared(requests: &[GpuRequest], own: &[GpuRequest], name: &str) -> Result<(), Unwritable> {
    let nodes: Vec<_> = own.iter().flat_map(|request| &request.value.sources).map(|origin| origin.node).collect();
    let others = requests.iter().filter(|request| request.service != name);
    let shared = others.flat_map(|request| &request.value.sources).find(|origin| nodes.contains(&origin.node));
    shared.map_or(Ok(()), |origin| via(origin.via))
}

fn form_of(form: RequestForm) -> Option<Form> {
    match form {
        RequestForm::DeployReservation => Some(Form::Reservation),
        RequestForm::CdiReservation => Some(Form::CdiReservation),
        RequestForm::Gpus => Some(Form::Gpus),
        RequestForm::CdiDevice => Some(Form::Cdi),
        RequestForm::RuntimeEnv => Some(Form::Runtime),
        RequestForm::GenericResource => Some(Form::Swarm),
        RequestForm::DeviceNode => None,
    }
}

/// The one file that may change.
struct Place<'a> {
    project: &'a Project,
    file: File<'a>,
}

impl Place<'_> {
    /// The entry of the service that holds the request: the new form comes in its place.
    fn holder(&self, service: &Value, request: &Value) -> Result<NodeId, Unwritable> {
        let service = self.container(service)?;
        let node = self.only(request)?;
        let mut path = std::iter::successors(Some(node), |node| self.tree().node(*node).parent);
        path.find(|node| self.tree().node(*node).parent == Some(service)).ok_or(Unwritable::Layout)
    }

    fn tree(&self) -> &Tree {
        self.file.tree
    }

    fn edits(&self, changes: &[Change<'_>], holder: NodeId) -> Result<Vec<Edit>, Unwritable> {
        let mut edits = Vec::new();
        let (mut gone, mut entries, mut added_to) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Remove(values) => {
                    let nodes = values.iter().map(|value| self.movable(value)).collect::<Result<Vec<_>, _>>()?;
                    gone.extend(nodes);
                }
                Change::Replace(old, new) => edits.push(self.replaced(self.movable(old)?, new)?),
                Change::Append(list, items) => {
                    let list = self.container(list)?;
                    added_to.push(list);
                    for item in items {
                        let item = if self.is_flow(list) { text::inline(item) } else { text::block(item) };
                        edits.push(edit::append_item(self.file, list, &item));
                    }
                }
                Change::Insert { into, key, value, is_service: true } => {
                    self.container(into)?;
                    entries.push((*key, *value));
                }
                Change::Insert { into, key, value, is_service: false } => {
                    let into = self.container(into)?;
                    added_to.push(into);
                    let value = if self.is_flow(into) { text::inline(value) } else { text::entry_value(value) };
                    edits.push(edit::insert_entry(self.file, into, None, key, &value));
                }
            }
        }
        added_to.extend(self.tree().node(holder).parent);
        let mut gone = self.with_emptied(gone, &added_to)?;
        edits.push(self.in_place_of(holder, &mut gone, &entries));
        edits.extend(gone.iter().map(|nodes| edit::take_out(self.file, nodes)));
        let edits: Option<Vec<Vec<Edit>>> = edits.into_iter().collect();
        Ok(edit::joined(self.file, edits.ok_or(Unwritable::Layout)?.concat()))
    }

    /// What goes, by its collection; a collection of which nothing stays in this file goes itself, since
    /// other files may hold the rest of it and an empty one is none.
    fn with_emptied(&self, gone: Vec<NodeId>, added_to: &[NodeId]) -> Result<Vec<Vec<NodeId>>, Unwritable> {
        let mut groups: BTreeMap<Option<NodeId>, Vec<NodeId>> = BTreeMap::new();
        for node in gone {
            groups.entry(self.tree().node(node).parent).or_default().push(node);
        }
        let is_empty = |(parent, nodes): (&Option<NodeId>, &Vec<NodeId>)| {
            let parent = parent.filter(|parent| !added_to.contains(parent))?;
            (nodes.len() == self.tree().children(parent) && self.tree().node(parent).parent.is_some()).then_some(parent)
        };
        while let Some(emptied) = groups.iter().find_map(is_empty) {
            if self.tree().is_shared(emptied) {
                return Err(Unwritable::Alias);
            }
            groups.remove(&Some(emptied));
            groups.entry(self.tree().node(emptied).parent).or_default().push(emptied);
        }
        Ok(groups.into_values().collect())
    }

    /// The service's new entries, behind the one that held the request; between braces in its
    /// very place, where it goes.
    fn in_place_of(
        &self,
        holder: NodeId,
        gone: &mut Vec<Vec<NodeId>>,
        entries: &[(&str, &Value)],
    ) -> Option<Vec<Edit>> {
        let service = self.tree().node(holder).parent?;
        if !self.is_flow(service) {
            let inserted: Option<Vec<Vec<Edit>>> = entries
                .iter()
                .map(|(key, value)| {
                    edit::insert_entry(self.file, service, Some(holder), key, &text::entry_value(value))
                })
                .collect();
            return inserted.map(|edits| edits.concat());
        }
        let entries: Vec<String> =
            entries.iter().map(|(key, value)| format!("{key}: {}", text::inline(value))).collect();
        let text = entries.join(", ");
        if entries.is_empty() {
            return Some(Vec::new());
        }
        let is_gone = gone.iter().any(|nodes| nodes.contains(&holder));
        gone.iter_mut().for_each(|nodes| nodes.retain(|node| *node != holder));
        gone.retain(|nodes| !nodes.is_empty());
        if is_gone {
            edit::replace_entry(self.file, holder, &text)
        } else {
            edit::insert_behind(self.file, holder, &text)
        }
    }

    fn replaced(&self, node: NodeId, new: &Value) -> Result<Option<Vec<Edit>>, Unwritable> {
        let found = self.tree().node(node);
        Ok(match &found.kind {
            NodeKind::Scalar { style, .. } => {
                let text = new.scalar_text().map_or_else(|| text::inline(new), |text| text::in_style(&text, *style));
                edit::replace(self.file, node, &text)
            }
            _ if self.is_flow(node) => edit::replace(self.file, node, &text::inline(new)),
            _ => edit::overwrite(self.file, node, &text::block(new)),
        })
    }

    fn is_flow(&self, node: NodeId) -> bool {
        matches!(
            self.tree().node(node).kind,
            NodeKind::Sequence { is_flow: true, .. } | NodeKind::Mapping { is_flow: true, .. }
        )
    }

    /// The node of a value that goes: the only place that says it, in this file, without a variable.
    fn movable(&self, value: &Value) -> Result<NodeId, Unwritable> {
        let node = self.only(value)?;
        match variable(self.tree(), node) {
            Some(text) => Err(Unwritable::Variable(text.to_owned())),
            None => Ok(node),
        }
    }

    fn only(&self, value: &Value) -> Result<NodeId, Unwritable> {
        for origin in &value.sources {
            via(origin.via)?;
            if origin.node.file != self.tree().file {
                return Err(Unwritable::OtherFile);
            }
        }
        let [origin] = value.sources[..] else { return Err(Unwritable::OtherFile) };
        if self.project.is_shared(origin.node) { Err(Unwritable::Alias) } else { Ok(origin.node.node) }
    }

    /// The node of a mapping or list that is added to; other files may hold parts of it too.
    fn container(&self, value: &Value) -> Result<NodeId, Unwritable> {
        let own: Vec<_> = value.sources.iter().filter(|origin| origin.node.file == self.tree().file).collect();
        let Some(text) = own.iter().rev().find(|origin| origin.via == Via::Text) else {
            let through = own.last().or(value.sources.last().as_ref()).map(|origin| origin.via);
            return Err(through.and_then(|through| via(through).err()).unwrap_or(Unwritable::OtherFile));
        };
        if self.project.is_shared(text.node) { Err(Unwritable::Alias) } else { Ok(text.node.node) }
    }
}

/// The first text below a node that holds a variable.
fn variable(tree: &Tree, node: NodeId) -> Option<&str> {
    match &tree.node(node).kind {
        NodeKind::Scalar { text, .. } => text.replace("$$", "").contains('$').then_some(text),
        NodeKind::Alias { target, .. } => target.and_then(|target| variable(tree, target)),
        NodeKind::Sequence { .. } | NodeKind::Mapping { .. } => {
            tree.values(node).into_iter().find_map(|node| variable(tree, node))
        }
    }
}
