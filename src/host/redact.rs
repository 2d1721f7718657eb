//! Facts without what names a person's machine: UUIDs, hosts and home folders.
//!
//! A UUID becomes another one of the same shape, the same wherever it stands, so that CDI names, the
//! driver's list and the engine's still mean the same GPUs. Bus ids and indices stay.

use std::collections::BTreeMap;

use serde_json::Value;

use super::HostFacts;

/// What `recorded.how` ends with where facts were redacted.
const MARK: &str = " --redact";

/// Keys whose text may hold the name of a host.
const HOST_KEYS: [&str; 4] = ["endpoint", "reason", "refused", "warnings"];

/// Places of home folders, each followed by the name of a person.
const HOMES: [&str; 3] = ["/home/", "/Users/", "\\Users\\"];

impl HostFacts {
    /// The facts with names taken out; `host_names` are those that this machine goes by.
    ///
    /// # Panics
    /// Never: the changed texts stand where texts stood.
    #[must_use]
    pub fn redacted(&self, host_names: &[String]) -> Self {
        let mut names = Names { uuids: BTreeMap::new(), hosts: host_names.to_vec() };
        names.hosts.extend(self.docker.known().and_then(|docker| host_of(&docker.endpoint)));
        names.hosts.extend(self.docker.reason().and_then(host_of));
        names.hosts.retain(|name| name.len() > 1 && name != "localhost" && !name.starts_with("127."));
        // `gpu01.example` before `gpu01`.
        names.hosts.sort_by_key(|name| std::cmp::Reverse(name.len()));
        // GPUs first, in the order of their indices, so that two recordings of a host agree.
        for device in self.nvidia_devices().into_iter().flat_map(|(_, devices)| devices) {
            let instances = device.mig_devices.iter().filter_map(|mig| mig.uuid.as_ref());
            device.uuid.iter().chain(instances).for_each(|uuid| drop(names.without_uuids(uuid)));
        }
        let mut value = serde_json::to_value(self).expect("facts are plain data");
        names.redact("", &mut value);
        let mut facts: Self = serde_json::from_value(value).expect("texts stand where texts stood");
        if !self.is_redacted() {
            facts.recorded.how.push_str(MARK);
        }
        facts
    }

    /// Whether names were taken out.
    pub fn is_redacted(&self) -> bool {
        self.recorded.how.ends_with(MARK)
    }
}

struct Names {
    /// The new UUID of each, which is written in lower case here.
    uuids: BTreeMap<String, String>,
    hosts: Vec<String>,
}

impl Names {
    fn redact(&mut self, key: &str, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(key, text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact(key, item)),
            Value::Object(map) => {
                let entries = std::mem::take(map).into_iter().map(|(key, mut value)| {
                    self.redact(&key, &mut value);
                    (without_homes(&key), value)
                });
                *map = entries.collect();
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, key: &str, text: &str) -> String {
        let mut out = without_homes(&self.without_uuids(text));
        if HOST_KEYS.contains(&key) {
            for name in &self.hosts {
                out = replace_word(&out, name, "host");
            }
        }
        out
    }

    /// `GPU-` or `MIG-` and 32 digits in groups of 8, 4, 4, 4 and 12.
    fn without_uuids(&mut self, text: &str) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(at) = ["GPU-", "MIG-"].iter().filter_map(|start| rest.find(start)).min() {
            let (front, tail) = rest.split_at(at);
            out.push_str(front);
            let (prefix, tail) = tail.split_at(4);
            out.push_str(prefix);
            rest = tail;
            if let Some(uuid) = tail.get(..36).filter(|uuid| is_uuid(uuid)) {
                out.push_str(&self.other(uuid));
                rest = &tail[36..];
            }
        }
        out + rest
    }

    fn other(&mut self, uuid: &str) -> String {
        let next = self.uuids.len() + 1;
        let new = || format!("00000000-0000-0000-0000-{next:012}");
        self.uuids.entry(uuid.to_ascii_lowercase()).or_insert_with(new).clone()
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The host of an address such as `tcp://gpu01.example:2375` or `ssh://me@gpu01`.
fn host_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if matches!(scheme, "unix" | "npipe") {
        return None;
    }
    let authority = rest.split(['/', ' ']).next()?.trim_end_matches(':');
    let name = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let name = name.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(name, |(host, _)| host);
    Some(name.trim_matches(['[', ']']).to_owned()).filter(|name| !name.is_empty())
}

fn without_homes(text: &str) -> String {
    let mut out = text.to_owned();
    for home in HOMES {
        let Some(at) = out.find(home).map(|at| at + home.len()) else { continue };
        let end = out[at..].find(['/', '\\']).map_or(out.len(), |length| at + length);
        out.replace_range(at..end, "user");
    }
    out
}

/// Replaces a name that stands alone: no letter, digit or hyphen on either side.
fn replace_word(text: &str, name: &str, with: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '-';
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(name) {
        let (front, tail) = rest.split_at(at);
        let after = &tail[name.len()..];
        let before = front.chars().next_back().or(out.chars().next_back());
        let is_alone = !before.is_some_and(is_part) && !after.starts_with(is_part);
        out.push_str(front);
        out.push_str(if is_alone { with } else { name });
        rest = after;
    }
    out + rest
}
