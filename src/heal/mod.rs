//! Files that mend a host: what `doctor` found, as changes of daemon.json and config.toml and as units
//! of systemd, for a person to look at and to install.
//!
//! Nothing here touches a disk. The texts of the files as they are come in, whole files and the commands
//! that install them go out; where a text is not known, the changes are named and no file is made.

mod changes;
mod config_toml;
mod daemon_json;
mod readme;
mod units;

use crate::{diag::Code, host::HostFacts, rules};

/// A configuration file as the host has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Original {
    /// There is none.
    Absent,
    /// It says this.
    Text {
        /// Its text.
        text: String,
        /// Its permissions, as `chmod` takes them.
        mode: u32,
    },
    /// Its text is not to hand, for this reason.
    Unknown(String),
}

/// The two files that a proposal changes, as the host has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Originals {
    /// The engine's daemon.json.
    pub daemon_json: Original,
    /// The toolkit's config.toml.
    pub config_toml: Original,
}

/// What would mend a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Files to install.
    pub files: Vec<ProposedFile>,
    /// Changes of files whose text is not to hand, or cannot be edited.
    pub by_hand: Vec<ByHand>,
    /// What to run once the files are in place, in order.
    pub commands: Vec<String>,
    /// Packages that have to be there before.
    pub packages: Vec<String>,
}

/// A file to install.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedFile {
    /// Where it belongs on the host.
    pub path: String,
    /// The whole file.
    pub text: String,
    /// Permissions to install it with.
    pub mode: u32,
    /// What is new in it, a line each.
    pub changes: Vec<String>,
}

/// A file that a person has to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Where it is on the host.
    pub path: String,
    /// Why no file is proposed.
    pub reason: String,
    /// What to change, a line each.
    pub changes: Vec<String>,
}

impl Proposal {
    /// Whether there is nothing to do that a file or a command could.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.by_hand.is_empty() && self.commands.is_empty()
    }

    /// What a person reads first: what the files are, and the commands that install them.
    pub fn readme(&self, host: &HostFacts) -> String {
        readme::text(self, host)
    }
}

/// Where the engine's configuration is, or would be.
pub fn daemon_json_path(host: &HostFacts) -> &str {
    let file = host.toolkit.known().and_then(|toolkit| toolkit.daemon_json.known()?.as_ref());
    file.map_or("/etc/docker/daemon.json", |file| file.path.as_str())
}

/// Where the toolkit's configuration is, or would be.
pub fn config_toml_path(host: &HostFacts) -> &str {
    let file = host.toolkit.known().and_then(|toolkit| toolkit.config.known()?.as_ref());
    file.map_or("/etc/nvidia-container-runtime/config.toml", |file| file.path.as_str())
}

/// What would mend the host, as far as files can.
pub fn propose(host: &HostFacts, originals: &Originals) -> Proposal {
    let mut codes: Vec<Code> = rules::examine(host).diagnostics.iter().map(|finding| finding.code).collect();
    codes.dedup();
    let mut out = Proposal::default();
    let (daemon, config) = changes::of(host, &codes);
    let has_daemon = !daemon.is_empty();
    edit(daemon_json_path(host), &originals.daemon_json, daemon, daemon_json::edited, &mut out);
    edit(config_toml_path(host), &originals.config_toml, config, config_toml::edited, &mut out);
    units::add(host, &codes, &mut out);
    let is_rootless = host.docker.known().is_some_and(crate::host::Docker::is_rootless);
    if has_daemon || changes::is_restart_due(host, &codes) {
        let restart = if is_rootless { "systemctl --user restart docker" } else { "sudo systemctl restart docker" };
        out.commands.push(restart.to_owned());
    }
    out
}

/// One key and what becomes of it.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    key: Vec<String>,
    /// `None` takes the key out.
    to: Option<serde_json::Value>,
    code: Code,
    unlocks: &'static str,
}

impl Change {
    /// The change as a line for people.
    fn line(&self) -> String {
        let (key, code, unlocks) = (self.key.join("."), self.code, self.unlocks);
        match &self.to {
            Some(value) => format!("`{key}` becomes `{value}` ({code}): {unlocks}"),
            None => format!("`{key}` goes ({code}): {unlocks}"),
        }
    }
}

type Edit = fn(&str, &[Change]) -> Result<String, String>;

fn edit(path: &str, original: &Original, changes: Vec<Change>, edited: Edit, out: &mut Proposal) {
    if changes.is_empty() {
        return;
    }
    let lines = changes.iter().map(Change::line).collect();
    let (text, mode) = match original {
        Original::Absent => (Ok(""), 0o644),
        Original::Text { text, mode } => (Ok(text.as_str()), *mode),
        Original::Unknown(reason) => (Err(reason.clone()), 0),
    };
    match text.and_then(|text| edited(text, &changes)) {
        Ok(text) => out.files.push(ProposedFile { path: path.to_owned(), text, mode, changes: lines }),
        // What is no JSON or TOML now, no edit can keep.
        Err(reason) => out.by_hand.push(ByHand { path: path.to_owned(), reason, changes: lines }),
    }
}

/// A path for a shell.
fn quoted(path: &str) -> String {
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-~".contains(c));
    if is_plain { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
