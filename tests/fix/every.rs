//! What holds of every rewriting, tried on every fixture project in every form: nothing outside of
//! the services that ask changes, nor does anything else of them, comments stay, a second run has
//! nothing to do, and `git apply` makes of the patch what `--fix` writes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use composegpu::{
    source::SourceMap,
    yaml::{self, NodeId, NodeKind, Tree},
};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::command::{Folder, comments, report, run};

const FORMS: [&str; 7] = ["cdi", "cdi-reservation", "runtime", "reservation", "gpus", "cpu", "@host"];
/// What lowering may change in a service.
const LOWERED: [&str; 6] = ["deploy", "devices", "gpus", "runtime", "environment", "volumes"];

type Files = BTreeMap<String, String>;

/// One trial for each project and property.
pub(crate) fn trials() -> Vec<Trial> {
    let has_git = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    let mut trials = Vec::new();
    for (name, folder, args) in projects() {
        let (of_folder, of_args) = (folder.clone(), args.clone());
        trials.push(Trial::test(format!("every form: {name}"), move || rewritten(&of_folder, &of_args)));
        let kind = if has_git { "" } else { "there is no git" };
        let patch = move || ["cdi", "@host"].iter().try_for_each(|form| patched(&folder, &args, form));
        trials.push(Trial::test(format!("git apply: {name}"), patch).with_kind(kind).with_ignored_flag(!has_git));
    }
    trials
}

/// Name, folder and arguments of each form of each fixture project.
pub(crate) fn projects() -> Vec<(String, PathBuf, Vec<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    let entries = |path: &Path| {
        let entries = fs::read_dir(path).expect("fixtures are there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("they can be listed").path()).collect();
        paths.sort();
        paths
    };
    let mut out = Vec::new();
    for project in entries(&root) {
        let args = fs::read_to_string(project.join("command.txt")).unwrap_or_default();
        let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        // Of the projects that stand for files more than for hosts, the wrong form does.
        let readme = fs::read_to_string(project.join("README.md")).unwrap_or_default();
        let is_for_files = readme.split_whitespace().collect::<Vec<_>>().join(" ").contains("No lab starts it");
        let is_meant = |form: &PathBuf| form.is_dir() && (!is_for_files || form.ends_with("bad"));
        for form in entries(&project).into_iter().filter(is_meant) {
            let name = form.strip_prefix(&root).expect("it lies below").display().to_string();
            out.push((name, form, args.clone()));
        }
    }
    out
}

pub(crate) fn texts(folder: &Path, below: &Path, out: &mut Files) -> Result<(), Failed> {
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            texts(folder, &path, out)?;
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            out.insert(path.display().to_string(), text);
        }
    }
    Ok(())
}

/// The flags of a form, with those that name the project.
fn flags(form: &str, args: &[String]) -> Vec<String> {
    let host = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hosts/lab-cdi-ok.json");
    let target = if form == "@host" { ["--host", host] } else { ["--form", form] };
    let own = target.into_iter().chain(["--unsafe-fixes"]).map(str::to_owned);
    own.chain(args.iter().cloned()).collect()
}

fn lint(folder: &Path, flags: &[String], more: &[&str]) -> Result<Vec<u8>, Failed> {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    Ok(run(folder, &[&["lint"], &flags[..], more].concat())?.stdout)
}

/// A project before its requests are rewritten.
struct Project {
    files: Files,
    args: Vec<String>,
    /// The services whose requests have a finding.
    services: BTreeSet<String>,
    /// What `config` prints, without what lowering may change; null where Compose refuses it.
    config: Value,
}

fn rewritten(folder: &Path, args: &[String]) -> Result<(), Failed> {
    let mut files = Files::new();
    texts(folder, Path::new(""), &mut files)?;
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let found = report(folder, &[&["--select", "CG106,CG119"], &words[..]].concat())?;
    let findings = found["findings"].as_array().into_iter().flatten();
    let services = findings.filter_map(|finding| Some(finding["service"].as_str()?.to_owned())).collect();
    let copy = Folder::new(&files)?;
    let project = Project { config: config(copy.path(), &words)?, services, files, args: args.to_vec() };
    FORMS.iter().try_for_each(|form| in_form(&project, &copy, form))
}

