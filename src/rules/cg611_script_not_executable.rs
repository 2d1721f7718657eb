//! A script that is started by its path and that nobody may execute.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, starts};
use crate::{
    diag::{Code, Label, Severity},
    image::{Held, Program},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG611"),
    name: "script-not-executable",
    summary: "a script that is started by its path is not executable",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG611-script-not-executable.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for start in starts::of(cx) {
        let (Held::NotExecutable { file, copies }, Program::File(path)) = (&start.held, &start.program) else {
            continue;
        };
        let Some(place) = starts::place(cx, start) else { continue };
        let message = format!("service `{}` starts `{path}`, which is not executable: `permission denied`", cx.name);
        let label = format!("started by its path{}", starts::through(start));
        let finding = sink.report(message, Label::new(place, label));
        finding.related.extend(copies.iter().map(|span| Label::new(*span, "keeps the mode that the file has")));
        let file = file.trim_start_matches('/');
        finding.help = Some(format!(
            "`chmod +x {file}` (`git update-index --chmod=+x {file}` keeps it), or copy it with `COPY --chmod=755`"
        ));
    }
}
