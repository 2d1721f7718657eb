//! Is a script that the kernel is to start executable in the image? COPY keeps the mode that the file has in
//! the build context, where nothing says otherwise.
//!
//! Apart from `script` because modes are only known where something shows that they survive on this disk.
//! Source: Dockerfile reference, "COPY --chmod".

use super::{
    chain,
    command::Start,
    context::read,
    effects::{self, scripts},
    listed::Effect,
    place::{join, name, parent},
    question::Question,
    requirement::Names,
    stage::StepKind,
};
use crate::source::EntryKind;

/// Bytes of `.git/config` that are read, and names in a folder that are looked at.
const MAX_BYTES: usize = 1 << 16;
const MAX_NAMES: usize = 200;

/// Words of a RUN line that may change a mode.
const CHANGES: &[&str] = &["chmod", "setfacl", "install -", "cp ", "rsync"];

impl Question<'_> {
    /// Whether the file at a path of the build context, which the image takes, lacks the mode to be executed.
    ///
    /// # Errors
    /// Why it is not known, as one clause.
    pub(super) fn lacks_mode(&self, start: &Start, found: &str) -> Result<bool, String> {
        if self.is_executable(found) || !self.has_modes(found) {
            return Ok(false);
        }
        // The entrypoint of Node's image gives to `node` what is not executable.
        if self.starts_in_node_image() || start.before.iter().any(|command| command.words.iter().any(is_chmod)) {
            return Err("its mode may not count".to_owned());
        }
        for stage in chain::needed(self.holder.stages, self.stage) {
            for step in &self.holder.stages[stage].steps {
                let may_change = match &step.kind {
                    StepKind::Copy(copy) => copy.written.flags.iter().any(|flag| flag.name == "chmod"),
                    StepKind::Run { run, shell, .. } => scripts(run, shell).is_none_or(|texts| {
                        texts.iter().any(|text| CHANGES.iter().any(|change| text.contains(change)))
                    }),
                    StepKind::Unknown(_) => true,
                };
                if may_change {
                    return Err("a step may make it executable".to_owned());
                }
            }
        }
        let names = Names { module: name(found).to_owned(), distributions: Vec::new() };
        match effects::of_stage(self.holder, self.stage, &names, &[]) {
            Effect::None => Ok(true),
            Effect::May(reason) => Err(reason),
        }
    }

    fn is_executable(&self, path: &str) -> bool {
        let context = self.holder.context;
        matches!(context.files().kind(&context.on_disk(path)), Ok(Some(EntryKind::File { is_executable: true, .. })))
    }

    /// Whether modes mean anything on this disk: git has tested it, or a file beside is executable.
    /// Source: git-config(1), `core.fileMode`, which `git init` and `git clone` write after a probe.
    fn has_modes(&self, path: &str) -> bool {
        let context = self.holder.context;
        let says = |folder: &std::path::Path| {
            let bytes = read(context.files(), &folder.join(".git").join("config"), MAX_BYTES).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
            text.lines().find_map(|line| {
                let (name, value) = line.split_once('=')?;
                (name.trim() == "filemode").then(|| value.trim() == "true")
            })
        };
        says(&context.on_disk("/")).or_else(|| says(self.project)).unwrap_or_else(|| {
            let folder = parent(path);
            let names = context.files().list(&context.on_disk(folder), MAX_NAMES).unwrap_or_default();
            names.iter().any(|name| self.is_executable(&join(folder, name)))
        })
    }
}

fn is_chmod(word: &super::shell::Token) -> bool {
    word.text == "chmod"
}
