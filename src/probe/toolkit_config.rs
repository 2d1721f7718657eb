//! config.toml of the NVIDIA Container Toolkit.
//!
//! Source: NVIDIA Container Toolkit, api/config/v1/config.go, v1.20.0.

use std::collections::BTreeMap;

use toml::{
    Value,
    de::{DeTable, DeValue},
};

use super::{Settings, disk::Disk};
use crate::{host::RuntimeConfig, observed::Observed};

const PATH: &str = "/etc/nvidia-container-runtime/config.toml";

/// Reads the file; `None` where there is none.
pub(super) fn read(disk: &Disk, settings: &Settings) -> Observed<Option<RuntimeConfig>> {
    let path = path(disk, settings);
    match disk.text(&path) {
        Ok(None) => Observed::Known(None),
        Err(reason) => Observed::unknown(path, reason),
        Ok(Some(text)) => match toml::from_str::<toml::Table>(&text) {
            Ok(table) => Observed::Known(Some(facts(path, table, &text))),
            Err(error) => Observed::unknown(path, format!("it is no TOML: {}", error.message())),
        },
    }
}

/// The toolkit's programs read their own environment, which is the engine's; ours is the best guess.
fn path(disk: &Disk, settings: &Settings) -> String {
    let variable = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty());
    let own = variable("XDG_CONFIG_HOME").map(|folder| format!("{folder}/nvidia-container-runtime/config.toml"));
    let own = own.filter(|path| disk.exists(path) == Ok(true));
    variable("NVIDIA_CTK_CONFIG_FILE_PATH").cloned().or(own).unwrap_or_else(|| PATH.to_owned())
}

fn facts(path: String, table: toml::Table, text: &str) -> RuntimeConfig {
    let mut reader = Reader { table: Value::Table(table), odd: Vec::new(), keys: Vec::new() };
    let facts = RuntimeConfig {
        path,
        disable_require: reader.flag("disable-require"),
        swarm_resource: reader.text("swarm-resource"),
        accept_envvar_when_unprivileged: reader.flag("accept-nvidia-visible-devices-envvar-when-unprivileged"),
        accept_volume_mounts: reader.flag("accept-nvidia-visible-devices-as-volume-mounts"),
        supported_driver_capabilities: reader.text("supported-driver-capabilities"),
        ldconfig: reader.text("nvidia-container-cli.ldconfig"),
        load_kmods: reader.flag("nvidia-container-cli.load-kmods"),
        no_cgroups: reader.flag("nvidia-container-cli.no-cgroups"),
        user: reader.text("nvidia-container-cli.user"),
        mode: reader.text("nvidia-container-runtime.mode"),
        runtimes: reader.list("nvidia-container-runtime.runtimes"),
        cdi_default_kind: reader.text("nvidia-container-runtime.modes.cdi.default-kind"),
        cdi_spec_dirs: reader.list("nvidia-container-runtime.modes.cdi.spec-dirs"),
        cdi_annotation_prefixes: reader.list("nvidia-container-runtime.modes.cdi.annotation-prefixes"),
        cuda_compat_mode: reader.text("nvidia-container-runtime.modes.legacy.cuda-compat-mode"),
        csv_mount_spec_path: reader.text("nvidia-container-runtime.modes.csv.mount-spec-path"),
        hook_path: reader.text("nvidia-container-runtime-hook.path"),
        skip_mode_detection: reader.flag("nvidia-container-runtime-hook.skip-mode-detection"),
        allow_ldconfig_from_container: reader.flag("features.allow-ldconfig-from-container"),
        odd: Vec::new(),
        lines: BTreeMap::new(),
    };
    let lines = reader.keys.into_iter().filter_map(|key| Some((key.to_owned(), line(text, key)?))).collect();
    RuntimeConfig { odd: reader.odd, lines, ..facts }
}

/// The line, from 1, at which a dotted key stands.
fn line(text: &str, key: &str) -> Option<u32> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut parts = key.split('.').peekable();
    while let Some(part) = parts.next() {
        let (name, value) = table.iter().find(|(name, _)| name.get_ref().as_ref() == part)?;
        match value.get_ref() {
            DeValue::Table(inner) if parts.peek().is_some() => table = inner,
            _ => return u32::try_from(text.get(..name.span().start)?.matches('\n').count() + 1).ok(),
        }
    }
    None
}

/// Reads dotted keys, and notes those that are set and those of another type.
struct Reader {
    table: Value,
    odd: Vec<String>,
    keys: Vec<&'static str>,
}

impl Reader {
    fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.take(key, Value::as_bool)
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        self.take(key, |value| value.as_str().map(str::to_owned))
    }

    fn list(&mut self, key: &'static str) -> Option<Vec<String>> {
        self.take(key, |value| value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect())
    }

    fn take<T>(&mut self, key: &'static str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let found = key.split('.').try_fold(&self.table, |value, part| value.get(part))?;
        self.keys.push(key);
        let read = read(found);
        if read.is_none() {
            let odd = format!("{key}: a value of type {}", found.type_str());
            self.odd.push(odd);
        }
        read
    }
}