/// In one folder for all forms, whose name is the project's.
fn in_form(project: &Project, copy: &Folder, form: &str) -> Result<(), Failed> {
    let Project { files: before, args, services, config } = project;
    copy.write(before)?;
    let flags = flags(form, args);
    let only = ["--fix", "--select", "CG106,CG119"];
    lint(copy.path(), &flags, &only)?;
    let after = copy.read(before)?;
    if after == *before {
        return Ok(());
    }
    for (path, text) in before.iter().filter(|(path, text)| after[*path] != **text) {
        if comments(text) != comments(&after[path]) {
            return Err(format!("{form}: {path}: comments went, or came").into());
        }
        if parts(text, services) != parts(&after[path], services) {
            return Err(format!("{form}: {path}: more than the services has changed").into());
        }
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    if !config.is_null() && self::config(copy.path(), &args)? != *config {
        return Err(format!("{form}: the project means something else").into());
    }
    lint(copy.path(), &flags, &only)?;
    if copy.read(before)? == after { Ok(()) } else { Err(format!("{form}: a second run changes it").into()) }
}

/// What `config` prints, without what lowering may change.
fn config(folder: &Path, args: &[&str]) -> Result<Value, Failed> {
    let output = run(folder, &[&["config", "--format", "json"], args].concat())?;
    let Ok(mut config) = serde_json::from_slice::<Value>(&output.stdout) else { return Ok(Value::Null) };
    for service in config["services"].as_object_mut().into_iter().flat_map(|services| services.values_mut()) {
        let service = service.as_object_mut().ok_or("a service is a mapping")?;
        service.retain(|key, _| !LOWERED.contains(&key.as_str()));
    }
    Ok(config)
}

/// The text of everything but these services, by key.
fn parts(text: &str, services: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut sources = SourceMap::default();
    let file = sources.add("compose.yaml", text.to_owned(), true);
    let (tree, _) = yaml::parse(file, &sources);
    let mut out = Vec::new();
    for (key, value) in tree.documents.iter().flat_map(|root| entries(&tree, *root)) {
        if key == "services" {
            let others = entries(&tree, value).into_iter().filter(|(name, _)| !services.contains(name));
            out.extend(others.map(|(name, node)| (name, text[tree.node(node).span.range()].to_owned())));
        } else {
            out.push((key, text[tree.node(value).span.range()].to_owned()));
        }
    }
    out
}

fn entries(tree: &Tree, node: NodeId) -> Vec<(String, NodeId)> {
    let NodeKind::Mapping { entries, .. } = &tree.node(node).kind else { return Vec::new() };
    let key = |key: &NodeId| match &tree.node(*key).kind {
        NodeKind::Scalar { text, .. } => text.clone(),
        _ => String::new(),
    };
    entries.iter().map(|(own, value)| (key(own), *value)).collect()
}

fn patched(folder: &Path, args: &[String], form: &str) -> Result<(), Failed> {
    let mut before = Files::new();
    texts(folder, Path::new(""), &mut before)?;
    let (fixed, patched) = (Folder::new(&before)?, Folder::new(&before)?);
    let flags = flags(form, args);
    lint(fixed.path(), &flags, &["--fix"])?;
    let patch = lint(patched.path(), &flags, &["--diff"])?;
    if !patch.is_empty() {
        git_apply(patched.path(), &patch)?;
    }
    if fixed.read(&before)? == patched.read(&before)? { Ok(()) } else { Err(format!("{form}: they differ").into()) }
}

pub(crate) fn git_apply(folder: &Path, patch: &[u8]) -> Result<(), Failed> {
    let mut command = Command::new("git");
    // A repository around the temporary folder would make git take the paths for its own.
    command.args(["apply", "--whitespace=nowarn", "-"]).env("GIT_CEILING_DIRECTORIES", std::env::temp_dir());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder).current_dir(folder);
    let mut git = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    git.stdin.take().ok_or("git reads")?.write_all(patch)?;
    let output = git.wait_with_output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned().into()) }
}
