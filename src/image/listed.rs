//! What a line of a shell may do about a module, and where it stands what is to be installed.

/// What a line may do about the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It brings nothing that could be the module.
    None,
    /// It may bring it; why, as one clause.
    May(String),
}

/// Where it stands what is to be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed<'a> {
    /// A requirements file, or a `package.json`.
    File(&'a str),
    /// A project's file, for what it depends on.
    Dependencies(&'a str),
    /// A project's file, for what it depends on and the project itself where it has a build system.
    Project(&'a str),
    /// The same where the project needs no build system to be installed, as Poetry has it.
    Package(&'a str),
}

impl<'a> Listed<'a> {
    /// The file's name.
    pub(super) fn file(&self) -> &'a str {
        let (Self::File(file) | Self::Dependencies(file) | Self::Project(file) | Self::Package(file)) = self;
        file
    }
}

/// Reads what lists packages, named from a folder: does it bring the module?
pub(super) type Requirements<'a> = &'a dyn Fn(Listed<'_>, Option<&str>) -> Effect;
