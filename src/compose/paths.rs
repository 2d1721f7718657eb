//! Relative paths of a model made absolute, as texts: `config` prints them whether or not
//! something is there (compose-go paths/resolve.go, v2.9.1).

use super::path::{Path, Pattern};
use crate::yaml::{Data, Value};

/// How a path is read.
#[derive(Clone, Copy)]
enum Kind {
    /// A path of this machine.
    Local,
    /// A path that may be meant for Windows.
    AnySystem,
    /// A folder, or something that a builder fetches.
    Context,
}

const PATHS: &[(Pattern, Kind)] = &[
    ("services.*.build.context", Kind::Context),
    ("services.*.build.additional_contexts.*", Kind::Context),
    ("services.*.build.ssh.*", Kind::AnySystem),
    ("services.*.develop.watch.[].path", Kind::Local),
    ("services.*.env_file.[].path", Kind::Local),
    ("services.*.extends.file", Kind::Local),
    ("services.*.label_file.[]", Kind::Local),
    ("configs.*.file", Kind::AnySystem),
    ("secrets.*.file", Kind::AnySystem),
];

/// Makes the paths of a canonical model absolute, or relative to what `base` is relative to.
pub(super) fn resolve(model: &mut Value, base: &str, home: Option<&str>) {
    let resolver = Resolver { base, home };
    resolver.walk(model, &mut Path::default());
    let services = model.as_map_mut().and_then(|map| map.get_mut("services")).and_then(Value::as_map_mut);
    for service in services.into_iter().flat_map(indexmap::IndexMap::values_mut) {
        let mounts = service.as_map_mut().and_then(|map| map.get_mut("volumes")).and_then(Value::as_seq_mut);
        for mount in mounts.into_iter().flatten().filter(|mount| is(mount, "type", "bind")) {
            resolver.replace(mount.at_mut(&["source"]), Kind::AnySystem);
        }
    }
    let volumes = model.as_map_mut().and_then(|map| map.get_mut("volumes")).and_then(Value::as_map_mut);
    for volume in volumes.into_iter().flat_map(indexmap::IndexMap::values_mut) {
        let is_bind =
            is(volume, "driver", "local") && volume.get("driver_opts").is_some_and(|opts| is(opts, "o", "bind"));
        if is_bind {
            resolver.replace(volume.at_mut(&["driver_opts", "device"]), Kind::AnySystem);
        }
    }
}

fn is(value: &Value, key: &str, text: &str) -> bool {
    value.get(key).and_then(Value::as_str) == Some(text)
}

struct Resolver<'a> {
    base: &'a str,
    home: Option<&'a str>,
}

impl Resolver<'_> {
    fn walk(&self, value: &mut Value, path: &mut Path) {
        if let Some((_, kind)) = PATHS.iter().find(|(pattern, _)| path.matches(pattern)) {
            return self.replace(Some(value), *kind);
        }
        // No pattern is longer.
        if path.steps().len() >= 6 {
            return;
        }
        match &mut value.data {
            Data::Map(map) => {
                for (key, entry) in map {
                    path.push(key);
                    self.walk(entry, path);
                    path.pop();
                }
            }
            Data::Seq(items) => {
                path.push("[]");
                items.iter_mut().for_each(|item| self.walk(item, path));
                path.pop();
            }
            _ => {}
        }
    }

    fn replace(&self, value: Option<&mut Value>, kind: Kind) {
        if let Some(value) = value
            && let Data::String(text) = &mut value.data
        {
            *text = self.absolute(text, kind);
        }
    }

    fn absolute(&self, text: &str, kind: Kind) -> String {
        let is_left = match kind {
            Kind::Local => text.is_empty(),
            Kind::AnySystem => false,
            Kind::Context => text.is_empty() || is_fetched(text),
        };
        if is_left {
            return text.to_owned();
        }
        let text = match (text.strip_prefix('~'), self.home) {
            (Some(rest), Some(home)) => clean(&format!("{home}/{rest}")),
            _ => text.to_owned(),
        };
        let is_windows = matches!(kind, Kind::AnySystem) && is_windows_absolute(&text);
        if text.starts_with('/') || is_windows { text } else { join(self.base, &text) }
    }
}

/// `base` and `path` as one path, cleaned.
pub(super) fn join(base: &str, path: &str) -> String {
    clean(&format!("{base}/{path}"))
}

/// The way from one folder to another, both absolute and clean; the other itself where there is none.
pub(super) fn relative(from: &std::path::Path, to: &std::path::Path) -> String {
    let (mut here, mut there) = (from.components().peekable(), to.components().peekable());
    if here.peek() != there.peek() {
        return to.to_string_lossy().into_owned();
    }
    while here.peek().is_some() && here.peek() == there.peek() {
        here.next();
        there.next();
    }
    let up = here.map(|_| "..".into());
    let parts: Vec<std::borrow::Cow<'_, str>> =
        up.chain(there.map(|part| part.as_os_str().to_string_lossy())).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn is_fetched(context: &str) -> bool {
    const REMOTE: &[&str] = &["service:", "https://", "http://", "git://", "ssh://", "github.com/", "git@"];
    context.contains("://") || REMOTE.iter().any(|prefix| context.starts_with(prefix))
}

fn is_windows_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with("\\\\") || matches!(bytes, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

/// A path as Go's `path.Clean` leaves it: no `.`, no `..` that can be taken, no slash twice
/// or at the end.
pub(super) fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", None) if is_rooted => {}
            ("..", Some(last)) if *last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
