//! Slips in a tag of NVIDIA's CUDA image: words that are none of its tags', and are near one that is.
//!
//! Apart from `cuda_tag`, which knows which of the well-formed tags were published. The grammar of the tags is
//! that of the image's `doc/supported-tags.md`: version, cuDNN, flavour, operating system.

use crate::compose::suggest;

/// A tag with a slip.
pub(super) struct Slip {
    /// The part that no tag has.
    pub(super) wrong: String,
    /// What stands there in the tags.
    pub(super) meant: String,
    /// The whole tag without its slips.
    pub(super) tag: String,
}

const FLAVOURS: &[&str] = &["base", "runtime", "devel"];

/// Other words for the flavours, and the names of Ubuntu's releases.
const ALIASES: &[(&str, &str)] = &[
    ("dev", "devel"),
    ("development", "devel"),
    ("bionic", "ubuntu18.04"),
    ("focal", "ubuntu20.04"),
    ("jammy", "ubuntu22.04"),
    ("noble", "ubuntu24.04"),
];

/// Operating systems and their versions in the tags.
const SYSTEMS: &[(&str, &[&str])] = &[
    ("ubuntu", &["16.04", "18.04", "20.04", "22.04", "24.04"]),
    ("rockylinux", &["8", "9", "10"]),
    ("centos", &["7", "8"]),
    ("ubi", &["7", "8", "9", "10"]),
];

/// Letters that a hand may get wrong in a word.
const EDITS: usize = 2;

/// The slip of a tag; `None` for a tag that has none, or has a word that is near no other.
pub(super) fn slip(tag: &str) -> Option<Slip> {
    let (version, rest) = tag.split_once('-')?;
    if !version.split('.').all(|number| number.parse::<u32>().is_ok()) {
        return None;
    }
    let mut first = None;
    let mut words = Vec::new();
    for word in joined(rest) {
        let meant = if is_known(&word) { word.clone() } else { meant(&word)? };
        if meant != word {
            first = first.or_else(|| Some((word, meant.clone())));
        }
        words.push(meant);
    }
    let is_flavour = |word: &String| FLAVOURS.contains(&word.as_str());
    if let Some(at) = words.windows(2).position(|pair| is_flavour(&pair[0]) && is_cudnn(&pair[1])) {
        let wrong = words[at..=at + 1].join("-");
        words.swap(at, at + 1);
        first = first.or_else(|| Some((wrong, words[at..=at + 1].join("-"))));
    }
    let (wrong, meant) = first?;
    Some(Slip { wrong, meant, tag: format!("{version}-{}", words.join("-")) })
}

/// The words between the dashes; a system and its version are one, also with a dash between.
fn joined(rest: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in rest.split('-') {
        let is_version = word.starts_with(|c: char| c.is_ascii_digit());
        match words.last_mut().filter(|last| is_version && SYSTEMS.iter().any(|(name, _)| name == last)) {
            Some(last) => *last = format!("{last}-{word}"),
            None => words.push(word.to_owned()),
        }
    }
    words
}

fn is_known(word: &str) -> bool {
    let is_system = || {
        let (letters, version) = parts(word);
        SYSTEMS.iter().any(|(name, versions)| *name == letters && versions.contains(&version))
    };
    FLAVOURS.contains(&word) || is_cudnn(word) || is_system()
}

/// Which release has which, `cuda_tag` knows.
fn is_cudnn(word: &str) -> bool {
    ["cudnn", "cudnn7", "cudnn8", "cudnn9"].contains(&word)
}

fn parts(word: &str) -> (&str, &str) {
    word.split_at(word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len()))
}

/// The word of the tags that another one stands for.
fn meant(word: &str) -> Option<String> {
    if let Some((_, meant)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
        return Some((*meant).to_owned());
    }
    let (letters, version) = parts(word);
    if version.is_empty() {
        return suggest::slip_of(word, FLAVOURS.iter().copied(), EDITS).map(str::to_owned);
    }
    // A short name is near too much.
    let names = SYSTEMS.iter().map(|(name, _)| *name).chain(["cudnn"]);
    let name = names.clone().find(|name| *name == letters);
    let name = name.or_else(|| suggest::slip_of(letters, names.filter(|name| name.len() > 4), EDITS))?;
    if name == "cudnn" {
        return Some(format!("{name}{version}")).filter(|word| is_cudnn(word));
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (_, versions) = SYSTEMS.iter().find(|(system, _)| *system == name)?;
    let wanted = digits(version);
    let found = versions.iter().find(|known| digits(known) == wanted || known.split('.').next() == Some(&wanted));
    found.map(|version| format!("{name}{version}"))
}
