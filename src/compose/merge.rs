//! Laying one file over what was merged before.
//!
//! Source: compose-go override/merge.go (v2.9.1): mappings are merged, lists are joined,
//! scalars are replaced; the table below says where it is otherwise.

use super::{
    codes::INCONSISTENT,
    durations,
    path::{Path, Pattern},
    pool,
};
use crate::{
    diag::{Diagnostic, Label, Place, Severity},
    yaml::{Data, Map, Value},
};

/// A rule of its own for one path.
#[derive(Clone, Copy)]
enum Special {
    /// The later one stands alone.
    Override,
    /// Both become lists (`KEY=value`), which are joined; `unicity` then lets the later win.
    Sequence,
    /// Entries of `host:address`, joined without doubles.
    ExtraHosts,
    /// A list of names is a mapping of names.
    Names,
    /// A list of services is a mapping with Compose's defaults.
    DependsOn,
    /// A text is its `context`.
    Build,
    /// Merged only where the driver is the same, or one names none.
    Logging,
    /// Merged by subnet.
    Ipam,
}

const SPECIALS: &[(Pattern, Special)] = &[
    ("networks.*.ipam.config", Special::Ipam),
    ("networks.*.labels", Special::Sequence),
    ("volumes.*.labels", Special::Sequence),
    ("services.*.annotations", Special::Sequence),
    ("services.*.build", Special::Build),
    ("services.*.build.args", Special::Sequence),
    ("services.*.build.additional_contexts", Special::Sequence),
    ("services.*.build.extra_hosts", Special::ExtraHosts),
    ("services.*.build.labels", Special::Sequence),
    ("services.*.command", Special::Override),
    ("services.*.depends_on", Special::DependsOn),
    ("services.*.deploy.labels", Special::Sequence),
    ("services.*.dns", Special::Sequence),
    ("services.*.dns_opt", Special::Sequence),
    ("services.*.dns_search", Special::Sequence),
    ("services.*.entrypoint", Special::Override),
    ("services.*.env_file", Special::Sequence),
    ("services.*.label_file", Special::Sequence),
    ("services.*.environment", Special::Sequence),
    ("services.*.extra_hosts", Special::ExtraHosts),
    ("services.*.healthcheck.test", Special::Override),
    ("services.*.labels", Special::Sequence),
    ("services.*.volumes.*.volume.labels", Special::Sequence),
    ("services.*.logging", Special::Logging),
    ("services.*.models", Special::Names),
    ("services.*.networks", Special::Names),
    ("services.*.sysctls", Special::Sequence),
    ("services.*.tmpfs", Special::Sequence),
    ("services.*.ulimits.*", Special::Override),
];

/// Lays `overlay` over `base`. What cannot be laid over goes to `problems`, and the base's
/// value stays. `compared` is what address pools took in the merges so far.
pub(super) fn merge(base: &mut Value, overlay: Value, problems: &mut Vec<Diagnostic>, compared: &mut usize) {
    Merge { problems, path: Path::default(), compared }.value(base, overlay);
}

/// Lays a service over the one that it extends; a service has no address pools.
pub(super) fn merge_service(base: &mut Value, name: &str, overlay: Value, problems: &mut Vec<Diagnostic>) {
    let mut path = Path::default();
    path.push("services");
    path.push(name);
    Merge { problems, path, compared: &mut 0 }.value(base, overlay);
}

struct Merge<'a> {
    problems: &'a mut Vec<Diagnostic>,
    path: Path,
    /// What address pools took so far.
    compared: &'a mut usize,
}

