//! Does a mount hide the module or script that the image holds? The image is right, and the container
//! still does not find it.
//!
//! Said only of folders of the project that are at hand, and of `tmpfs`, which is empty: a volume gets the
//! image's content when it is made, and another folder of the host may hold anything.
//! Source: Docker's documentation, "Bind mounts" and "Volumes": mounting over existing data.

use std::path::{Path, PathBuf};

use super::{
    build_fault,
    built::Hiding,
    carry,
    command::Start,
    effects,
    holds::Provided,
    install,
    listed::{Effect, Listed},
    module_place, overlay,
    place::{below, join, name, overlaps, parent},
    question::{Module, Question},
    requirement::Names,
};
use crate::{
    compose::{self, Mount},
    source::EntryKind,
};

/// Names in a folder that are looked through at most.
const MAX_NAMES: usize = 4096;

/// What lies over a path of the container.
enum Over<'a> {
    /// Nothing.
    Image,
    /// A folder that holds it.
    Held,
    /// A mount without it.
    Hidden(Mount<'a>),
}

impl Question<'_> {
    /// The mount that hides a module which the image holds; `None` where Python finds it.
    ///
    /// # Errors
    /// Why it is not known, as one clause.
    pub(super) fn hidden_module(&self, start: &Start, asked: &Module<'_>) -> Result<Option<Hiding>, String> {
        let searched = self.searched(start, asked.folder)?;
        let package = asked.name.split('.').next().unwrap_or(asked.name);
        let file = format!("{package}.py");
        let paths: Vec<String> = searched.iter().flat_map(|root| [join(root, package), join(root, &file)]).collect();
        let Some(hiding) = self.hides(&paths, Some("py"))? else { return Ok(None) };
        let parts: Vec<&str> = asked.name.split('.').collect();
        let located = self
            .locate(&parts, asked.may_end_in_variable, &searched)
            .ok_or_else(|| format!("`{package}` is not found in the build context"))?;
        self.is_nowhere_else(
            start,
            &module_place::names(self.holder.context, package, &located),
            &paths,
            &located.path,
        )?;
        Ok(Some(hiding))
    }

    /// The same for a script at a path of the container.
    pub(super) fn hidden_script(&self, start: &Start, path: &str) -> Result<Option<Hiding>, String> {
        let ending = name(path).rsplit_once('.').map(|(_, ending)| ending);
        let paths = [path.to_owned()];
        let Some(hiding) = self.hides(&paths, ending)? else { return Ok(None) };
        let names = Names { module: name(path).to_owned(), distributions: Vec::new() };
        let located = join("/", &hiding.located);
        self.is_nowhere_else(start, &names, &paths, &located)?;
        Ok(Some(hiding))
    }

    /// Whether all of these paths are out of reach, and the image holds one of them below a mount.
    fn hides(&self, paths: &[String], ending: Option<&str>) -> Result<Option<Hiding>, String> {
        if !overlay::knows_mounts(self.service) {
            return Err("a mount's target is not known".to_owned());
        }
        let mut found = None;
        for path in paths {
            match self.over(path, ending)? {
                Over::Held => return Ok(None),
                Over::Image => match self.holder.provides(self.stage, path) {
                    Provided::No => {}
                    Provided::Unknown(reason) => return Err(reason),
                    _ => return Ok(None),
                },
                Over::Hidden(mount) => {
                    if let Provided::Context(located) = self.holder.provides(self.stage, path) {
                        found = found.or(Some((mount, path.clone(), located)));
                    }
                }
            }
        }
        Ok(found.map(|(mount, path, located)| Hiding {
            place: mount.node.span(),
            target: mount.target.to_owned(),
            source: mount.source.to_owned(),
            copies: self.labels(&[parent(&path).to_owned()]),
            path,
            located: located.trim_start_matches('/').to_owned(),
        }))
    }

    /// What the innermost mount over a path has there.
    fn over(&self, path: &str, ending: Option<&str>) -> Result<Over<'_>, String> {
        let mounts = compose::mounts(self.service);
        let over = |mount: &&Mount<'_>| below(path, &join("/", mount.target)).is_some();
        if mounts.iter().any(|mount| !over(&mount) && overlaps(path, &join("/", mount.target))) {
            return Err(format!("a mount lies below `{path}`"));
        }
        let inner = mounts.into_iter().filter(|mount| over(&mount)).max_by_key(|mount| join("/", mount.target).len());
        let Some(mount) = inner else { return Ok(Over::Image) };
        let is_known = |key: &str| mount.node.get(key).is_none_or(|value| value.hole.is_none());
        if mount.node.hole.is_some() || !is_known("source") || !is_known("target") {
            return Err("a mount is not known".to_owned());
        }
        match mount.kind {
            "tmpfs" => Ok(Over::Hidden(mount)),
            "bind" => {
                let rest = below(path, &join("/", mount.target)).unwrap_or("").to_owned();
                let is_held = self.is_in_folder(mount.source, &rest, ending)?;
                Ok(if is_held { Over::Held } else { Over::Hidden(mount) })
            }
            _ => Err(format!("a volume lies at `{}`", mount.target)),
        }
    }

    /// Whether a folder of the project has `rest`.
    ///
    /// # Errors
    /// Where the folder is not of the project, not at hand, or could be filled.
    fn is_in_folder(&self, source: &str, rest: &str, ending: Option<&str>) -> Result<bool, String> {
        let files = self.holder.context.files();
        let folder = self.project.join(source);
        let (resolved, project) = (files.resolve(&folder), files.resolve(self.project));
        let context = files.resolve(&self.holder.context.on_disk("/"));
        let unknown = || format!("what `{source}` holds on the host is not known");
        if source.starts_with('~') || !resolved.starts_with(&project) && !resolved.starts_with(&context) {
            return Err(unknown());
        }
        match files.kind(&folder) {
            Ok(Some(EntryKind::Directory)) if !rest.is_empty() => {}
            Ok(Some(_)) if rest.is_empty() => return Ok(true),
            _ => return Err(unknown()),
        }
        let wanted: PathBuf = folder.join(rest);
        if files.kind(&wanted).map_err(|error| error.to_string())?.is_some() {
            return Ok(true);
        }
        let of_project = resolved.strip_prefix(&project).unwrap_or(Path::new(""));
        let may_come = build_fault::may_come(files, &project, of_project)
            || build_fault::may_come(files, &folder, Path::new(rest));
        let has_kin =
            || files.list(&folder, MAX_NAMES).is_ok_and(|names| names.iter().any(|name| is_kin(name, ending)));
        let is_at_hand = project.starts_with(&resolved) || context.starts_with(&resolved) || has_kin();
        // A link that leads nowhere here may lead somewhere in the container.
        let beside = files.list(wanted.parent().unwrap_or(&folder), MAX_NAMES).unwrap_or_default();
        if may_come || !is_at_hand || beside.iter().any(|other| other == name(rest)) {
            return Err(unknown());
        }
        Ok(false)
    }

    /// Whether no step, no command and no other mount may bring it, and no COPY puts it elsewhere too.
    fn is_nowhere_else(&self, start: &Start, names: &Names, paths: &[String], located: &str) -> Result<(), String> {
        if let Some(reason) = overlay::other_than_mounts(self.service, paths) {
            return Err(reason);
        }
        let read = |listed: Listed<'_>, folder: Option<&str>| {
            effects::requirements(self.holder, self.stage, listed, folder, names)
        };
        let effects = [
            effects::of_stage(self.holder, self.stage, names, paths),
            install::of_commands(&start.before, start.directory.as_deref(), names, &read),
        ];
        for effect in effects {
            if let Effect::May(reason) = effect {
                return Err(reason);
            }
        }
        let places =
            carry::places(self.holder, self.stage, located).ok_or("the image has too many copies to follow")?;
        match places.iter().find(|place| !paths.iter().any(|path| overlaps(path, place))) {
            Some(place) => Err(format!("a COPY brings it to `{place}` too")),
            None => Ok(()),
        }
    }
}

fn is_kin(name: &str, ending: Option<&str>) -> bool {
    name.rsplit_once('.').is_some_and(|(_, other)| Some(other) == ending)
}
