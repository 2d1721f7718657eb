//! `lint` on a fixture: each form's findings, against `expected.txt`.
//!
//! `expected.txt` has a line for each finding, `form: CODE file:line`, or `form: silent`.
//! `UPDATE=1` rewrites it from what the program says.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::Path, process::Output};

use libtest_mimic::Failed;
use serde_json::Value;

use super::{composegpu, fixture_projects::Fixture};

const SILENT: &str = "silent";

/// Lints every form of a fixture.
pub(crate) fn check(fixture: &Fixture) -> Result<(), Failed> {
    check_readme(fixture)?;
    let arguments = fixture.arguments()?;
    let mut found = BTreeMap::new();
    for form in fixture.forms()? {
        let folder = fixture.path.join(&form);
        check_reading(fixture.is_refused(&form)?, &folder, &arguments).map_err(|failed| within(&form, failed))?;
        let findings = findings(&folder, &arguments).map_err(|failed| within(&form, failed))?;
        if findings.is_empty() {
            check_silence(&folder, &arguments).map_err(|failed| within(&form, failed))?;
        }
        found.insert(form, findings);
    }
    if found.get("good").is_none_or(|findings| !findings.is_empty()) {
        return Err(format!("the corrected form is missing or not silent: {:?}", found.get("good")).into());
    }
    compare(fixture, &found)
}

/// A fixture says which document it stands for, what is wrong, what is right, and what Compose says.
fn check_readme(fixture: &Fixture) -> Result<(), Failed> {
    let text = fs::read_to_string(fixture.path.join("README.md"))?;
    for part in ["Stands for: ", "**Wrong in `bad/`:**", "**Corrected in `good/`:**", "Compose 2.40.3 "] {
        if !text.contains(part) {
            return Err(format!("README.md lacks `{part}`").into());
        }
    }
    Ok(())
}

/// A form that Compose refuses, as the README says, is refused by `config` and `render` too: exit 1,
/// nothing on stdout. Compose reads all others, and so does `config`.
fn check_reading(is_refused: bool, folder: &Path, arguments: &[String]) -> Result<(), Failed> {
    let verbs: &[&[&str]] = if is_refused { &[&["config"], &["render", "--form", "cpu"]] } else { &[&["config"]] };
    for verb in verbs {
        let output = composegpu(folder, verb, arguments)?;
        if output.status.code() != Some(i32::from(is_refused)) || output.stdout.is_empty() != is_refused {
            return Err(format!("`{}`: {output:?}", verb.join(" ")).into());
        }
    }
    Ok(())
}

/// Findings of one form as lines of `expected.txt`, in the order of the text.
fn findings(folder: &Path, arguments: &[String]) -> Result<Vec<String>, Failed> {
    let output = lint(folder, arguments, &["--format", "json"])?;
    let report: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("no JSON on stdout: {error}\n{output:?}"))?;
    let findings = report["findings"].as_array().ok_or("`findings` is no list")?;
    let mut lines: Vec<(String, u64, String)> =
        findings.iter().map(|finding| row(folder, finding)).collect::<Result<_, _>>()?;
    lines.sort();
    // What is worth knowing alone lets a run pass.
    let wanted = i32::from(findings.iter().any(|finding| finding["severity"] != "info"));
    if output.status.code() != Some(wanted) {
        return Err(format!("{} findings, and {}", lines.len(), output.status).into());
    }
    Ok(lines.into_iter().map(|(file, line, code)| format!("{code} {file}:{line}")).collect())
}

fn row(folder: &Path, finding: &Value) -> Result<(String, u64, String), Failed> {
    let text = |key: &str| finding[key].as_str().filter(|text| !text.is_empty());
    for key in ["name", "severity", "message", "help"] {
        text(key).ok_or_else(|| format!("a finding without `{key}`: {finding}"))?;
    }
    let file = Path::new(text("file").ok_or_else(|| format!("a finding without a file: {finding}"))?);
    let file = file.strip_prefix(folder).unwrap_or(file);
    let file = file.strip_prefix(".").unwrap_or(file).to_string_lossy().replace('\\', "/");
    let line = finding["start"]["line"].as_u64().ok_or_else(|| format!("a finding without a line: {finding}"))?;
    let code = text("code").ok_or_else(|| format!("a finding without a code: {finding}"))?;
    Ok((file, line, code.to_owned()))
}

/// What people see of a form without findings: nothing.
fn check_silence(folder: &Path, arguments: &[String]) -> Result<(), Failed> {
    let output = lint(folder, arguments, &[])?;
    if output.status.code() == Some(0) && output.stdout.is_empty() {
        return Ok(());
    }
    Err(format!("no finding, but not silent: {}\n{}", output.status, String::from_utf8_lossy(&output.stdout)).into())
}

fn lint(folder: &Path, arguments: &[String], more: &[&str]) -> io::Result<Output> {
    let place = if arguments.is_empty() { &[".".to_owned()] } else { arguments };
    composegpu(folder, &[&["lint"], more].concat(), place)
}

fn compare(fixture: &Fixture, found: &BTreeMap<String, Vec<String>>) -> Result<(), Failed> {
    if std::env::var_os("UPDATE").is_some() {
        return Ok(fs::write(fixture.path.join("expected.txt"), written(found))?);
    }
    let expected = fixture.table("expected.txt")?;
    let mut difference = String::new();
    for (form, found) in found {
        let expected = expected.get(form).map(Vec::as_slice).unwrap_or_default();
        let expected: Vec<&String> = expected.iter().filter(|line| *line != SILENT).collect();
        let surplus = found.iter().filter(|line| !expected.contains(line));
        let lacking = expected.iter().filter(|line| !found.contains(line));
        surplus.for_each(|line| writeln!(difference, "{form}: not expected: {line}").expect("a string takes all"));
        lacking
            .for_each(|line| writeln!(difference, "{form}: expected, not found: {line}").expect("a string takes all"));
        if difference.is_empty() && found.len() != expected.len() {
            return Err(format!("{form}: a finding comes twice: {found:#?}").into());
        }
    }
    if difference.is_empty() { Ok(()) } else { Err(difference.into()) }
}

fn written(found: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::new();
    for (form, findings) in found {
        if findings.is_empty() {
            writeln!(text, "{form}: {SILENT}").expect("a string takes all");
        }
        for finding in findings {
            writeln!(text, "{form}: {finding}").expect("a string takes all");
        }
    }
    text
}

fn within(form: &str, failed: Failed) -> Failed {
    format!("{form}: {}", failed.message().unwrap_or("failed without a message")).into()
}
