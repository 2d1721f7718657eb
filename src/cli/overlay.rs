//! Which files an overlay is laid on: what it leaves open, somebody else has to define.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    default_files::{BASES, OVERRIDES, one_up},
    sniff::{Named, Sniffed, Sniffer},
};

/// Words in the name of a file that is made to be laid on another: the kind of GPU, the
/// place, or the purpose.
const OVERLAY_WORDS: [&str; 29] = [
    "gpu",
    "gpus",
    "nvidia",
    "cuda",
    "cdi",
    "amd",
    "rocm",
    "intel",
    "xpu",
    "cpu",
    "wsl",
    "jetson",
    "prod",
    "production",
    "dev",
    "development",
    "devel",
    "test",
    "tests",
    "testing",
    "ci",
    "local",
    "staging",
    "debug",
    "override",
    "overrides",
    "overlay",
    "extra",
    "extras",
];

/// How a file stands to those around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is a project of its own.
    Alone,
    /// It is laid on this file.
    On(PathBuf),
    /// It is an overlay, and what it is laid on is nowhere near.
    LacksBase,
}

/// How `path` stands to its neighbours, which are the Compose files of its folder.
pub(super) fn standing(path: &Path, neighbours: &[PathBuf], sniffer: &Sniffer<'_>) -> Standing {
    let Some(own) = sniffer.look(path).filter(|own| own.has_services && !has_name(path, &BASES)) else {
        return Standing::Alone;
    };
    let mut candidates = candidates(path, neighbours, sniffer);
    // What it extends is in it already.
    candidates.retain(|base| has_name(base, &BASES) || !own.extended.contains(base));
    let is_base = |base: &&PathBuf| {
        let Some(base) = sniffer.look(base) else { return false };
        gives_all(&base, &own.needs) || completes(&own, &base)
    };
    let (is_needy, is_overlay_name) = (!own.needs.is_empty(), has_overlay_name(path));
    if let Some(base) = candidates.iter().filter(|_| is_needy || is_overlay_name).find(is_base) {
        return Standing::On(base.clone());
    }
    if own.lacking.is_empty() {
        return if is_needy && is_overlay_name { Standing::LacksBase } else { Standing::Alone };
    }
    // No file has all that it leaves open: then the likeliest that has some of it.
    let has_some = |base: &&PathBuf| {
        sniffer.look(base).is_some_and(|base| own.needs.iter().any(|need| base.offers.contains(need)))
    };
    if let Some(base) = candidates.iter().find(has_some) {
        return Standing::On(base.clone());
    }
    // One service without an image among others that have one is a slip, unless the file's
    // name says that it is made to be laid on another.
    let is_all_open = own.offers.iter().all(|(section, _)| *section != "services");
    if is_all_open || is_overlay_name { Standing::LacksBase } else { Standing::Alone }
}

/// Whether services of this file are what they are only with another of its folder on it: then it
/// says nothing by itself.
pub(super) fn waits_for_others(path: &Path, neighbours: &[PathBuf], sniffer: &Sniffer<'_>) -> bool {
    let Some(base) = sniffer.look(path).filter(|base| !base.lacking.is_empty()) else { return false };
    let others = neighbours.iter().filter(|other| *other != path && has_overlay_name(other));
    others.filter_map(|other| sniffer.look(other)).any(|other| completes(&other, &base))
}

/// Whether the file is called as Compose's own overlay or has a word in its name that overlays have.
fn has_overlay_name(path: &Path) -> bool {
    let stem = stem(path).to_ascii_lowercase();
    let rest = stem.strip_prefix("docker-compose").or_else(|| stem.strip_prefix("compose"));
    let has_suffix = rest.is_some_and(|rest| rest.starts_with(['.', '-', '_']));
    has_suffix || stem.split(['.', '-', '_']).any(|word| OVERLAY_WORDS.contains(&word))
}

/// Whether a file is a whole project for one kind of GPU or place, by its name and its services.
pub(super) fn is_variant(path: &Path, sniffer: &Sniffer<'_>) -> bool {
    let is_whole = sniffer.look(path).is_some_and(|own| own.has_services && own.needs.is_empty());
    let stem = stem(path).to_ascii_lowercase();
    let rest = stem.strip_prefix("docker-compose").or_else(|| stem.strip_prefix("compose"));
    is_whole && rest.is_some_and(|rest| rest.split(['.', '-', '_']).any(|word| OVERLAY_WORDS.contains(&word)))
}

/// The files that an overlay may be laid on, the likeliest first: of its own name (`stack.yml` for
/// `stack.gpu.yml`), Compose's own names, others that need nothing, and the base one folder up.
fn candidates(path: &Path, neighbours: &[PathBuf], sniffer: &Sniffer<'_>) -> Vec<PathBuf> {
    let own = stem(path);
    let is_family = |other: &Path| own.strip_prefix(&stem(other)).is_some_and(|rest| rest.starts_with(['.', '-', '_']));
    let others: Vec<&PathBuf> =
        neighbours.iter().filter(|other| *other != path && !has_name(other, &OVERRIDES)).collect();
    let mut family: Vec<&PathBuf> = others.iter().copied().filter(|other| is_family(other)).collect();
    family.sort_by_key(|other| std::cmp::Reverse(stem(other).len()));
    let named = BASES.iter().filter_map(|name| others.iter().copied().find(|other| has_name(other, &[name])));
    let whole =
        |other: &&PathBuf| sniffer.look(other).is_some_and(|other| other.has_services && other.needs.is_empty());
    let folder = path.parent().unwrap_or(Path::new(""));
    let above = BASES.iter().map(|name| one_up(folder, name));
    let near = family.into_iter().chain(named).chain(others.iter().copied().filter(whole)).cloned();
    let mut seen = BTreeSet::new();
    near.chain(above.filter(|above| sniffer.look(above).is_some())).filter(|one| seen.insert(one.clone())).collect()
}

fn gives_all(base: &Sniffed, needs: &BTreeSet<Named>) -> bool {
    !needs.is_empty() && needs.iter().all(|need| base.offers.contains(need))
}

/// Whether a file says what services of the base are made of, where the base does not.
fn completes(own: &Sniffed, base: &Sniffed) -> bool {
    base.lacking.iter().any(|name| own.offers.contains(&("services", name.clone())))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a path ends in one of the names.
pub(super) fn has_name(path: &Path, names: &[&str]) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| names.contains(&name))
}
