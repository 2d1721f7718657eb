//! What holds of `--add-ignore` on every fixture project: no finding in a Compose file is left, the project
//! is the same, and a second run changes nothing.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::{
    command::{Folder, report, run},
    every::{Files, lint, projects, texts},
};

/// One trial for each project.
pub(crate) fn trials() -> Vec<Trial> {
    let trial = |(name, folder, args): (String, PathBuf, Vec<String>)| {
        Trial::test(format!("ignored: {name}"), move || ignored(&folder, &args))
    };
    projects().into_iter().map(trial).collect()
}

fn ignored(folder: &Path, args: &[String]) -> Result<(), Failed> {
    let mut before = Files::new();
    texts(folder, Path::new(""), &mut before)?;
    let copy = Folder::new(&before)?;
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
