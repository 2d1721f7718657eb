//! The walls of the house: which module may see which, who may name which crate, how long a
//! file may be, and that rules, pages and codes fit together.
#![allow(clippy::disallowed_methods, reason = "it reads the project's own files")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use composegpu::rules::{self, Check};

/// Floors, lowest first; a module imports from its own floor downward only.
const FLOORS: &[&[&str]] = &[
    &["source", "observed"],
    &["diag"],
    &["yaml"],
    &["compose", "host", "image"],
    &["gpu"],
    &["rules", "heal", "lower", "messages"],
    &["report", "probe"],
    &["cli"],
];

/// Imports that the floors alone would allow, and that are still wrong.
const WALLS: &[(&str, &str)] = &[
    ("compose", "host"),
    ("compose", "image"),
    ("host", "compose"),
    ("host", "image"),
    ("image", "host"),
    ("gpu", "host"),
    ("lower", "rules"),
    ("report", "compose"),
    ("report", "gpu"),
];

/// Crates and the places that may name them; an empty list is everywhere.
const CRATES: &[(&str, &[&str])] = &[
    ("aho_corasick", &["messages/search"]),
    ("bollard", &["probe/docker"]),
    ("clap", &["cli/args"]),
    ("clap_complete", &["cli/args"]),
    ("clap_mangen", &["cli/args"]),
    ("futures_util", &["probe/docker"]),
    ("glob", &["cli/"]),
    ("granit_parser", &["yaml/events"]),
    ("hyper_rustls", &["probe/docker/tls"]),
    ("hyper_util", &["probe/docker/tls"]),
    ("ignore", &["cli/files", "cli/matcher"]),
    ("indexmap", &[]),
    ("indicatif", &["cli/progress"]),
    ("jsonschema", &["compose/schema"]),
    ("miette", &["report/human"]),
    ("nvml_wrapper", &["probe/nvml"]),
    ("parse_dockerfile", &["image/dockerfile"]),
    ("rayon", &["cli/"]),
    ("rustls", &["probe/docker/tls"]),
    ("serde", &[]),
    ("serde_json", &[]),
    ("serde_yaml", &["probe/cdi"]),
    ("similar", &["cli/"]),
    ("tempfile", &["cli/write", "probe/docker/ssh"]),
    ("strsim", &["cli/rule_name", "compose/suggest"]),
    ("terminal_size", &["cli/settings"]),
    ("thiserror", &[]),
    ("tokio", &["probe/docker"]),
    ("toml", &["probe/toolkit_config", "cli/configuration/read", "image/manifest"]),
    ("toml_edit", &["heal/config_toml"]),
];

/// Where the world begins: disk, environment, clock, network.
const WORLD: &[&str] = &["cli/", "probe/", "main.rs"];

/// Words that are no code of ours, outside of comments.
const FORBIDDEN: &[&str] =
    &["println!", "eprintln!", "print!", "eprint!", "dbg!", "todo!", "unimplemented!", ".unwrap()", "process::exit"];

const MOST_LINES: usize = 300;

/// A source file: its path below `src/` with forward slashes, and its text without comments.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().expect("a path has a first part")
    }

    fn is_below(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() { walk(&path, out) } else { out.push(path) }
    }
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let folder = root().join(folder);
    let mut paths = Vec::new();
    walk(&folder, &mut paths);
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|found| found == ending));
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&folder).expect("it was found there").to_string_lossy().replace('\\', "/");
        (name, fs::read_to_string(path).expect("sources are text"))
    };
    paths.iter().map(read).collect()
}

fn sources() -> Vec<Source> {
    let code =
        |text: &str| text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let files = files("src", "rs").into_iter().map(|(path, text)| Source { path, code: code(&text) });
    files.filter(|file| file.path != "lib.rs").collect()
}

/// Whether the byte before `at` ends a word, so that a word may begin there.
fn begins_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
}

/// First parts of the paths below `from`, grouped imports included.
fn imports(text: &str, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(from).filter(|(at, _)| begins_word(text, *at)) {
        let (mut depth, mut word, mut is_first) = (0, String::new(), true);
        for c in text[at + from.len()..].chars() {
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => break,
                '}' => depth -= 1,
                c if c.is_whitespace() => continue,
                c if is_first && (c.is_alphanumeric() || c == '_') => {
                    word.push(c);
                    continue;
                }
                ',' if depth == 1 => {}
                _ if depth == 0 => break,
                _ => {
                    is_first &= word.is_empty();
                    continue;
                }
            }
            found.insert(std::mem::take(&mut word));
            is_first = depth == 1;
        }
        found.insert(word);
    }
    found.remove("");
    found
}

fn floor(module: &str) -> usize {
    FLOORS.iter().position(|floor| floor.contains(&module)).unwrap_or_else(|| panic!("`{module}` stands on no floor"))
}

#[test]
fn imports_are_read_from_groups() {
    let text = "use crate::{\n    a::{b, c::d},\n    e,\n};\nuse crate::f::g;\nlet x = crate::h(1);\nmycrate::i";
    let names = imports(text, "crate::");
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), ["a", "e", "f", "h"]);
}

