//! Where a build context keeps a module, and under which names packages may bring it.
//!
//! Apart from `answer`, which proves that an image lacks it.

use std::collections::BTreeSet;

use super::{
    context::{Context, Entry, source_path},
    from::From,
    place::{below, join, parent},
    question::Question,
    requirement::{self, Names},
    stage::StepKind,
};

/// A module in the build context.
pub(super) struct Located {
    /// Its first name's folder or file.
    pub(super) path: String,
    pub(super) is_folder: bool,
    /// The file or folder of the whole dotted name.
    pub(super) whole: String,
}

impl Question<'_> {
    /// The package around a module's place in the context.
    pub(super) fn package_at(&self, inner: &str) -> Option<Located> {
        let path = parent(inner).to_owned();
        (path != "/").then(|| Located { whole: path.clone(), path, is_folder: true })
    }

    /// Looks where modules are kept: the context's root, `src`, the folders that COPY lines take from and
    /// those beside them, and the folders that are searched below the working directory.
    pub(super) fn locate(&self, parts: &[&str], may_end_in_variable: bool, searched: &[String]) -> Option<Located> {
        let context = self.holder.context;
        let workdir = self.holder.stages[self.stage].workdir.as_deref();
        let inner = searched.iter().filter_map(|folder| below(folder, workdir?)).filter(|rest| !rest.is_empty());
        let mut folders: Vec<String> = inner.map(|rest| join("/", rest)).collect();
        folders.push("/".to_owned());
        for step in self.steps() {
            let StepKind::Copy(copy) = &step.kind else { continue };
            if copy.from != From::Context {
                continue;
            }
            for source in copy.sources.iter().flatten() {
                let source = source_path(source);
                folders.extend([parent(&source).to_owned(), source]);
            }
        }
        folders.push("/src".to_owned());
        let mut seen = BTreeSet::new();
        folders.retain(|folder| seen.insert(folder.clone()));
        let shorter = (may_end_in_variable && parts.len() > 1).then(|| &parts[..parts.len() - 1]);
        let forms = std::iter::once(parts).chain(shorter);
        forms.flat_map(|parts| folders.iter().map(move |folder| (folder, parts))).find_map(|(folder, parts)| {
            let package = join(folder, parts[0]);
            let file = format!("{package}.py");
            if parts.len() == 1 && context.entry(&file) == Entry::File {
                return Some(Located { path: file.clone(), is_folder: false, whole: file });
            }
            let whole = whole_of(context, &package, &parts[1..])?;
            Some(Located { path: package, is_folder: true, whole })
        })
    }
}

/// The file of a dotted name below its package's folder.
pub(super) fn whole_of(context: &Context<'_>, package: &str, rest: &[&str]) -> Option<String> {
    let whole = rest.iter().fold(package.to_owned(), |path, part| join(&path, part));
    let own = (!rest.is_empty()).then(|| format!("{whole}.py"));
    let named = own.into_iter().chain([format!("{whole}/__main__.py"), format!("{whole}/__init__.py")]);
    named.into_iter().find(|path| context.entry(path) == Entry::File)
}

/// Under which names packages may bring the module: its own, and what the projects around it
/// in the context call themselves.
pub(super) fn names(context: &Context<'_>, package: &str, located: &Located) -> Names {
    const MAX_BYTES: usize = 1 << 20;
    let mut names = Names { module: package.to_owned(), distributions: Vec::new() };
    let folders = [located.path.as_str(), parent(&located.path), parent(parent(&located.path))];
    for folder in folders {
        for file in ["pyproject.toml", "setup.py", "setup.cfg"] {
            let text = context.text(&join(folder, file), MAX_BYTES).unwrap_or_default();
            names.distributions.extend(requirement::distributions(&text));
        }
    }
    names
}
