//! The short forms of `volumes` and `devices`, both split at colons
//! (compose-go format/volume.go and transform/device.go, v2.9.1).

use super::{Problems, map_at, text};
use crate::{
    compose::paths::clean,
    yaml::{Data, Map, Value},
};

/// Makes every item of `devices` a mapping.
pub(super) fn devices(value: &mut Value, problems: &mut Problems) {
    for item in value.as_seq_mut().into_iter().flatten() {
        let Some(spec) = item.as_str() else { continue };
        let parts: Vec<&str> = spec.split(':').collect();
        let (source, target, permissions) = match parts[..] {
            [source] => (source, source, "rwm"),
            [source, target] => (source, target, "rwm"),
            [source, target, permissions] => (source, target, permissions),
            _ => {
                let help = "use the long form with `source`, `target` and `permissions`";
                problems.push(item, format!("device `{spec}` has too many colons"), help);
                ("", "", "rwm")
            }
        };
        let target = if target.is_empty() { source } else { target };
        let entries = [("source", text(source)), ("target", text(target)), ("permissions", text(permissions))];
        *item = map_at(item, entries);
    }
}

/// Makes every item of `volumes` a mapping; one that cannot be read stays as it is.
pub(super) fn volumes(value: &mut Value, problems: &mut Problems) {
    for item in value.as_seq_mut().into_iter().flatten() {
        let Some(spec) = item.as_str() else { continue };
        match parse(spec) {
            Ok(mount) => *item = mount.long(item),
            Err(reason) => {
                let help = "write `SOURCE:TARGET[:MODE]`, or the long form with `type`, `source` and `target`";
                // Compose reads it once more for its target, also without interpolation.
                problems.refuse(item, format!("volume `{spec}` cannot be read: {reason}"), help);
            }
        }
    }
}

#[derive(Default)]
struct Mount {
    source: String,
    target: String,
    is_read_only: bool,
    is_nocopy: bool,
    propagation: Option<String>,
    selinux: Option<String>,
    /// A target of one or two letters gets no options, not even empty ones.
    is_bare: bool,
}

impl Mount {
    fn long(self, at: &Value) -> Value {
        let kind = if is_file_path(&self.source) { "bind" } else { "volume" };
        let target = if self.target.is_empty() { String::new() } else { clean(&self.target) };
        let mut long = map_at(at, [("type", text(kind)), ("target", text(target))]);
        let map = long.as_map_mut().expect("map_at makes a mapping");
        let mut set = |key: &str, data: Data| map.insert(key.to_owned(), at.with_data(data));
        if !self.source.is_empty() {
            set("source", text(self.source));
        }
        if self.is_read_only {
            set("read_only", Data::Bool(true));
        }
        if self.is_bare {
            return long;
        }
        let mut bind = Map::new();
        for (key, option) in [("propagation", self.propagation), ("selinux", self.selinux)] {
            bind.extend(option.map(|option| (key.to_owned(), at.with_data(text(option)))));
        }
        if kind == "bind" {
            bind.insert("create_host_path".to_owned(), at.with_data(Data::Bool(true)));
        }
        if !bind.is_empty() {
            set("bind", Data::Map(bind));
        }
        if kind == "volume" || self.is_nocopy {
            let nocopy = self.is_nocopy.then(|| ("nocopy".to_owned(), at.with_data(Data::Bool(true))));
            set("volume", Data::Map(nocopy.into_iter().collect()));
        }
        long
    }

    fn option(&mut self, option: &str) {
        match option {
            "ro" => self.is_read_only = true,
            "rw" => self.is_read_only = false,
            "nocopy" => self.is_nocopy = true,
            "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
                self.propagation = Some(option.to_owned());
            }
            "z" | "Z" => self.selinux = Some(option.to_owned()),
            // Compose ignores what it does not know, `cached` for one.
            _ => {}
        }
    }
}

fn parse(spec: &str) -> Result<Mount, &'static str> {
    match spec.len() {
        0 => return Err("it is empty"),
        1 | 2 => return Ok(Mount { target: spec.to_owned(), is_bare: true, ..Mount::default() }),
        _ => {}
    }
    let mut mount = Mount::default();
    let sections = sections(spec);
    for (index, section) in sections.iter().enumerate() {
        let is_last = index + 1 == sections.len();
        match section.as_str() {
            "" => return Err("a section between colons is empty"),
            section if mount.source.is_empty() && is_last => mount.target = section.to_owned(),
            section if mount.source.is_empty() => mount.source = section.to_owned(),
            section if mount.target.is_empty() => mount.target = section.to_owned(),
            _ if !is_last => return Err("it has too many colons"),
            section => section.split(',').for_each(|option| mount.option(option)),
        }
    }
    Ok(mount)
}

/// Splits at colons, but not behind a drive's letter and not inside `${…}`.
fn sections(spec: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let mut depth = 0_usize;
    let mut characters = spec.chars().peekable();
    while let Some(character) = characters.next() {
        let section = sections.last_mut().expect("there is always one");
        match character {
            '$' if characters.peek() == Some(&'{') => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && !is_drive(section) => {
                sections.push(String::new());
                continue;
            }
            _ => {}
        }
        section.push(character);
    }
    sections
}

fn is_drive(section: &str) -> bool {
    let mut characters = section.chars();
    characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
}

fn is_file_path(source: &str) -> bool {
    let is_drive_path = || source.split_once(':').is_some_and(|(drive, _)| is_drive(drive));
    source.starts_with(['.', '/', '~']) || source.starts_with("\\\\") || is_drive_path()
}
