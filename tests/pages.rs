//! Every rule's page is its test: `bad` blocks give exactly the findings that they mark,
//! `good` ones give none, and `fixed` ones are what all fixes make of the bad ones. Blocks of host
//! rules are hosts.
#![allow(clippy::disallowed_methods, reason = "it reads the project's own pages")]

use std::{collections::BTreeSet, fs, path::Path, process::ExitCode};

use composegpu::rules::{self, Rule};
use libtest_mimic::{Arguments, Failed, Trial};

#[path = "pages/host.rs"]
mod host;
#[path = "pages/lint.rs"]
mod lint;
#[path = "pages/page.rs"]
mod page;

use lint::{Bench, Lint, fix_all};
use page::{Block, Case, Page};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let pages = pages();
    let mut trials = vec![Trial::test("every rule has a page, every page a rule", {
        let stems = pages.iter().map(|page| page.stem.clone()).collect();
        move || rules_and_pages(&stems)
    })];
    for page in pages {
        let stem = page.stem.clone();
        for case in page.cases {
            let code = stem.split('-').next().unwrap_or_default().to_owned();
            let name = format!("{stem}: {}", case.heading);
            let check = move || if host::is_host(&code) { host::check(&code, &case) } else { check(&code, &case) };
            trials.push(Trial::test(name, move || check().map_err(Failed::from)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn pages() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("rules/ is there")
        .map(|entry| entry.expect("rules/ can be listed").path())
        .collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let stem = path.file_stem().expect("a page has a name").to_string_lossy();
        let text = fs::read_to_string(path).expect("a page is text").replace("\r\n", "\n");
        Page::parse(&stem, &text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}

fn rules_and_pages(stems: &BTreeSet<String>) -> Result<(), Failed> {
    let stem = |rule: &&Rule| format!("{}-{}", rule.code, rule.name);
    let known: BTreeSet<String> = rules::ALL.iter().copied().map(|rule| stem(&rule)).collect();
    if known != *stems {
        let odd: Vec<&String> = known.symmetric_difference(stems).collect();
        return Err(format!("only a rule or only a page: {odd:?}").into());
    }
    if !rules::ALL.is_sorted_by_key(|rule| rule.code) {
        return Err("ALL is not in code order".into());
    }
    for rule in rules::ALL {
        let page = Page::parse(&stem(rule), &rule.page.replace("\r\n", "\n"))?;
        let title = format!("# {} {}\n", rule.code, rule.name);
        if !page.text.starts_with(&title) {
            return Err(format!("{}: the page does not begin with its code and name", rule.code).into());
        }
        if page.cases.iter().all(|case| case.bad.is_empty()) || page.cases.iter().all(|case| case.good.is_empty()) {
            return Err(format!("{}: the page needs a bad and a good example", rule.code).into());
        }
        let marks = page.cases.iter().flat_map(|case| &case.bad).flat_map(|block| &block.marks);
        if !host::is_host(rule.code.as_str()) && !marks.into_iter().any(|(_, code)| code == rule.code.as_str()) {
            return Err(format!("{}: no bad example shows it", rule.code).into());
        }
    }
    Ok(())
}

fn check(page: &str, case: &Case) -> Result<(), String> {
    let bench = Bench { page, host: case.host.as_ref() };
    if !case.good.is_empty() {
        expect(bench, &case.good, "good")?;
    }
    if case.bad.is_empty() {
        return Ok(());
    }
    expect(bench, &case.bad, "bad")?;
    let before = Lint::of(bench, &case.bad)?;
    let fixes = before.findings.iter().filter_map(|finding| Some((finding.code.as_str(), finding.fix.as_ref()?)));
    for (fixed, fix) in fixes {
        let after = Lint::of(bench, &before.apply(&case.bad, &fix.edits)?)?;
        if after.count(fixed) >= before.count(fixed) {
            return Err(format!("the fix of {fixed} does not remove its finding"));
        }
        let (old, new) = (before.errors(), after.errors());
        if let Some((error, _)) = new.iter().find(|(error, count)| old.get(*error).unwrap_or(&0) < count) {
            return Err(format!("the fix of {fixed} brings a new {error}"));
        }
    }
    let (fixed, passes) = fix_all(bench, &case.bad)?;
    if !case.fixed.is_empty() && passes == 0 {
        return Err("no finding has a fix".into());
    }
    case.fixed.iter().try_for_each(|expected| compare(bench, expected, &fixed))
}

/// Exactly the marked findings, at their lines.
fn expect(bench: Bench<'_>, blocks: &[Block], set: &str) -> Result<(), String> {
    let mut expected: Vec<(String, u32, String)> = Vec::new();
    for block in blocks {
        expected.extend(block.marks.iter().map(|(line, code)| (block.path.clone(), *line, code.clone())));
    }
    expected.sort();
    let lint = Lint::of(bench, blocks)?;
    let found = lint.marks();
    if found == expected {
        return Ok(());
    }
    let missing: Vec<_> = expected.iter().filter(|mark| !found.contains(mark)).collect();
    let odd: Vec<_> = found.iter().filter(|mark| !expected.contains(mark)).collect();
    let messages: Vec<&str> = lint.findings.iter().map(|finding| finding.message.as_str()).collect();
    Err(format!("{set}: missing {missing:?}\nnot marked {odd:?}\nfound {found:#?}\n{messages:#?}"))
}

/// The text after all fixes, and the marks of what they leave.
fn compare(bench: Bench<'_>, expected: &Block, fixed: &[Block]) -> Result<(), String> {
    let block =
        fixed.iter().find(|block| block.path == expected.path).ok_or("a fixed file that is not in the bad set")?;
    if block.text != expected.text {
        return Err(format!("fixed {}: got\n{}", expected.path, block.text));
    }
    let found: Vec<(u32, String)> = Lint::of(bench, fixed)?
        .marks()
        .into_iter()
        .filter(|(path, ..)| *path == expected.path)
        .map(|(_, line, code)| (line, code))
        .collect();
    let mut marks = expected.marks.clone();
    marks.sort();
    if found == marks { Ok(()) } else { Err(format!("fixed {}: left are {found:?}", expected.path)) }
}
