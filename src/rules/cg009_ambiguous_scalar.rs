//! Numbers without quotes that reach a container as another text than the one written.

use std::collections::HashSet;

use super::{Check, FixAvailability, ProjectCx, Rule, ServiceCx, Sink, fix};
use crate::{
    diag::{Applicability, Code, Edit, Fix, Severity},
    yaml::{NodeKind, NodeRef, Value, number_text},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG009"),
    name: "ambiguous-scalar",
    summary: "a number without quotes arrives as another text than the one written",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG009-ambiguous-scalar.md"),
    check: Check::Project(check),
};

/// Mappings of a service whose values Compose hands on as text.
const TEXTS: [&[&str]; 8] = [
    &["environment"],
    &["labels"],
    &["annotations"],
    &["sysctls"],
    &["build", "args"],
    &["build", "labels"],
    &["deploy", "labels"],
    &["logging", "options"],
];

/// Words of a key whose value names something: `1.10` is not `1.1` there.
const NAMING: [&str; 11] =
    ["version", "versions", "ver", "tag", "release", "rev", "revision", "commit", "sha", "hash", "digest"];

fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    let services = cx.project.model.get("services").and_then(Value::as_map);
    // What an anchor or a file gives to several services is written once.
    let mut seen: HashSet<NodeRef> = HashSet::new();
    for (name, service) in services.into_iter().flatten() {
        let cx = ServiceCx { project: cx, name, service, requests: &[] };
        let maps = TEXTS.iter().filter_map(|path| service.at(path)?.as_map());
        for (key, value) in maps.flatten() {
            if value.origin().is_some_and(|origin| seen.insert(origin.node)) {
                judge(&cx, key, value, sink);
            }
        }
    }
}

fn judge(cx: &ServiceCx<'_>, key: &str, value: &Value, sink: &mut Sink<'_>) {
    let Some(origin) = value.origin() else { return };
    let Some(node) = cx.project.project.tree(origin.node.file).map(|tree| tree.node(origin.node.node)) else { return };
    let NodeKind::Scalar { text, .. } = &node.kind else { return };
    let Some(why) = number_text(node).and_then(|read| change(key, text, &read)) else { return };
    // The value may be a secret: it is not repeated.
    let finding = sink.report(format!("`{key}` arrives as another text than the one written: {why}"), node.span);
    finding.service = Some(cx.name.to_owned());
    finding.help = Some("put the value in quotes, if the text is meant".into());
    finding.fix = fix::replace(cx, value, text).map(|edits| Fix {
        title: "put the value in quotes".into(),
        applicability: Applicability::Unsafe,
        edits: edits.iter().flat_map(around).collect(),
    });
}

/// Quotes before and behind what an edit would replace.
fn around(edit: &Edit) -> [Edit; 2] {
    [edit.span.before(), edit.span.after()].map(|span| Edit { span, text: "\"".to_owned() })
}

/// What makes the text that arrives say something else than the one written; `None` where it is
/// the same number to whoever reads numbers (`0.90`, `1e-5`), unless the key names something.
fn change(key: &str, text: &str, read: &str) -> Option<&'static str> {
    let digits = text.trim_start_matches(['+', '-']).as_bytes();
    let is_naming = || key.split(|c: char| !c.is_alphanumeric()).any(is_naming_word);
    match digits {
        _ if text == read => None,
        [b'0', b'x' | b'X' | b'b' | b'B', ..] => Some("Compose writes the number with the base ten"),
        [b'0', b'o' | b'O', ..] => Some("Compose writes the octal number with the base ten"),
        [b'0', rest @ ..] if is_octal(rest) => Some("the zero in front makes the number octal"),
        [b'0', b'0'..=b'9', ..] => Some("the zero in front goes"),
        _ if text.contains('_') => Some("the `_` goes"),
        _ if read.contains('e') && !text.contains(['e', 'E']) => Some("the number gets an exponent"),
        _ if is_naming() => Some("it is written as a number"),
        _ => None,
    }
}

fn is_octal(digits: &[u8]) -> bool {
    !digits.is_empty() && digits.iter().all(|digit| matches!(digit, b'0'..=b'7' | b'_'))
}

fn is_naming_word(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    NAMING.contains(&word.as_str()) || word.ends_with("version")
}
