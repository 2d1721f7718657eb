//! What holds of `--fix` and of `--fix --unsafe-fixes` on every fixture project: no finding is left that
//! has a fix, a second run changes nothing, comments stay, `git apply` makes of the patch what `--fix`
//! writes, and Docker Compose reads the mended project as `config` says.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::{
    command::{Folder, report, run},
    every::{git_apply, projects, texts},
};

type Files = BTreeMap<String, String>;

/// What is held of a folder with the files of a project, in a mode, with the project's arguments.
type Check = fn(&Folder, &Files, &[&str], &[&str]) -> Result<(), Failed>;

const MODES: [&[&str]; 2] = [&[], &["--unsafe-fixes"]];

/// One trial for each project and property.
pub(crate) fn trials() -> Vec<Trial> {
    let compose = compose();
    let has_git = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    let mut trials = Vec::new();
    for (name, folder, args) in projects() {
        let each = |check: Check| {
            let (folder, args) = (folder.clone(), args.clone());
            move || MODES.iter().try_for_each(|mode| in_mode(&folder, &args, mode, check))
        };
        trials.push(Trial::test(format!("fix: {name}"), each(mended)));
        trials.push(Trial::test(format!("fix, git apply: {name}"), each(patched)).with_ignored_flag(!has_git));
        let (folder, args, compose) = (folder.clone(), args.clone(), compose.clone());
        let kind = if compose.is_some() { "" } else { "no Compose: HOSTLAB_DIR has none" };
        let is_missing = compose.is_none();
        let read = move || compose.iter().try_for_each(|compose| as_compose_reads(compose, &folder, &args));
        trials.push(Trial::test(format!("fix, Compose: {name}"), read).with_kind(kind).with_ignored_flag(is_missing));
    }
    trials
}

/// The program that `hostlab fetch` laid down.
fn compose() -> Option<PathBuf> {
    let program = PathBuf::from(std::env::var_os("HOSTLAB_DIR")?).join("compose/2.40.3/docker-compose");
    program.is_file().then_some(program)
}

fn in_mode(folder: &Path, args: &[String], mode: &[&str], check: Check) -> Result<(), Failed> {
    let mut before = Files::new();
    texts(folder, Path::new(""), &mut before)?;
    let copy = Folder::new(&before)?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    check(&copy, &before, mode, &args)
}

fn lint(folder: &Path, words: &[&[&str]]) -> Result<Vec<u8>, Failed> {
    Ok(run(folder, &[&["lint"], &words.concat()[..]].concat())?.stdout)
}

fn mended(folder: &Folder, before: &Files, mode: &[&str], args: &[&str]) -> Result<(), Failed> {
    lint(folder.path(), &[&["--fix"], mode, args])?;
    let once = folder.read(before)?;
    let report = report(folder.path(), args)?;
    let fixable = |finding: &&Value| match finding["fix"]["applicability"].as_str() {
        Some("safe") => true,
        Some("unsafe") => !mode.is_empty(),
        _ => false,
    };
    if let Some(left) = report["findings"].as_array().into_iter().flatten().find(fixable) {
        return Err(format!("{mode:?}: a fix was left: {left}").into());
    }
    lint(folder.path(), &[&["--fix"], mode, args])?;
    if folder.read(before)? != once {
        return Err(format!("{mode:?}: a second run changes it again").into());
    }
    before.iter().try_for_each(|(path, text)| comments_stay(path, text, &once[path]))
}

/// Each comment is still there, as often as before.
fn comments_stay(path: &str, before: &str, after: &str) -> Result<(), Failed> {
    let comments = |text: &str| {
        let mut all: Vec<String> = text.lines().filter_map(comment).map(str::to_owned).collect();
        all.sort();
        all
    };
    let mut left = comments(after);
    for comment in comments(before) {
        let at = left.iter().position(|other| *other == comment);
        left.remove(at.ok_or_else(|| format!("{path}: the comment `{comment}` went"))?);
    }
    Ok(())
}

/// A line's comment.
fn comment(line: &str) -> Option<&str> {
    let at = line.match_indices('#').find(|(at, _)| line[..*at].is_empty() || line[..*at].ends_with([' ', '\t']))?.0;
    Some(line[at..].trim_end())
}

fn patched(fixed: &Folder, before: &Files, mode: &[&str], args: &[&str]) -> Result<(), Failed> {
    let patched = Folder::new(before)?;
    lint(fixed.path(), &[&["--fix"], mode, args])?;
    let patch = lint(patched.path(), &[&["--diff"], mode, args])?;
    if !patch.is_empty() {
        git_apply(patched.path(), &patch)?;
    }
    if fixed.read(before)? == patched.read(before)? { Ok(()) } else { Err(format!("{mode:?}: they differ").into()) }
}

/// What Compose makes of the mended project is what `config` prints; it refuses it where we do.
fn as_compose_reads(compose: &Path, folder: &Path, args: &[String]) -> Result<(), Failed> {
    let mut before = Files::new();
    texts(folder, Path::new(""), &mut before)?;
    for mode in MODES {
        let copy = Folder::new(&before)?;
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        lint(copy.path(), &[&["--fix"], mode, &words])?;
        let theirs = Command::new(compose)
            .env_clear()
            .current_dir(copy.path())
            .args(args)
            .args(["config", "--format", "json"])
            .output()?;
        let ours = run(copy.path(), &[&["config", "--format", "json"], &words[..]].concat())?;
        if theirs.status.success() != ours.status.success() {
            return Err(format!("{mode:?}: Compose: {theirs:?}\nours: {ours:?}").into());
        }
        let parse = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or(Value::Null);
        if parse(&theirs.stdout) != parse(&ours.stdout) {
            return Err(format!("{mode:?}: Compose reads\n{}", String::from_utf8_lossy(&theirs.stdout)).into());
        }
    }
    Ok(())
}
