//! YAML that Compose 2 and Compose 5 read differently.

use super::{Check, DocumentCx, FixAvailability, Rule, Sink};
use crate::{
    diag::{Code, Severity},
    yaml::{NewerReading, newer_readings},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG012"),
    name: "compose-reads-differently",
    summary: "Compose 2 and Compose 5 read the YAML differently",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG012-compose-reads-differently.md"),
    check: Check::Document(check),
};

// The text itself may be a secret: no message repeats it.
fn check(cx: &DocumentCx<'_>, sink: &mut Sink<'_>) {
    for (span, reading) in newer_readings(cx.tree, cx.sources.file(cx.tree.file).text()) {
        let (message, help) = words(reading);
        sink.report(message, span).help = Some(help.into());
    }
}

fn words(reading: NewerReading) -> (&'static str, &'static str) {
    match reading {
        NewerReading::Key => (
            "Compose 2 reads text that ends in `:` here, Compose 5 a key without a value",
            "write a blank behind the colon if a key is meant, quotes around the text if not",
        ),
        NewerReading::Absent => (
            "Compose 2 reads text here, Compose 5 reads a merge key that has no place, and leaves it out",
            "put the text in quotes; a merge key is `<<: *alias`",
        ),
        NewerReading::MinusZero => {
            ("Compose 2 reads `-0` as 0, Compose 5 as -0", "write `0`, or `\"-0\"` if that text is meant")
        }
        NewerReading::Text => (
            "Compose 2 passes over the tag `!`, Compose 5 reads text for it",
            "remove `!`, or put the value in quotes if text is meant",
        ),
        NewerReading::Merge => (
            "Compose 2 reads an ordinary key here, Compose 5 a merge key for `!!merge`",
            "remove `!!merge`; a merge key is `<<`",
        ),
        NewerReading::Refused => {
            ("Compose 2 takes this, Compose 5 refuses the file for it", "put the text in quotes, or remove the tag")
        }
    }
}
