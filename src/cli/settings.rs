//! What the arguments mean: the surroundings of the process, and what to load.

use std::{
    collections::BTreeMap,
    env,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};

use super::{
    args::{ColorWhen, ProjectArgs},
    exit::CliError,
};
use crate::{compose::LoadRequest, report::Look};

/// Columns of a report that goes to a file or a pipe.
const PIPE_WIDTH: usize = 100;

/// What the process was started in.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// The folder the user stands in, absolute.
    pub(super) working_directory: PathBuf,
    /// Variables; those that are not UTF-8 are shown with marks.
    pub(super) environment: BTreeMap<String, String>,
    color: ColorWhen,
    is_terminal_out: bool,
    is_terminal_err: bool,
}

impl Surroundings {
    /// Looks at the process.
    ///
    /// # Errors
    /// When the current folder is gone.
    pub(super) fn of_process(color: ColorWhen) -> Result<Self, CliError> {
        let working_directory = env::current_dir().map_err(|source| CliError::read(Path::new("."), source))?;
        let lossy = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
        };
        Ok(Self {
            working_directory,
            environment: env::vars_os().map(lossy).collect(),
            color,
            is_terminal_out: io::stdout().is_terminal(),
            is_terminal_err: io::stderr().is_terminal(),
        })
    }

    /// A variable that is set and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Path from the repository's root to the folder the user stands in, where a CI job says which that is:
    /// what shows annotations and logs takes paths from the root.
    pub(super) fn path_prefix(&self) -> String {
        let root = self.variable("GITHUB_WORKSPACE").map(Path::new);
        let below = root.and_then(|root| self.working_directory.strip_prefix(root).ok());
        below.map(|below| below.display().to_string()).unwrap_or_default()
    }

    /// Whether a person watches: standard output goes to a terminal.
    pub(super) fn is_watched(&self) -> bool {
        self.is_terminal_out
    }

    /// Whether standard error goes to a terminal.
    pub(super) fn is_err_watched(&self) -> bool {
        self.is_terminal_err
    }

    /// How to draw on standard output.
    pub(super) fn look(&self) -> Look {
        self.look_of(self.is_terminal_out)
    }

    /// How to draw on standard error.
    pub(super) fn look_err(&self) -> Look {
        self.look_of(self.is_terminal_err)
    }

    fn look_of(&self, is_terminal: bool) -> Look {
        let columns = self.columns(is_terminal);
        Look {
            is_coloured: self.is_coloured(is_terminal),
            is_unicode: self.is_unicode(),
            has_links: self.has_links(is_terminal),
            width: columns.or((!is_terminal).then_some(PIPE_WIDTH)),
        }
    }

    /// Columns of a table on standard output; a pipe has no end of them.
    #[cfg(feature = "probe")]
    pub(super) fn table_width(&self) -> Option<usize> {
        self.columns(self.is_terminal_out)
    }

    /// What the user says, else what the terminal says.
    fn columns(&self, is_terminal: bool) -> Option<usize> {
        let said = self.variable("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        said.or_else(|| is_terminal.then(terminal).flatten())
    }

    // NO_COLOR: no-color.org. CLICOLOR and CLICOLOR_FORCE: bixense.com/clicolors.
    // FORCE_COLOR: force-color.org.
    fn is_coloured(&self, is_terminal: bool) -> bool {
        let is_on = |name: &str| self.variable(name).is_some_and(|value| value != "0");
        let is_off = |name: &str, value: &str| self.variable(name) == Some(value);
        match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto if self.variable("NO_COLOR").is_some() => false,
            ColorWhen::Auto if is_on("FORCE_COLOR") || is_on("CLICOLOR_FORCE") => true,
            ColorWhen::Auto => is_terminal && !is_off("TERM", "dumb") && !is_off("CLICOLOR", "0"),
        }
    }

    /// As programs that draw links agree on: FORCE_HYPERLINK says, else a terminal that takes colours has them.
    fn has_links(&self, is_terminal: bool) -> bool {
        match self.variable("FORCE_HYPERLINK") {
            Some(said) => !matches!(said, "" | "0"),
            None => is_terminal && self.is_coloured(is_terminal),
        }
    }

    /// Without a locale at all (a container, a CI job) UTF-8 is the safer guess.
    fn is_unicode(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.variable(name));
        let is_utf8 = locale.is_none_or(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"));
        is_utf8 && self.variable("TERM") != Some("linux")
    }
}

/// What to load for a project's flags; `files` are the ones that were chosen.
pub(super) fn load_request(args: &ProjectArgs, files: Vec<PathBuf>, world: &Surroundings) -> LoadRequest {
    LoadRequest {
        files,
        stdin: None,
        working_directory: world.working_directory.clone(),
        project_directory: args.project_directory.clone(),
        project_name: args.project_name.clone(),
        env_files: args.env_files.clone(),
        environment: world.environment.clone(),
        profiles: args.profiles.clone(),
        is_each_profile: false,
        is_interpolated: true,
        lacks_base: false,
    }
}
