//! A project as a stack file, which `docker stack deploy` takes.
//!
//! That reader is older than Compose's specification: it refuses what its schema does not know and
//! ignores much of what it knows. Everything here was found out by giving it one key after the other
//! (docker/cli 20.10.24, 26.1.5, 28.5.2; tests/lab has the whole file deployed). What has another
//! spelling there is respelt, what has none is left out and said, and what would start as something
//! else than was meant is refused.

mod resources;
mod service;

use crate::{
    compose::{self, Project},
    gpu::{DeviceSelector, GpuRequest},
    host::{HostFacts, Version},
    source::Files,
    yaml::{Data, Map, Value},
};

/// A stack file.
#[derive(Debug)]
pub struct StackFile {
    /// The file's tree.
    pub value: Value,
    /// What is not as it was, one clause each.
    pub notes: Vec<String>,
    /// Why there can be no such file; then the tree is of no use.
    pub refused: Vec<String>,
}

/// The services of a lowered project that are on, with what they use, as a stack file. The project's
/// name is not in it: a stack gets its name from the command line.
pub fn stack_file(
    project: &Project,
    requests: &[GpuRequest],
    host: Option<&HostFacts>,
    files: &dyn Files,
) -> StackFile {
    let reader = Reader::of(host);
    let mut value = compose::portable_active(project);
    let mut out = Found::default();
    let left = requests.iter().filter(|request| project.is_active(&request.service));
    for request in left.filter(|request| is_lost(request)) {
        let (service, form) = (&request.service, request.form.as_str());
        out.refused
            .push(format!("service `{service}` asks for a GPU by a {form}, which a swarm has no generic resource for"));
    }
    if let Some(root) = value.as_map_mut() {
        let services = root.get_mut("services").and_then(Value::as_map_mut);
        for (name, service) in services.into_iter().flatten() {
            if let Some(service) = service.as_map_mut() {
                service::respell(name, service, reader, files, &mut out);
            }
        }
        resources::respell(&project.name, root, &mut out);
        if reader.needs_version {
            root.shift_insert(0, "version".to_owned(), Value::from("3.8"));
        }
    }
    StackFile { value, notes: out.notes, refused: out.refused }
}

/// Whether a request that lowering left alone would be dropped.
fn is_lost(request: &GpuRequest) -> bool {
    let asks = !matches!(request.selector, DeviceSelector::None | DeviceSelector::Void);
    asks && request.form != crate::gpu::RequestForm::GenericResource
}

/// What the reader of the file knows. It comes with the engine.
#[derive(Clone, Copy, Debug)]
struct Reader {
    /// Before 25 (seen: 20.10.24) a file without `version` is one of the oldest; and then
    /// `start_interval` and `pids` are not known.
    needs_version: bool,
    /// 28 on (seen: 28.5.2, not 26.1.5).
    has_oom_score_adj: bool,
}

impl Reader {
    fn of(host: Option<&HostFacts>) -> Self {
        let docker = host.and_then(|host| host.docker.known());
        let version = docker.and_then(|docker| docker.version());
        Self {
            needs_version: version.is_some_and(|version| version < Version::new(25, 0, 0)),
            has_oom_score_adj: version.is_none_or(|version| version >= Version::new(28, 0, 0)),
        }
    }
}

/// What there is to say.
#[derive(Debug, Default)]
struct Found {
    notes: Vec<String>,
    refused: Vec<String>,
}

impl Found {
    /// Takes out of a mapping every key that is not taken, and says so.
    fn keep(&mut self, whose: &str, map: &mut Map, is_taken: impl Fn(&str) -> bool) {
        let is_gone = |key: &str| !is_taken(key) && !key.starts_with("x-");
        let gone: Vec<String> = map.keys().filter(|key| is_gone(key)).map(|key| format!("`{key}`")).collect();
        map.retain(|key, _| !is_gone(key));
        if !gone.is_empty() {
            let (are, them) = if gone.len() == 1 { ("is", "it") } else { ("are", "them") };
            let listed = list(&gone);
            self.notes
                .push(format!("{whose}: {listed} {are} left out: `docker stack deploy` refuses or ignores {them}"));
        }
    }
}

/// `a`, `b` and `c`.
fn list(words: &[String]) -> String {
    match words {
        [front @ .., last] if !front.is_empty() => format!("{} and {last}", front.join(", ")),
        words => words.concat(),
    }
}

/// A number in the place of a text that is one.
fn to_number(value: &mut Value, radix: u32) {
    if let Some(number) = value.as_str().and_then(|text| i64::from_str_radix(text, radix).ok()) {
        *value = value.with_data(Data::Int(number));
    }
}

/// A text in the place of a number.
fn to_text(value: &mut Value) {
    if let Some(text) = value.scalar_text() {
        *value = value.with_data(Data::String(text));
    }
}
