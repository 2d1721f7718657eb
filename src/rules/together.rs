//! Which parts of a project are for hosts with a GPU, and which for those without: by the names that
//! people give to profiles and files.

use super::ProjectCx;
use crate::{source::FileId, yaml::Value};

/// The profiles of a service.
pub(super) fn profiles(service: &Value) -> Vec<&str> {
    let profiles = service.get("profiles").and_then(Value::as_seq).unwrap_or_default();
    profiles.iter().filter_map(Value::as_str).collect()
}

/// Whether a name has `cpu` among its words.
pub(super) fn is_for_cpu(name: &str) -> bool {
    has_word(name, &["cpu"])
}

/// Whether a name has a word for NVIDIA's GPUs among its words.
pub(super) fn is_for_gpu(name: &str) -> bool {
    has_word(name, &["gpu", "cuda", "nvidia"])
}

/// Whether the name of a file has the word: `docker-compose.cpu.yml`.
pub(super) fn file_is_for(cx: &ProjectCx<'_>, file: FileId, word: &str) -> bool {
    let name = cx.sources.file(file).path().file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| has_word(name, &[word]))
}

fn has_word(name: &str, words: &[&str]) -> bool {
    name.to_ascii_lowercase().split(['.', '-', '_', ' ']).any(|part| words.contains(&part))
}
