//! A script with the line ends of Windows, which the kernel takes for a part of the interpreter's name.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, starts};
use crate::{
    diag::{Code, Label, Severity},
    image::{Held, Program},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG610"),
    name: "script-with-carriage-return",
    summary: "a script that is started by its first line has Windows line ends",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG610-script-with-carriage-return.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for start in starts::of(cx) {
        let (Held::CarriageReturn(file), Program::File(path)) = (&start.held, &start.program) else { continue };
        let Some(place) = starts::place(cx, start) else { continue };
        let message =
            format!("service `{}` starts `{path}`, which cannot start: it has Windows line ends (CRLF)", cx.name);
        let finding = sink.report(message, Label::new(place, "`no such file or directory`, or `exec format error`"));
        let file = file.trim_start_matches('/');
        finding.help = Some(format!(
            "save `{file}` with Unix line ends (`sed -i 's/\\r$//' {file}`), and keep them with `*.sh text eol=lf` in `.gitattributes`"
        ));
    }
}
