//! The engine's daemon.json, as it lies on the disk.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Settings, disk::Disk, endpoint};
use crate::{
    host::{DaemonJson, NO_JSON},
    observed::Observed,
    source::SourceMap,
    yaml::{self, NodeId, NodeKind, Tree},
};

/// Reads the file; `None` where there is none.
pub(super) fn read(disk: &Disk, settings: &Settings) -> Observed<Option<DaemonJson>> {
    let path = path(disk, settings);
    match disk.text(&path) {
        Ok(None) => Observed::Known(None),
        Err(reason) => Observed::unknown(path, reason),
        // The engine takes an empty file as an empty object (moby daemon/config/config.go, v29.7.2).
        Ok(Some(text)) if text.trim().is_empty() => Observed::Known(Some(DaemonJson { path, ..Default::default() })),
        Ok(Some(text)) => match serde_json::from_str(&text) {
            Ok(Value::Object(keys)) => Observed::Known(Some(facts(path, &Value::Object(keys), text))),
            Ok(_) => Observed::unknown(path, format!("{NO_JSON} object")),
            Err(error) => Observed::unknown(path, format!("{NO_JSON}: {error}")),
        },
    }
}

/// An engine without root has its file in the user's configuration folder.
fn path(disk: &Disk, settings: &Settings) -> String {
    let variable = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty());
    let is_rootless = endpoint::endpoint(settings).is_ok_and(|found| found.address.starts_with("unix:///run/user/"));
    let folder = variable("XDG_CONFIG_HOME").cloned().or_else(|| Some(format!("{}/.config", variable("HOME")?)));
    let own = folder.filter(|_| is_rootless).map(|folder| format!("{folder}/docker/daemon.json"));
    own.filter(|path| disk.exists(path) == Ok(true)).unwrap_or_else(|| "/etc/docker/daemon.json".to_owned())
}

fn facts(path: String, value: &Value, text: String) -> DaemonJson {
    let mut reader = Reader { value, odd: Vec::new(), keys: Vec::new() };
    let facts = DaemonJson {
        path,
        cdi: reader.take("/features/cdi", "features.cdi", Value::as_bool),
        cdi_spec_dirs: reader.take("/cdi-spec-dirs", "cdi-spec-dirs", strings),
        default_runtime: reader.take("/default-runtime", "default-runtime", |v| v.as_str().map(str::to_owned)),
        runtimes: reader.take("/runtimes", "runtimes", runtimes).unwrap_or_default(),
        node_generic_resources: reader.take("/node-generic-resources", "node-generic-resources", strings),
        exec_opts: reader.take("/exec-opts", "exec-opts", strings),
        odd: Vec::new(),
        ignored: ignored(value),
        lines: BTreeMap::new(),
    };
    let runtimes = facts.runtimes.keys().map(|name| format!("runtimes.{name}"));
    let keys = reader.keys.into_iter().map(str::to_owned).chain(runtimes).chain(facts.ignored.iter().cloned());
    let lines = lines(text, keys);
    DaemonJson { odd: reader.odd, lines, ..facts }
}

/// The line, from 1, of each dotted key. JSON is read once more as YAML, whose nodes know their place; a file
/// that is not both, as one with tabs, has no lines.
fn lines(text: String, keys: impl Iterator<Item = String>) -> BTreeMap<String, u32> {
    let mut sources = SourceMap::default();
    let file = sources.add("daemon.json", text, true);
    let (tree, _) = yaml::parse(file, &sources);
    let Some(root) = tree.documents.first().copied() else { return BTreeMap::new() };
    let place = |key: &str| {
        let steps = key.split('.').try_fold((root, root), |(_, at), step| entry(&tree, at, step));
        Some(sources.start(tree.node(steps?.0).span).line)
    };
    keys.filter_map(|key| place(&key).map(|line| (key, line))).collect()
}

/// The entry of a mapping with this key: the key's node and the value's.
fn entry(tree: &Tree, at: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
    let NodeKind::Mapping { entries, .. } = &tree.node(at).kind else { return None };
    let is_it = |id: NodeId| matches!(&tree.node(id).kind, NodeKind::Scalar { text, .. } if text == key);
    entries.iter().copied().find(|(name, _)| is_it(*name))
}

/// Reads keys, and notes those that are set and those of another type.
struct Reader<'a> {
    value: &'a Value,
    odd: Vec<String>,
    keys: Vec<&'static str>,
}

impl Reader<'_> {
    fn take<T>(&mut self, pointer: &str, key: &'static str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let found = self.value.pointer(pointer).filter(|value| !value.is_null())?;
        self.keys.push(key);
        let read = read(found);
        if read.is_none() {
            self.odd.push(format!("{key}: {found}"));
        }
        read
    }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn runtimes(value: &Value) -> Option<BTreeMap<String, Option<String>>> {
    let path = |runtime: &Value| runtime.get("path").and_then(Value::as_str).map(str::to_owned);
    Some(value.as_object()?.iter().map(|(name, runtime)| (name.clone(), path(runtime))).collect())
}

/// The engine reads `runtimeArgs` and leaves `args` alone (tried on 28.5.2); `nvidia-ctk` writes an empty one.
fn ignored(value: &Value) -> Vec<String> {
    let runtimes = value.get("runtimes").and_then(Value::as_object).into_iter().flatten();
    let has_args = |runtime: &Value| runtime.get("args").and_then(Value::as_array).is_some_and(|args| !args.is_empty());
    runtimes.filter(|(_, runtime)| has_args(runtime)).map(|(name, _)| format!("runtimes.{name}.args")).collect()
}
