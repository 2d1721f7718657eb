//! One case of a fixture: files, arguments, and the files as they then are or the reason why they stay.
//!
//! ```text
//! ### what it shows
//! args: --form cdi
//! bytes: crlf
//! --- compose.yaml
//! …
//! --- fixed compose.yaml
//! …
//! --- refused
//! the end of the help
//! ```

use std::{collections::BTreeMap, fmt};

use libtest_mimic::Failed;

use super::command::{Folder, comments, report};

/// One case.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) title: String,
    args: String,
    bytes: String,
    files: BTreeMap<String, String>,
    fixed: BTreeMap<String, String>,
    refused: String,
}

const REFUSED: &str = "it is not rewritten: ";
const CODES: &str = "CG106,CG119";

impl Case {
    pub(crate) fn parse(text: &str) -> Result<Vec<Self>, String> {
        let mut cases = Vec::new();
        for part in text.split("### ").skip(1) {
            let (head, blocks) = part.split_once("--- ").ok_or("a case without files")?;
            let line = |key: &str| head.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("").trim().to_owned();
            let title = head.lines().next().unwrap_or("").to_owned();
            let mut case = Self { title, args: line("args:"), bytes: line("bytes:"), ..Self::default() };
            for block in blocks.split("\n--- ") {
                let (name, text) = block.split_once('\n').unwrap_or((block, ""));
                let text = format!("{}\n", text.trim_end_matches('\n'));
                match name.strip_prefix("fixed ") {
                    _ if name == "refused" => case.refused = text,
                    Some(name) => drop(case.fixed.insert(name.to_owned(), text)),
                    None => drop(case.files.insert(name.to_owned(), text)),
                }
            }
            cases.push(case);
        }
        Ok(cases)
    }

    fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        [&self.args.split_whitespace().collect::<Vec<_>>()[..], &["--select", CODES], more].concat()
    }

    /// The text with the bytes that the case is about.
    fn encoded(&self, text: &str) -> String {
        let mut text = text.replace("<TAB>", "\t");
        for word in self.bytes.split_whitespace() {
            text = match word {
                "crlf" => text.replace('\n', "\r\n"),
                "bom" => format!("\u{feff}{text}"),
                "no-final-newline" => text.trim_end_matches(['\r', '\n']).to_owned(),
                word => panic!("no bytes are called `{word}`"),
            };
        }
        text
    }

    fn decoded(&self, text: &str) -> String {
        let text = text.replace('\t', "<TAB>").replace("\r\n", "\n");
        let text = text.trim_start_matches('\u{feff}').trim_end_matches('\n');
        format!("{text}\n")
    }

    fn inputs(&self) -> BTreeMap<String, String> {
        self.files.iter().map(|(path, text)| (path.clone(), self.encoded(text))).collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "### {}\nargs: {}", self.title, self.args)?;
        if !self.bytes.is_empty() {
            writeln!(out, "bytes: {}", self.bytes)?;
        }
        for (path, text) in &self.files {
            write!(out, "--- {path}\n{text}")?;
        }
        for (path, text) in &self.fixed {
            write!(out, "--- fixed {path}\n{text}")?;
        }
        if !self.refused.is_empty() {
            write!(out, "--- refused\n{}", self.refused)?;
        }
        writeln!(out)
    }
}

/// Writes into the case what the command does.
pub(crate) fn update(case: &mut Case) {
    let told = |error: Failed| panic!("{}: {}", case.title, error.message().unwrap_or("it failed"));
    let (after, reasons) = outcome(case).unwrap_or_else(told);
    let before = case.inputs();
    let changed = after.into_iter().filter(|(path, text)| before.get(path) != Some(text));
    case.fixed = changed.map(|(path, text)| (path, case.decoded(&text))).collect();
    case.refused = reasons.iter().map(|reason| format!("{reason}\n")).collect();
}

/// The files after the fixes, and why findings that are left have none.
fn outcome(case: &Case) -> Result<(BTreeMap<String, String>, Vec<String>), Failed> {
    let folder = Folder::new(&case.inputs())?;
    let lint = [&["lint"], &case.arguments(&["--fix", "--unsafe-fixes"])[..]].concat();
    folder.run(&lint)?;
    let after = folder.read(&case.files)?;
    folder.run(&lint)?;
    if folder.read(&case.files)? != after {
        return Err("a second run changes the files again".into());
    }
    let report = report(folder.path(), &case.arguments(&[]))?;
    let findings = report["findings"].as_array().ok_or("`findings` is no list")?;
    let helps = findings.iter().filter_map(|finding| finding["help"].as_str());
    Ok((after, helps.filter_map(|help| Some(help.split_once(REFUSED)?.1.to_owned())).collect()))
}

/// The files are as the case says, and nothing else has changed.
pub(crate) fn check(case: &Case) -> Result<(), Failed> {
    let (after, reasons) = outcome(case)?;
    for (path, before) in &case.inputs() {
        let expected = case.fixed.get(path).map_or_else(|| before.clone(), |text| case.encoded(text));
        let found = &after[path];
        if *found != expected {
            return Err(format!("{path} is\n{found}\nand not\n{expected}").into());
        }
        if comments(before) != comments(found) {
            return Err(format!("{path}: comments went, or came").into());
        }
    }
    let reasons: String = reasons.iter().map(|reason| format!("{reason}\n")).collect();
    if reasons == case.refused {
        Ok(())
    } else {
        Err(format!("refused with\n{reasons}and not\n{}", case.refused).into())
    }
}
