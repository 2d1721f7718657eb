//! No text makes a panic, and no edit touches more than it says: mutations of every fixture
//! and page, made by a fixed sequence of numbers so that a failure can be repeated.

#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use composegpu::{
    compose::{self, LoadRequest},
    gpu, image, rules,
    source::{MemoryFiles, SourceMap},
    yaml::{self, edit},
};

/// Numbers that look random and are the same in every run (xorshift).
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).expect("a remainder fits")
    }
}

fn yaml_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            yaml_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            out.push(path);
        }
    }
}

/// Everything that lint does to a text, short of printing.
fn judge(text: &[u8]) -> usize {
    let mut files = MemoryFiles::default();
    files.insert("/project/compose.yaml", text);
    let request = LoadRequest {
        files: vec!["compose.yaml".into()],
        working_directory: "/project".into(),
        is_interpolated: true,
        ..LoadRequest::default()
    };
    let mut sources = SourceMap::default();
    let loaded = compose::load(&request, &files, &mut sources).expect("the file is there");
    let images = image::collect(&loaded.project, &files, &mut sources);
    let requests = gpu::collect(&loaded.project);
    let cx = rules::ProjectCx { project: &loaded.project, requests: &requests, images: &images, sources: &sources };
    let found = rules::run(&cx, None);
    for finding in loaded.diagnostics.iter().chain(&found.diagnostics) {
        if let Some(span) = finding.place.span() {
            assert!(sources.file(span.file).text().get(span.range()).is_some(), "a span off the text: {finding:?}");
        }
    }
    let _ = compose::normalise(&loaded.project, compose::Form::Yaml, &files);
    found.diagnostics.len() + loaded.diagnostics.len()
}

const ODD: &[&str] = &[
    "\t",
    ":",
    "- ",
    "&a ",
    "*a",
    "!reset ",
    "!override",
    "<<: *a\n",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "|\n",
    ">-",
    "#",
    "${X:-",
    "$",
    "\r",
    "\n\n",
    "? ",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "\u{feff}",
    "\u{85}",
    "é",
    "0",
    "null",
    "~",
    "services:\n",
    "  ",
];

#[test]
fn no_mutation_of_a_fixture_makes_a_panic() {
    let mut paths = Vec::new();
    yaml_files(Path::new("fixtures/projects"), &mut paths);
    yaml_files(Path::new("fixtures/merge"), &mut paths);
    let mut sequence = Sequence(0x9e37_79b9_7f4a_7c15);
    let mut runs = 0;
    for path in &paths {
        let text = fs::read(path).expect("a fixture");
        for _ in 0..5 {
            let mut bytes = text.clone();
            for _ in 0..=sequence.next(3) {
                let at = sequence.next(bytes.len() + 1);
                match sequence.next(4) {
                    0 => bytes.truncate(at),
                    1 => drop(bytes.splice(at..at, ODD[sequence.next(ODD.len())].bytes())),
                    2 => drop(bytes.splice(at..(at + sequence.next(20)).min(bytes.len()), [])),
                    _ => bytes.insert(at, u8::try_from(sequence.next(256)).expect("a byte")),
                }
            }
            judge(&bytes);
            runs += 1;
        }
    }
    assert!(runs > 500, "only {runs} mutations ran");
}

/// Removing any one entry of a text leaves a text that reads as the same data without it.
#[test]
fn removing_an_entry_removes_it_and_nothing_else() {
    let mut paths = Vec::new();
    yaml_files(Path::new("fixtures/projects"), &mut paths);
    let mut removed = 0;
    for path in &paths {
        let text = fs::read_to_string(path).expect("a fixture");
        let mut sources = SourceMap::default();
        let file = sources.add(path, text.clone(), true);
        let (tree, _) = yaml::parse(file, &sources);
        let [root] = tree.documents[..] else { continue };
        for (id, node) in tree.iter() {
            let Some(parent) = node.parent else { continue };
            if tree.key_of(id).is_none() && !matches!(tree.node(parent).kind, yaml::NodeKind::Sequence { .. }) {
                continue;
            }
            let Some(edits) = edit::remove(edit::File { tree: &tree, text: &text }, id, root) else { continue };
            let edited = edit::apply(&text, &edits);
            let again = sources.add(path, edited.clone(), true);
            let (after, problems) = yaml::parse(again, &sources);
            assert!(problems.is_empty(), "{}: {problems:?}\n{edited}", path.display());
            // Behind an entry that is removed, that of a merge key may come to light.
            let before = yaml::resolve(&tree, root).value;
            let after = after.documents.first().map(|root| yaml::resolve(&after, *root).value).unwrap_or_default();
            assert!(after != before, "{}: nothing went with {:?}", path.display(), &text[node.span.range()]);
            removed += 1;
        }
    }
    assert!(removed > 500, "only {removed} removals ran");
}