#[test]
fn no_module_imports_upward_or_through_a_wall() {
    let mut seen = 0;
    for file in sources().iter().filter(|file| file.path != "main.rs") {
        for module in imports(&file.code, "crate::") {
            seen += 1;
            assert!(floor(&module) <= floor(file.module()), "{} imports crate::{module}, which is above it", file.path);
            let wall = (file.module(), module.as_str());
            assert!(!WALLS.contains(&wall), "{} imports crate::{module}, which it must not see", file.path);
        }
    }
    assert!(seen >= 20, "saw only {seen} imports");
}

#[test]
fn no_circle_on_a_floor() {
    let sources = sources();
    for modules in FLOORS {
        let mut edges = BTreeMap::<&str, BTreeSet<String>>::new();
        for file in sources.iter().filter(|file| modules.contains(&file.module())) {
            let beside = imports(&file.code, "crate::").into_iter();
            let beside = beside.filter(|other| other != file.module() && modules.contains(&other.as_str()));
            edges.entry(file.module()).or_default().extend(beside);
        }
        while let Some(leaf) = edges.iter().find(|(_, to)| to.is_empty()).map(|(module, _)| *module) {
            edges.remove(leaf);
            edges.values_mut().for_each(|to| to.retain(|module| module != leaf));
        }
        assert!(edges.is_empty(), "these import each other: {edges:?}");
    }
}

#[test]
fn crates_are_named_in_their_places_only() {
    for file in sources() {
        for (name, places) in CRATES.iter().filter(|(_, places)| !places.is_empty()) {
            let is_named = [format!("{name}::"), format!("use {name}")]
                .iter()
                .any(|form| file.code.match_indices(form.as_str()).any(|(at, _)| begins_word(&file.code, at)));
            assert!(!is_named || file.is_below(places), "src/{} names {name}, which belongs in {places:?}", file.path);
        }
    }
}

#[test]
fn every_dependency_is_in_the_table() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml is there");
    let section = manifest.split("\n[dependencies]\n").nth(1).expect("there are dependencies");
    let section = section.split("\n[").next().expect("a split has a first part");
    let names = section.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    let named: BTreeSet<String> = names.map(|(name, _)| name.replace('-', "_")).collect();
    let known: BTreeSet<String> = CRATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(named, known, "Cargo.toml and the table of crates differ");
}

#[test]
fn only_the_edge_sees_the_world() {
    for file in sources().iter().filter(|file| !file.is_below(WORLD)) {
        let used = imports(&file.code, "std::");
        for module in ["fs", "env", "process", "thread"] {
            assert!(!used.contains(module), "src/{} uses std::{module}", file.path);
        }
        for word in ["SystemTime", "Instant", "TcpStream", "UdpSocket", "UnixStream"] {
            assert!(!file.code.contains(word), "src/{} uses {word}", file.path);
        }
    }
}

#[test]
fn no_forbidden_words() {
    for file in sources() {
        for word in FORBIDDEN.iter().filter(|word| **word != "process::exit" || file.path != "main.rs") {
            let mut places = file.code.match_indices(word);
            let is_used = places.any(|(at, _)| !word.ends_with('!') || begins_word(&file.code, at));
            assert!(!is_used, "src/{} uses {word}", file.path);
        }
    }
}

#[test]
fn files_are_short_and_clean() {
    for (folder, ending) in [("src", "rs"), ("tests", "rs"), ("rules", "md")] {
        for (path, text) in files(folder, ending) {
            let mut is_block = false;
            let lines = text.lines().count();
            assert!(lines <= MOST_LINES, "{folder}/{path} has {lines} lines, more than {MOST_LINES}");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{folder}/{path} does not end in one line break");
            for (index, line) in text.lines().enumerate() {
                is_block ^= line.starts_with("```");
                let place = format!("{folder}/{path}:{}", index + 1);
                assert!(line == line.trim_end(), "{place} has blanks at its end");
                assert!(is_block || !line.contains('\t'), "{place} has a tab");
            }
        }
    }
    let main = fs::read_to_string(root().join("src/main.rs")).expect("main.rs is there");
    assert!(main.lines().count() <= 30, "main.rs has more than 30 lines");
}

#[test]
fn each_rule_is_a_file_of_its_name() {
    let expected = rules::ALL
        .iter()
        .map(|rule| format!("{}_{}.rs", rule.code.as_str().to_lowercase(), rule.name.replace('-', "_")));
    let expected: BTreeSet<String> = expected.collect();
    let is_rule = |name: &String| name.starts_with("cg") || name.starts_with("ch");
    let found: BTreeSet<String> = files("src/rules", "rs").into_iter().map(|(path, _)| path).filter(is_rule).collect();
    assert_eq!(found, expected, "files of src/rules and the list of rules differ");
    let names: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules::ALL.len(), "two rules have one name");
}

#[test]
fn codes_of_the_reader_are_rules() {
    let mut used = BTreeSet::new();
    for file in sources().iter().filter(|file| file.module() != "rules") {
        for (at, _) in file.code.match_indices("Code::new(\"") {
            used.insert(file.code[at + 11..].split('"').next().expect("a split has a first part").to_owned());
        }
    }
    let reader = rules::ALL.iter().filter(|rule| matches!(rule.check, Check::Reader));
    let reader: BTreeSet<String> = reader.map(|rule| rule.code.to_string()).collect();
    assert_eq!(used, reader, "codes that the reader uses and rules of the reader differ");
}