impl Merge<'_> {
    fn value(&mut self, base: &mut Value, overlay: Value) {
        let special = SPECIALS.iter().find(|(pattern, _)| self.path.matches(pattern)).map(|(_, special)| *special);
        match special {
            Some(special) => self.special(special, base, overlay),
            None => self.plain(base, overlay),
        }
    }

    fn plain(&mut self, base: &mut Value, overlay: Value) {
        let Value { data, sources, hole } = overlay;
        match (&mut base.data, data) {
            (_, Data::Null) => {}
            (Data::Map(map), Data::Map(other)) => {
                self.entries(map, other);
                base.sources.extend(sources);
            }
            (Data::Seq(items), Data::Seq(other)) => {
                items.extend(other);
                base.sources.extend(sources);
            }
            (Data::Map(_) | Data::Seq(_), data) => self.refuse(base, &Value { data, sources, hole }),
            (_, data) => {
                base.data = data;
                base.hole = hole;
                base.sources.extend(sources);
            }
        }
    }

    fn entries(&mut self, map: &mut Map, other: Map) {
        for (key, value) in other {
            match map.get_mut(&key) {
                Some(base) => {
                    self.path.push(&key);
                    self.value(base, value);
                    self.path.pop();
                }
                None => {
                    map.insert(key, value);
                }
            }
        }
    }

    fn refuse(&mut self, base: &Value, overlay: &Value) {
        let place = overlay.place().map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
        let message = format!(
            "`{}` is {} here and {} in an earlier file: Compose cannot lay one over the other",
            self.path,
            overlay.kind(),
            base.kind()
        );
        let mut problem = Diagnostic::new(INCONSISTENT, Severity::Error, message, place)
            .with_help("write the same kind of value, or put `!override` before this one to replace the earlier one");
        problem.related.extend(base.place().map(|span| Label::new(span, "the earlier value")));
        if let [first, service, ..] = self.path.steps()
            && first == "services"
        {
            problem.service = Some(service.clone());
        }
        self.problems.push(problem);
    }

    fn special(&mut self, special: Special, base: &mut Value, overlay: Value) {
        match special {
            Special::Override => replace(base, overlay),
            Special::Sequence => join(base, overlay),
            Special::ExtraHosts => join_without_doubles(base, overlay),
            Special::Names => self.as_mappings(base, overlay, |_| Value::default()),
            Special::DependsOn => self.as_mappings(base, overlay, started),
            Special::Build => self.build(base, overlay),
            Special::Logging => self.logging(base, overlay),
            Special::Ipam => self.ipam(base, overlay),
        }
    }

    /// Lists of names become mappings, which are merged.
    fn as_mappings(&mut self, base: &mut Value, overlay: Value, make: fn(&Value) -> Value) {
        if overlay.is_null() {
            return;
        }
        names_to_mapping(base, make);
        let mut overlay = overlay;
        names_to_mapping(&mut overlay, make);
        self.plain(base, overlay);
    }

    fn build(&mut self, base: &mut Value, overlay: Value) {
        let long = |value: Value| match &value.data {
            Data::String(_) => {
                let map = Map::from([("context".to_owned(), value.clone())]);
                value.with_data(Data::Map(map))
            }
            _ => value,
        };
        *base = long(std::mem::take(base));
        self.plain(base, long(overlay));
    }

    fn logging(&mut self, base: &mut Value, overlay: Value) {
        let driver = |value: &Value| value.get("driver").and_then(Value::scalar_text);
        match (driver(base), driver(&overlay)) {
            (Some(old), Some(new)) if old != new => replace(base, overlay),
            _ => self.plain(base, overlay),
        }
    }

    fn ipam(&mut self, base: &mut Value, overlay: Value) {
        if let (Data::Seq(items), Data::Seq(other)) = (&mut base.data, &overlay.data) {
            let compared = *self.compared;
            *self.compared = compared.saturating_add(pool::comparisons(items, other));
            if *self.compared <= pool::MAX_COMPARISONS {
                *items = pool::join(std::mem::take(items), other, |pool, other| self.plain(pool, other));
                base.sources.extend(overlay.sources);
            } else if compared <= pool::MAX_COMPARISONS {
                self.problems.push(pool::too_many(&overlay));
            }
        } else {
            self.plain(base, overlay);
        }
    }
}

/// The overlay's value with the base's places before its own.
fn replace(base: &mut Value, overlay: Value) {
    base.data = overlay.data;
    base.hole = overlay.hole;
    base.sources.extend(overlay.sources);
}

fn join(base: &mut Value, overlay: Value) {
    let mut items = to_sequence(base);
    items.extend(to_sequence(&overlay));
    base.data = Data::Seq(items);
    base.sources.extend(overlay.sources);
}

fn join_without_doubles(base: &mut Value, overlay: Value) {
    let mut items = to_sequence(base);
    let mut more = to_sequence(&overlay);
    more.retain(|item| !items.contains(item));
    items.extend(more);
    base.data = Data::Seq(items);
    base.sources.extend(overlay.sources);
}

/// A mapping as a sorted list of `KEY=value`, a text as a list of one.
pub(super) fn to_sequence(value: &Value) -> Vec<Value> {
    match &value.data {
        Data::Seq(items) => items.clone(),
        Data::String(_) => vec![value.clone()],
        Data::Map(map) => {
            let mut items: Vec<Value> = map.iter().flat_map(|(key, value)| entry_items(key, value)).collect();
            items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            items
        }
        _ => Vec::new(),
    }
}

fn entry_items(key: &str, value: &Value) -> Vec<Value> {
    let item = |text: String| value.with_data(Data::String(text));
    match &value.data {
        Data::Null => vec![item(key.to_owned())],
        // `extra_hosts` may give one name several addresses.
        Data::Seq(addresses) => {
            addresses.iter().filter_map(Value::scalar_text).map(|text| item(format!("{key}={text}"))).collect()
        }
        Data::Map(_) => Vec::new(),
        // What was a date is a text from here on, and the schema refuses it no more.
        Data::Timestamp(date) => vec![item(format!("{key}={}", durations::print_time(date)))],
        _ => vec![item(format!("{key}={}", value.scalar_text().unwrap_or_default()))],
    }
}

fn names_to_mapping(value: &mut Value, make: fn(&Value) -> Value) {
    if let Data::Seq(items) = &value.data {
        let entry = |item: &Value| Some((item.as_str()?.to_owned(), item.with_data(make(item).data)));
        value.data = Data::Map(items.iter().filter_map(entry).collect());
    }
}

/// What `depends_on: [name]` means.
fn started(_: &Value) -> Value {
    let map = Map::from([
        ("condition".to_owned(), Value::from("service_started")),
        ("required".to_owned(), Value::from(Data::Bool(true))),
    ]);
    Value::from(Data::Map(map))
}
