//! What is known of the images that a project builds: the facts that rules read.

use std::collections::BTreeMap;

use super::recipe::Recipe;
use crate::{
    diag::Edit,
    observed::Observed,
    source::{FileId, Span},
};

/// Images that the project builds, by service.
#[derive(Debug, Default)]
pub struct BuiltImages {
    pub(super) by_service: BTreeMap<String, BuiltImage>,
}

impl BuiltImages {
    /// The image of a service; `None` for a service that builds none.
    pub fn get(&self, service: &str) -> Option<&BuiltImage> {
        self.by_service.get(service)
    }

    /// All images with their services' names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &BuiltImage)> {
        self.by_service.iter().map(|(name, image)| (name.as_str(), image))
    }
}

/// The image of one service.
#[derive(Debug)]
pub struct BuiltImage {
    /// The Dockerfile, where it could be read.
    pub dockerfile: Option<FileId>,
    /// What of the project the service starts, in order; unknown with the reason.
    pub starts: Observed<Vec<Start>>,
    /// The way to the image, where the Dockerfile and its target could be read.
    pub recipe: Option<Recipe>,
    /// The words that its own ENTRYPOINT and CMD start with, and their places, where the service says
    /// neither.
    pub command: Vec<(String, Span)>,
    /// The interpreter that the build or the service starts and that the image lacks.
    pub no_interpreter: Option<NoInterpreter>,
    /// What of the build is not there.
    pub faults: Vec<BuildFault>,
}

/// A module or a script that a service starts.
#[derive(Clone, Debug)]
pub struct Start {
    /// Which.
    pub program: Program,
    /// The bytes that say so: the word, or the command around it; in the Compose file or, for
    /// an image's own command, in the Dockerfile.
    pub place: Option<Span>,
    /// The script that starts it, as words for a reader, where one does: of `package.json`, or of a shell.
    pub through: Option<String>,
    /// Whether the image holds it.
    pub held: Held,
}

/// What is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A Python module by its dotted name.
    Module(String),
    /// A Python script by its path, as written.
    Script(String),
    /// A shell script, or another file by its path.
    File(String),
    /// A program that is not followed further, by its name: another language's, or a binary.
    Other(String),
}

/// Whether an image holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// It does.
    Present,
    /// It does not, and everything that could bring it was looked at.
    Absent(Box<Absence>),
    /// It holds the package, which has no such module.
    Gap(Box<Gap>),
    /// It holds the package, at this path of the build context, but nothing in it that Python could run.
    NotRunnable(String),
    /// It holds the script, at this path of the build context, whose first line ends in a carriage return.
    CarriageReturn(String),
    /// It holds the script, and nobody may execute it.
    NotExecutable {
        /// Its path in the build context.
        file: String,
        /// The COPY and ADD lines of its folder, which keep modes.
        copies: Vec<Span>,
    },
    /// It holds it, and a mount lies over it without it.
    Hidden(Box<Hiding>),
    /// It cannot be told, and why, as one clause.
    Unknown(String),
}

/// The proof that an image lacks a module or a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The module's first name, or the script's path: what is said not to be found.
    pub package: String,
    /// Folders of the image that Python searches.
    pub searched: Vec<String>,
    /// The WORKDIR line, where there is one.
    pub workdir: Option<Span>,
    /// The COPY and ADD lines of the image that take from the build context.
    pub copies: Vec<Span>,
    /// Where the build context has it: a path relative to the context; empty where it has it nowhere.
    pub located: String,
    /// A file of the same folder of the image whose name is near.
    pub near: Option<String>,
    /// Where else the image has it: places that are not searched.
    pub places: Vec<String>,
    /// Whether that is a folder.
    pub is_folder: bool,
    /// The line of `.dockerignore` that keeps it out, where one does.
    pub ignored_by: Option<Span>,
    /// A COPY line in the style of its siblings, and where it goes.
    pub copy_line: Option<CopyLine>,
}

/// A line to add to a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyLine {
    /// The instruction, as it will stand there.
    pub text: String,
    /// The edit that puts it there.
    pub edit: Edit,
}

/// Why a build cannot succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildFault {
    /// The build context is not there, or is no folder.
    NoContext,
    /// The Dockerfile is not there.
    NoDockerfile,
    /// The Dockerfile has no stage of the name that `target` says.
    NoTarget {
        /// The stages that have a name.
        stages: Vec<String>,
    },
    /// COPY or ADD takes something that is not in the context.
    NoSource {
        /// Relative to the context.
        path: String,
        /// The instruction's bytes.
        place: Span,
        /// The line of `.dockerignore` that keeps it out, where it is on the disk.
        ignored_by: Option<Span>,
        /// Whether the project's folder, which is not the context, has it at the same path.
        is_beside: bool,
    },
    /// COPY or RUN takes files from a stage that is not there.
    NoStage {
        /// The name that stands there.
        name: String,
        /// The stage that is meant.
        meant: String,
        /// The name's bytes, or the instruction's.
        place: Span,
    },
    /// FROM uses an argument that no ARG before the first FROM declares.
    UndeclaredArgument {
        /// The argument.
        name: String,
        /// Its bytes behind FROM.
        place: Span,
        /// The ARG of an earlier stage that declares it for that stage alone.
        inside: Option<Span>,
        /// Whether the reference is none with the argument empty.
        is_fatal: bool,
        /// The ARG line before the first FROM, where the default is known.
        line: Option<CopyLine>,
    },
}

/// What a package lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The package by its dotted name.
    pub package: String,
    /// The module that it lacks.
    pub name: String,
    /// The package's folder in the build context.
    pub folder: String,
    /// Some of the modules that it has, sorted.
    pub others: Vec<String>,
    /// The COPY and ADD lines that bring the package.
    pub copies: Vec<Span>,
}

/// A mount that hides what a service starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hiding {
    /// The mount's bytes; `None` where it has no place of its own.
    pub place: Option<Span>,
    /// Where it lies in the container.
    pub target: String,
    /// The folder of the host, as written; empty for a `tmpfs`.
    pub source: String,
    /// What is not in there, as a path of the container.
    pub path: String,
    /// The COPY and ADD lines whose work it hides.
    pub copies: Vec<Span>,
    /// Where the build context has it.
    pub located: String,
}

/// An interpreter that a service or its build starts and that its image does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoInterpreter {
    /// `python` or `python3`; `pip` or `pip3` too where the build starts it.
    pub name: String,
    /// Whether a RUN line starts it.
    pub is_built: bool,
    /// The word that starts it, or the command around it.
    pub place: Option<Span>,
    /// The bytes of the image behind FROM, which has no Python.
    pub base: Span,
    /// The RUN line that installs `python3`, where one does.
    pub python3: Option<Span>,
}
