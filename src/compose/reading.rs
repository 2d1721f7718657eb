//! Files as trees, and what reading them had to say.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

use super::{LoadError, LoadRequest, merge};
use crate::{
    diag::{Code, Diagnostic, Label, Place, Severity},
    source::{self, EntryKind, Files, SourceMap, Span},
    yaml::{self, Origin, Tree, Value},
};

/// A text that is no Compose model.
pub(super) const SCHEMA_VIOLATION: Code = Code::new("CG003");
/// Files that do not fit together.
pub const INCONSISTENT: Code = Code::new("CG008");

/// Nodes that the documents of a project may have together, each document counted as often as
/// `include` and `extends` bring it in. Two entries that include the same file, in a file that is
/// itself included twice, and so on, are 2^n documents; Compose reads them all.
const MAX_BROUGHT_IN: usize = 10_000_000;
/// What a document costs beside its nodes: a model is laid on, validated and made canonical.
const DOCUMENT: usize = 1_000;
/// How many files or services may bring in one another, one behind the other.
pub(super) const MAX_CHAIN: usize = 100;

/// What all files of a run share.
pub(super) struct Reading<'a> {
    pub(super) request: &'a LoadRequest,
    pub(super) files: &'a dyn Files,
    pub(super) sources: &'a mut SourceMap,
    pub(super) trees: Vec<Tree>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where among them a code speaks of a place.
    said: HashMap<(Code, Option<Span>), Vec<usize>>,
    /// How many of them that says.
    counted: usize,
    /// Values that want quotes.
    pub(super) bare: Vec<Origin>,
    /// Whether Compose goes on; errors among the findings say the same.
    pub(super) is_accepted: bool,
    /// A file or a service that belongs to the project could not be had.
    pub(super) is_cut: bool,
    /// Nodes of all documents so far.
    brought_in: usize,
    /// What the address pools of all documents took so far.
    compared: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        request: &'a LoadRequest,
        files: &'a dyn Files,
        sources: &'a mut SourceMap,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        Self {
            request,
            files,
            sources,
            trees: Vec::new(),
            diagnostics,
            said: HashMap::new(),
            counted: 0,
            bare: Vec::new(),
            is_accepted: true,
            is_cut: false,
            brought_in: 0,
            compared: 0,
        }
    }

    pub(super) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Reports an error once, however often it is met.
    pub(super) fn refuse(&mut self, problem: Diagnostic) {
        if !self.is_said(&problem) {
            self.diagnostics.push(problem);
        }
    }

    fn is_said(&mut self, problem: &Diagnostic) -> bool {
        let key = |problem: &Diagnostic| (problem.code, problem.place.span());
        for (at, earlier) in self.diagnostics.iter().enumerate().skip(self.counted) {
            self.said.entry(key(earlier)).or_default().push(at);
        }
        self.counted = self.diagnostics.len();
        self.said.get(&key(problem)).is_some_and(|places| places.iter().any(|at| self.diagnostics[*at] == *problem))
    }

    /// Whether so many more nodes may be read or laid on, for a document that begins there;
    /// says so once when not.
    pub(super) fn has_room(&mut self, nodes: usize, document: Span) -> bool {
        self.brought_in = self.brought_in.saturating_add(nodes + DOCUMENT);
        let is_full = self.brought_in > MAX_BROUGHT_IN;
        if is_full {
            let message = format!("`include`, `extends` and documents bring in more than {MAX_BROUGHT_IN} nodes");
            self.refuse_limit(Some(Span::new(document.file, document.range().start, document.range().start)), message);
        }
        !is_full
    }

    /// Lays a document on what is read already.
    pub(super) fn lay_on(&mut self, model: &mut Value, document: Value) {
        merge::merge(model, document, &mut self.diagnostics, &mut self.compared);
    }

    /// Refuses what is beyond a limit, once for each limit.
    pub(super) fn refuse_limit(&mut self, span: Option<Span>, message: String) {
        let is_said = |problem: &Diagnostic| problem.code == yaml::LIMIT && problem.message == message;
        if !self.diagnostics.iter().any(is_said) {
            self.refuse_at(yaml::LIMIT, span, message, Vec::new());
        }
    }

    /// Refuses the value at `span`, or the project as a whole where no text says it.
    pub(super) fn refuse_at(&mut self, code: Code, span: Option<Span>, message: String, related: Vec<Label>) {
        let place = span.map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
        let mut problem = Diagnostic::new(code, Severity::Error, message, place);
        problem.related = related;
        self.refuse(problem);
    }

    /// Reads the files of the request; indices of their trees, in order.
    ///
    /// # Errors
    /// When one is not there or cannot be read.
    pub(super) fn named_files(&mut self) -> Result<Vec<usize>, LoadError> {
        let mut out = Vec::with_capacity(self.request.files.len());
        for path in &self.request.files {
            let stdin = self.request.stdin.as_ref().filter(|_| path.as_os_str() == "-");
            let shown = if stdin.is_some() { Path::new("<stdin>") } else { path };
            let read = match stdin {
                Some(text) if text.len() > SourceMap::MAX_BYTES => Err(io::ErrorKind::FileTooLarge.into()),
                Some(text) => Ok(text.clone()),
                None => self.files.read(&self.request.working_directory.join(path), SourceMap::MAX_BYTES),
            };
            let tree = self.tree_of(shown, read).map_err(|source| LoadError::Read { path: path.clone(), source })?;
            out.extend(tree);
        }
        Ok(out)
    }

    /// Reads a file that another file names; `None` where there is nothing to go on with.
    pub(super) fn referred_file(&mut self, path: &Path, by: Option<Span>) -> Option<usize> {
        let shown = path.strip_prefix(&self.request.working_directory).unwrap_or(path).to_owned();
        if let Some(at) = self.known(&shown) {
            return Some(at);
        }
        let read = self.files.read(path, SourceMap::MAX_BYTES);
        match self.tree_of(&shown, read) {
            Ok(tree) => {
                self.is_cut |= tree.is_none_or(|tree| self.trees[tree].is_incomplete);
                tree
            }
            Err(error) => {
                self.is_cut = true;
                let message = format!("the file `{}` cannot be read: {}", shown.display(), words(&error));
                self.refuse_at(INCONSISTENT, by, message, Vec::new());
                None
            }
        }
    }

    /// The tree of a file that was read before.
    fn known(&self, shown: &Path) -> Option<usize> {
        self.trees.iter().position(|tree| self.sources.file(tree.file).path() == shown)
    }

    fn tree_of(&mut self, shown: &Path, read: io::Result<Vec<u8>>) -> io::Result<Option<usize>> {
        let place = || Place::File(shown.display().to_string());
        let bytes = match read {
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                let message = format!("`{}` is larger than {} MiB", shown.display(), SourceMap::MAX_BYTES >> 20);
                let help = "a Compose file is some kilobytes; is the path right?";
                self.refuse(Diagnostic::new(yaml::LIMIT, Severity::Error, message, place()).with_help(help));
                return Ok(None);
            }
            read => read?,
        };
        match source::decode(bytes) {
            Ok((text, is_exact)) => {
                let file = self.sources.add(shown, text, is_exact);
                let (tree, problems) = yaml::parse(file, self.sources);
                self.diagnostics.extend(problems);
                self.trees.push(tree);
                Ok(Some(self.trees.len() - 1))
            }
            Err(error) => {
                let message = format!("`{}` is no text: {error}", shown.display());
                let problem = Diagnostic::new(yaml::SYNTAX_ERROR, Severity::Error, message, place());
                self.refuse(problem.with_help("Compose files are UTF-8"));
                Ok(None)
            }
        }
    }

    /// Refuses a project whose files say nothing at all.
    pub(super) fn empty(&mut self) {
        let place = match self.trees.first() {
            Some(tree) => Place::Source(Span::new(tree.file, 0, 0).into()),
            None => Place::File(String::new()),
        };
        let problem = Diagnostic::new(SCHEMA_VIOLATION, Severity::Error, "the file is empty", place);
        self.refuse(problem.with_help("a Compose file has a mapping at its top, with `services`"));
    }

    /// Whether something at `path` is a folder.
    pub(super) fn is_folder(&self, path: &Path) -> bool {
        matches!(self.files.kind(path), Ok(Some(EntryKind::Directory)))
    }

    /// Absolute path of a tree's file.
    pub(super) fn path_of(&self, tree: usize) -> PathBuf {
        self.files.resolve(&self.request.working_directory.join(self.sources.file(self.trees[tree].file).path()))
    }
}

/// What the disk said, in words that do not depend on the system.
fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "the permission is missing".to_owned(),
        _ => error.to_string(),
    }
}
