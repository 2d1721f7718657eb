//! A build context, a Dockerfile or what COPY takes that is not there.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    diag::{Code, Diagnostic, Label, Severity},
    image::BuildFault,
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG607"),
    name: "missing-build-context-path",
    summary: "a build context, a Dockerfile, or what COPY takes from the context is not there",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG607-missing-build-context-path.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(image) = cx.project.images.get(cx.name) else { return };
    for fault in &image.faults {
        match fault {
            BuildFault::NoContext => {
                let Some((path, place)) = said(cx, "context") else { continue };
                let message = format!("the build context of service `{}`, `{path}`, is not there", cx.name);
                sink.report(message, place).help =
                    Some("name a folder that is there, relative to the first Compose file".into());
            }
            BuildFault::NoDockerfile => {
                let Some((path, place)) = said(cx, "dockerfile").or_else(|| said(cx, "context")) else { continue };
                let is_named = said(cx, "dockerfile").is_some();
                let what = if is_named { format!("`{path}`") } else { format!("`Dockerfile` in `{path}`") };
                let message = format!("the Dockerfile of service `{}`, {what}, is not there", cx.name);
                sink.report(message, place).help = Some("`dockerfile` is relative to the build context".into());
            }
            BuildFault::NoSource { path, place, ignored_by, is_beside } => {
                let finding = source(cx, sink, path, *place, *ignored_by);
                if *is_beside && ignored_by.is_none() {
                    finding.help = Some(wider(cx).unwrap_or_else(|| finding.help.take().unwrap_or_default()));
                }
            }
            BuildFault::NoTarget { .. } | BuildFault::NoStage { .. } | BuildFault::UndeclaredArgument { .. } => {}
        }
    }
}

/// How to build from the project's folder, where that has what is copied.
fn wider(cx: &ServiceCx<'_>) -> Option<String> {
    let (context, _) = said(cx, "context")?;
    let dockerfile = said(cx, "dockerfile").map_or_else(|| "Dockerfile".to_owned(), |(path, _)| path);
    let below = context.trim_start_matches("./").trim_matches('/');
    let is_below = !below.is_empty() && !below.contains("..") && !dockerfile.starts_with(['/', '.']);
    is_below
        .then(|| format!("the project's folder has it: build with `context: .` and `dockerfile: {below}/{dockerfile}`"))
}

fn source<'a>(
    cx: &ServiceCx<'_>,
    sink: &'a mut Sink<'_>,
    path: &str,
    place: Span,
    ignored_by: Option<Span>,
) -> &'a mut Diagnostic {
    let why = if ignored_by.is_some() { "`.dockerignore` keeps out" } else { "the build context does not have" };
    let finding = sink.report(format!("the Dockerfile of service `{}` copies `{path}`, which {why}", cx.name), place);
    if let Some(span) = ignored_by {
        finding.related.push(Label::new(span, "keeps it out of the build context"));
    }
    if let Some((context, span)) = said(cx, "context") {
        finding.related.push(Label::new(span, format!("paths are relative to `{context}`")));
    }
    finding.help = Some(match ignored_by {
        Some(_) => "take the line out of `.dockerignore`, or except the path with a line that starts with `!`".into(),
        None => "correct the path, or the build context that it is relative to".into(),
    });
    finding
}

/// What `build` says under a key, with its place; the short form is the context.
fn said(cx: &ServiceCx<'_>, key: &str) -> Option<(String, Span)> {
    let build = cx.service.get("build")?;
    let value = match build.as_str() {
        Some(_) if key == "context" => build,
        _ => build.get(key).filter(|value| !value.is_null())?,
    };
    Some((Value::scalar_text(value)?, value.span()?))
}
