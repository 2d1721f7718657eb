//! Fixes for findings about the form of a GPU request: the form is asked for (`--form`) or follows from a
//! host (`--host`), and what the edited files mean is read again before the fix is offered.
//!
//! It stands here and not in the rules, because only this floor can load a project.

use std::{collections::BTreeMap, path::Path};

use super::files::DiskFiles;
use crate::{
    compose::{self, Form as Printed, LoadRequest, Project},
    diag::{Applicability, Diagnostic, Fix, Severity},
    gpu::{self, GpuRequest},
    host::HostFacts,
    lower::{self, Form, Rewriting, Wanted},
    rules::REWRITABLE,
    source::SourceMap,
    yaml::edit,
};

/// The form that requests should get.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    /// The host that decides, or that the form has to work on.
    pub(super) host: Option<&'a HostFacts>,
    /// The form that was named.
    pub(super) form: Option<Form>,
}

/// A loaded project, and the way to load it again.
pub(super) struct Ground<'a> {
    pub(super) project: &'a mut Project,
    pub(super) sources: &'a SourceMap,
    pub(super) requests: &'a [GpuRequest],
    pub(super) request: &'a LoadRequest,
    pub(super) files: &'a DiskFiles,
    /// Errors that reading the project gave.
    pub(super) errors: usize,
}

/// Gives the findings that are about a request's form their fixes, or says in their help why they
/// have none. One about the very form that was named goes: the user wants it.
pub(super) fn offer(findings: &mut Vec<Diagnostic>, target: Target<'_>, ground: &mut Ground<'_>) {
    if target.host.is_none() && target.form.is_none() {
        return;
    }
    let mut answers: BTreeMap<String, Result<Option<Fix>, String>> = BTreeMap::new();
    findings.retain_mut(|finding| {
        let Some(service) = finding.service.clone().filter(|_| REWRITABLE.contains(&finding.code)) else { return true };
        let answer = answers.entry(service.clone()).or_insert_with(|| fix_of(&service, target, ground));
        match answer {
            Ok(fix) => finding.fix.clone_from(fix),
            Err(reason) => {
                let help = finding.help.take().map_or_else(String::new, |help| help + "; ");
                finding.help = Some(format!("{help}it is not rewritten: {reason}"));
            }
        }
        finding.fix.is_some() || answer.is_err() || target.form.is_none()
    });
}

fn fix_of(service: &str, target: Target<'_>, ground: &mut Ground<'_>) -> Result<Option<Fix>, String> {
    let wanted = Wanted { form: target.form, is_cpu_allowed: false };
    let rewriting = lower::rewrite(ground.project, ground.sources, ground.requests, service, target.host, wanted);
    let Some(rewriting) = rewriting.map_err(|reason| reason.to_string())? else { return Ok(None) };
    check(service, &rewriting, target, ground)?;
    let Rewriting { decision, edits, .. } = rewriting;
    let devices =
        if decision.devices.is_empty() { String::new() } else { format!(": {}", decision.devices.join(", ")) };
    let title = format!("write the request of service `{service}` in the form `{}`{devices}", decision.form);
    Ok(Some(Fix { title, applicability: Applicability::Unsafe, edits }))
}

/// Reads the edited files, which must mean what was decided, and everything else as before.
fn check(service: &str, rewriting: &Rewriting, target: Target<'_>, ground: &mut Ground<'_>) -> Result<(), String> {
    const ELSE: &str = "the edited file would not mean what was decided";
    let source = ground.sources.file(rewriting.file);
    let text = edit::apply(source.text(), &rewriting.edits).into_bytes();
    let (mut request, mut files) = (ground.request.clone(), ground.files.clone());
    let is_stdin = request.stdin.is_some() && source.path() == Path::new("<stdin>");
    if is_stdin {
        request.stdin = Some(text)
    } else {
        files.lay_over(source.path(), text)
    }
    let mut sources = SourceMap::default();
    let loaded = compose::load(&request, &files, &mut sources).map_err(|error| error.to_string())?;
    let errors = loaded.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > ground.errors || loaded.project.is_accepted != ground.project.is_accepted {
        return Err(ELSE.to_owned());
    }
    if compose::portable(&loaded.project, Printed::Yaml) != promised(service, rewriting, ground.project) {
        return Err(ELSE.to_owned());
    }
    let is_kept = rewriting.is_kept(&gpu::collect(&loaded.project), service, target.host);
    if is_kept { Ok(()) } else { Err(ELSE.to_owned()) }
}

/// The project with the service as it was decided.
fn promised(service: &str, rewriting: &Rewriting, project: &mut Project) -> crate::yaml::Value {
    let model = project.model.clone();
    if let Some(value) = project.model.at_mut(&["services", service]) {
        value.clone_from(&rewriting.service);
    }
    let promised = compose::portable(project, Printed::Yaml);
    project.model = model;
    promised
}
