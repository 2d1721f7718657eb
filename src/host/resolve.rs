//! Which file's device a CDI reader takes for a qualified name.
//!
//! Later folders outrank earlier ones. A name that two files of one rank define is taken out for
//! good, even where a folder of higher rank defines it too: seen on engine 28.5.2, and in the CDI
//! library's cache.go (`refresh`, v1.1.0), which deletes conflicting names last.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cdi, DeviceProblem, SpecDevice, SpecDir, SpecOutcome, SpecText};

/// The devices that a reader of some folders resolves.
#[derive(Clone, Debug, Default)]
pub struct CdiLookup<'a> {
    /// By qualified name.
    pub devices: BTreeMap<String, ResolvedDevice<'a>>,
    /// Names that two files of one folder define, with the files; no reader resolves them.
    pub conflicts: BTreeMap<String, Vec<&'a str>>,
    /// Spec files that are refused whole, with the reason.
    pub rejected: Vec<(&'a str, &'a str)>,
    /// Folders and files of which the content is not known, with the reason.
    pub unseen: Vec<(String, String)>,
}

/// The device that a name stands for.
#[derive(Clone, Debug)]
pub struct ResolvedDevice<'a> {
    /// The file that won.
    pub file: &'a str,
    /// Its spec.
    pub spec: &'a SpecText,
    /// The device in it.
    pub device: &'a SpecDevice,
    /// Files of lower rank that define the name too.
    pub shadowed: Vec<&'a str>,
    rank: usize,
}

impl<'a> ResolvedDevice<'a> {
    /// Everything that is wrong with it: its own and what its whole file needs.
    pub fn problems(&self) -> impl Iterator<Item = &'a DeviceProblem> + use<'a> {
        self.spec.problems.iter().chain(&self.device.problems)
    }

    /// Environment that it brings into the container, the file's first.
    pub fn env(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.spec.env.iter().chain(&self.device.env).map(String::as_str)
    }
}

impl Cdi {
    /// The folder of this path, or of the same folder under another name.
    pub fn dir(&self, path: &str) -> Option<&SpecDir> {
        let is_same = |dir: &&SpecDir| dir.path == path || dir.real_path.as_deref() == Some(path);
        self.dirs.iter().find(|dir| dir.path == path).or_else(|| self.dirs.iter().find(is_same))
    }

    /// What a reader of `dirs`, in this order, resolves.
    pub fn lookup(&self, dirs: &[impl AsRef<str>]) -> CdiLookup<'_> {
        let mut out = CdiLookup::default();
        let mut seen = BTreeSet::new();
        for (rank, path) in dirs.iter().map(AsRef::as_ref).enumerate() {
            let Some(dir) = self.dir(path) else {
                out.unseen.push((path.to_owned(), "the folder was not looked into".to_owned()));
                continue;
            };
            // A folder named twice is one folder; its last place counts, and so does its only reading.
            if seen.insert(dir.real_path.as_deref().unwrap_or(&dir.path)) {
                out.take(dir, rank);
            }
        }
        for name in out.conflicts.keys() {
            out.devices.remove(name);
        }
        out
    }
}

impl<'a> CdiLookup<'a> {
    fn take(&mut self, dir: &'a SpecDir, rank: usize) {
        if let Some(reason) = &dir.unreadable {
            self.unseen.push((dir.path.clone(), reason.clone()));
        }
        for file in &dir.files {
            match &file.outcome {
                SpecOutcome::Read(spec) => {
                    spec.devices.iter().for_each(|device| self.add(&file.path, spec, device, rank));
                }
                SpecOutcome::Rejected { reason } => self.rejected.push((&file.path, reason)),
                SpecOutcome::Unreadable { reason } => self.unseen.push((file.path.clone(), reason.clone())),
            }
        }
    }

    fn add(&mut self, file: &'a str, spec: &'a SpecText, device: &'a SpecDevice, rank: usize) {
        let name = format!("{}={}", spec.kind, device.name);
        let mut new = ResolvedDevice { file, spec, device, shadowed: Vec::new(), rank };
        if let Some(old) = self.devices.remove(&name) {
            if old.rank == rank {
                let files = self.conflicts.entry(name.clone()).or_insert_with(|| vec![old.file]);
                files.push(file);
                new.shadowed = old.shadowed;
            } else {
                new.shadowed = old.shadowed;
                new.shadowed.push(old.file);
            }
        }
        self.devices.insert(name, new);
    }
}
