//! The `version` key, which no Compose reads any more.

use super::{Check, DocumentCx, FixAvailability, Rule, Sink, fix};
use crate::{
    diag::{Applicability, Code, Fix, Severity},
    yaml::{NodeKind, edit},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG107"),
    name: "obsolete-version",
    summary: "`version` has no effect and draws a warning",
    severity: Severity::Info,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG107-obsolete-version.md"),
    check: Check::Document(check),
};

fn check(cx: &DocumentCx<'_>, sink: &mut Sink<'_>) {
    for root in &cx.tree.documents {
        let NodeKind::Mapping { entries, .. } = &cx.tree.node(*root).kind else { continue };
        for (key, value) in entries {
            let key = cx.tree.node(*key);
            if !matches!(&key.kind, NodeKind::Scalar { text, .. } if text == "version") {
                continue;
            }
            let finding = sink.report("`version` is obsolete: Compose ignores it and warns", key.span);
            finding.help = Some("remove the line".into());
            if entries.len() > 1 {
                let file = fix::file(cx.tree, cx.sources);
                let edits = edit::remove(file, *value, *root);
                finding.fix = edits.map(|edits| Fix {
                    title: "remove `version`".into(),
                    applicability: Applicability::Safe,
                    edits,
                });
            }
        }
    }
}
