//! What holds of `--fix` and of `--add-ignore` without a form, on every fixture project: nothing that can
//! be mended is left, a second run changes nothing, comments stay, and comments that ignore change nothing
//! of what a project is.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::{
    command::{Folder, comments, report, run},
    every::{Files, lint, projects, texts},
};

/// One trial for each project and property.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, folder, args) in projects() {
        let (of_folder, of_args) = (folder.clone(), args.clone());
        let fixed =
            move || [&[][..], &["--unsafe-fixes"]].iter().try_for_each(|more| fixed(&of_folder, &of_args, more));
        trials.push(Trial::test(format!("nothing is left: {name}"), fixed));
        trials.push(Trial::test(format!("ignored: {name}"), move || ignored(&folder, &args)));
    }
    trials
}

fn start(folder: &Path) -> Result<(Files, Folder), Failed> {
    let mut files = Files::new();
    texts(folder, Path::new(""), &mut files)?;
    let copy = Folder::new(&files)?;
    Ok((files, copy))
}

fn fixed(folder: &PathBuf, args: &[String], more: &[&str]) -> Result<(), Failed> {
    let (before, copy) = start(folder)?;
    lint(copy.path(), args, &[&["--fix"], more].concat())?;
    let after = copy.read(&before)?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let left = report(copy.path(), &args)?;
    let wanted: &[&str] = if more.is_empty() { &["safe"] } else { &["safe", "unsafe"] };
    for finding in left["findings"].as_array().into_iter().flatten() {
        if finding["fix"]["applicability"].as_str().is_some_and(|one| wanted.contains(&one)) {
            return Err(format!("{more:?}: this is left: {finding}").into());
        }
    }
    run(copy.path(), &[&["lint", "--fix"], more, &args[..]].concat())?;
    if copy.read(&before)? != after {
        return Err(format!("{more:?}: a second run changes it").into());
    }
    let kept = |text: &str| comments(text).into_iter().filter(|one| !one.contains("composegpu:")).collect::<Vec<_>>();
    match before.iter().find(|(path, text)| kept(text) != kept(&after[*path])) {
        Some((path, _)) => Err(format!("{more:?}: {path}: comments went, or came").into()),
        None => Ok(()),
    }
}

fn ignored(folder: &Path, args: &[String]) -> Result<(), Failed> {
    let (before, copy) = start(folder)?;
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let config = |copy: &Folder| Ok::<_, Failed>(run(copy.path(), &[&["config"], &words[..]].concat())?.stdout);
    let meant = config(&copy)?;
    lint(copy.path(), args, &["--add-ignore=why not"])?;
    if config(&copy)? != meant {
        return Err("the project means something else".into());
    }
    let after = copy.read(&before)?;
    let is_yaml = |finding: &&Value| {
        let file = finding["file"].as_str().unwrap_or_default();
        finding["code"] != "CG011" && (file.ends_with(".yml") || file.ends_with(".yaml"))
    };
    let left = report(copy.path(), &words)?;
    if let Some(finding) = left["findings"].as_array().into_iter().flatten().find(is_yaml) {
        return Err(format!("this is left: {finding}").into());
    }
    lint(copy.path(), args, &["--add-ignore=why not"])?;
    if copy.read(&before)? == after { Ok(()) } else { Err("a second run changes it".into()) }
}
