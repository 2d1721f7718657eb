//! How a run ends: four numbers, and the errors behind two of them.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::compose::LoadError;

/// The process's last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings, or a project that Compose refuses.
    Findings = 1,
    /// Wrong use.
    Usage = 2,
    /// The job could not be done.
    Failed = 3,
}

/// Why a verb could not do its job.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The configuration says what it cannot say; the text begins with the place.
    #[error("{0}")]
    Configuration(String),
    /// A file cannot be read.
    #[error("cannot read {}: {}", path.display(), reason(source))]
    Read {
        /// As the user named it.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {}", path.display(), reason(source))]
    Write {
        /// As the user named it.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// No Compose file where one was looked for.
    #[error("no Compose file found in {place}; name one with `-f`")]
    NothingFound {
        /// A phrase for the folders that were looked into.
        place: String,
    },
    /// The host's facts cannot be used.
    #[error("{0}")]
    Host(String),
    /// The project holds what JSON cannot say; the text begins with the place.
    #[error("{0}")]
    NotJson(String),
    /// The host cannot give what the project asks for; one line a reason.
    #[error("{0}")]
    Unlowerable(String),
}

impl CliError {
    /// A file that cannot be read.
    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    /// A file that cannot be written.
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    /// The number that the process ends with.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::Configuration(_) => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}

impl From<LoadError> for CliError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Read { path, source } => Self::Read { path, source },
        }
    }
}

/// The disk's words in ours: lower case, without the number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is no directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::FileTooLarge => "is too large".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut chars = text.chars();
            let first = chars.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
            first + chars.as_str()
        }
    }
}
