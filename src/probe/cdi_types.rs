//! A CDI spec file as it is written.
//!
//! Readers decode strictly: a field that the format does not have refuses the whole file. Keys are
//! matched without regard to case, since engines decode with Go's JSON package; the names here are the
//! format's in lower case. Parts that no GPU spec's fate hangs on are taken as they are.
//!
//! Source: CDI specs-go/config.go, v1.1.0; strictness and case tried on engine 28.5.2.

use serde::{Deserialize, Deserializer};
use serde_yaml::Value;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", default)]
#[derive(Default)]
pub(super) struct Spec {
    #[serde(rename = "cdiversion")]
    pub(super) cdi_version: Text,
    pub(super) kind: Text,
    pub(super) annotations: Option<Value>,
    pub(super) devices: Option<Vec<Device>>,
    #[serde(rename = "containeredits")]
    pub(super) edits: Option<Edits>,
}

/// A device.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Device {
    pub(super) name: Text,
    pub(super) annotations: Option<Value>,
    #[serde(rename = "containeredits")]
    pub(super) edits: Option<Edits>,
}

/// What is done to a container.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Edits {
    pub(super) env: Option<Vec<Text>>,
    #[serde(rename = "devicenodes")]
    pub(super) device_nodes: Option<Vec<Node>>,
    #[serde(rename = "netdevices")]
    pub(super) net_devices: Option<Vec<Value>>,
    pub(super) hooks: Option<Vec<Hook>>,
    pub(super) mounts: Option<Vec<Mount>>,
    #[serde(rename = "intelrdt")]
    pub(super) intel_rdt: Option<Value>,
    #[serde(rename = "additionalgids")]
    pub(super) additional_gids: Option<Vec<u32>>,
}

/// A device node.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Node {
    pub(super) path: Text,
    #[serde(rename = "hostpath")]
    pub(super) host_path: Text,
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) major: Option<i64>,
    pub(super) minor: Option<i64>,
    #[serde(rename = "filemode")]
    pub(super) _file_mode: Option<u32>,
    pub(super) permissions: Text,
    #[serde(rename = "uid")]
    pub(super) _uid: Option<u32>,
    #[serde(rename = "gid")]
    pub(super) _gid: Option<u32>,
}

/// A mount.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Mount {
    #[serde(rename = "hostpath")]
    pub(super) host_path: Text,
    #[serde(rename = "containerpath")]
    pub(super) container_path: Text,
    #[serde(rename = "options")]
    pub(super) _options: Option<Vec<Text>>,
    #[serde(rename = "type")]
    pub(super) kind: Text,
}

/// A hook.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Hook {
    #[serde(rename = "hookname")]
    pub(super) name: Text,
    pub(super) path: Text,
    #[serde(rename = "args")]
    pub(super) _args: Option<Vec<Text>>,
    pub(super) env: Option<Vec<Text>>,
    #[serde(rename = "timeout")]
    pub(super) _timeout: Option<i64>,
}

/// A string; YAML readers of this family turn a bare number or truth value into one where the
/// format wants a string (`name: 0`). A bare `y`, `n`, `on` or `off` is a word here and a truth value to
/// engines (`name: y` is listed as `true` by 28.5.2).
#[derive(Clone, Debug, Default)]
pub(super) struct Text(pub(super) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Bool(is_true) => Ok(Self(is_true.to_string())),
            Value::Null => Ok(Self::default()),
            _ => Err(serde::de::Error::custom("a string is wanted, a list or mapping is there")),
        }
    }
}

/// Keys in lower case, at every depth but below `annotations`, whose keys are the author's own.
pub(super) fn lower_keys(value: Value) -> Value {
    match value {
        Value::Mapping(mapping) => {
            let lowered = mapping.into_iter().map(|(key, value)| match key {
                Value::String(key) if key.eq_ignore_ascii_case("annotations") => {
                    (Value::String("annotations".to_owned()), value)
                }
                Value::String(key) => (Value::String(key.to_lowercase()), lower_keys(value)),
                key => (key, value),
            });
            Value::Mapping(lowered.collect())
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(lower_keys).collect()),
        other => other,
    }
}
