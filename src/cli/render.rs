//! `composegpu render`.

use std::{fmt::Write, io::Read, path::Path};

use super::{
    Answer,
    args::{Fallback, FormArg, RenderArgs},
    config::{accepted_project, form, printed},
    exit::{CliError, Exit},
    files::DiskFiles,
    hosts::facts_of,
    settings::Surroundings,
    write::write_whole,
};
use crate::{
    compose, gpu,
    host::HostFacts,
    lower::{self, Form, Lowered, Refused, Unlowerable, Wanted},
    source::{Files as _, SourceMap},
};

/// Prints the project with its GPU requests in the form that works on the host.
///
/// # Errors
/// When the project's files or the host's facts cannot be had, or the host cannot give what
/// the project asks for.
pub(super) fn run(
    args: &RenderArgs,
    world: &Surroundings,
    stdin: &mut dyn Read,
    answer: &mut Answer,
) -> Result<Exit, CliError> {
    let Some((project, sources)) = accepted_project(&args.project, true, world, stdin, answer)? else {
        return Ok(Exit::Findings);
    };
    let files = DiskFiles::new(&world.working_directory);
    if let Some(path) = args.output.as_deref().filter(|path| is_source(path, &sources, &files)) {
        let text = format!("`{}` is one of the project's own files; write to another", path.display());
        return Err(CliError::Usage(text));
    }
    let requests = gpu::collect(&project);
    let host = host(args, &files, requests.is_empty())?;
    let rendered = lower::render(project, &requests, host.as_ref(), wanted(args))
        .map_err(|refused| CliError::Unlowerable(refusal(&refused, &sources)))?;
    for service in &rendered.services {
        answer.err.push_str(&remarks(service, args));
    }
    let text = printed(&compose::portable(&rendered.project, form(args.format)), args.format);
    match &args.output {
        Some(path) => write_whole(&world.working_directory.join(path), text.as_bytes())
            .map_err(|error| CliError::write(path, error))?,
        None => answer.out = text,
    }
    Ok(Exit::Clean)
}

/// Whether writing there would change what the project is made of.
fn is_source(path: &Path, sources: &SourceMap, files: &DiskFiles) -> bool {
    let path = files.resolve(path);
    sources.iter().any(|(_, file)| files.resolve(file.path()) == path)
}

/// The host to render for; none is looked at where nothing depends on it.
fn host(args: &RenderArgs, files: &DiskFiles, has_no_requests: bool) -> Result<Option<HostFacts>, CliError> {
    let is_live = args.host == "live";
    if is_live && (has_no_requests || args.form == FormArg::Cpu) {
        return Ok(None);
    }
    facts_of(&args.host, files).map(Some)
}

fn wanted(args: &RenderArgs) -> Wanted {
    let form = match args.form {
        FormArg::Auto => None,
        FormArg::Cdi => Some(Form::Cdi),
        FormArg::Runtime => Some(Form::Runtime),
        FormArg::Cpu => Some(Form::Cpu),
    };
    Wanted { form, is_cpu_allowed: args.fallback == Some(Fallback::Cpu) }
}

/// Why nothing is printed: a line for each service, and below it what is against each form.
fn refusal(refused: &[Refused], sources: &SourceMap) -> String {
    let mut out = String::new();
    for (at, refused) in refused.iter().enumerate() {
        let place = sources.start(refused.span);
        let path = sources.file(refused.span.file).path().display();
        let lead = if at == 0 { "" } else { "\n" };
        let _ = write!(out, "{lead}service `{}` ({path}:{}): {}", refused.service, place.line, refused.reason);
        if let Unlowerable::NoWorkingForm(rejected) = &refused.reason {
            for (form, reason) in rejected {
                let _ = write!(out, "\n  {form}: {reason}");
            }
        }
    }
    if refused.iter().any(|refused| matches!(refused.reason, Unlowerable::HostUnseen(_))) {
        out.push_str("\n  `--host FILE` renders for a host that `composegpu probe -o FILE` recorded");
    }
    let is_formless = refused.iter().any(|refused| matches!(refused.reason, Unlowerable::NoWorkingForm(_)));
    if is_formless {
        out.push_str("\n  `--fallback cpu` renders such services without a GPU");
    }
    out
}

/// What standard error says of one service: warnings always, the reasons when asked.
fn remarks(service: &Lowered, args: &RenderArgs) -> String {
    let mut out = String::new();
    let is_explained = args.explain;
    let name = &service.service;
    match &service.outcome {
        Ok(decision) => {
            if decision.form == Form::Cpu && args.form != FormArg::Cpu {
                let _ = writeln!(out, "warning: service `{name}` gets no GPU: {}", decision.reasons.join("; "));
                for (form, reason) in decision.rejected.iter().filter(|_| !is_explained) {
                    let _ = writeln!(out, "  {form}: {reason}");
                }
            }
            if is_explained {
                let devices = decision.devices.join(", ");
                let devices = if devices.is_empty() { devices } else { format!(" ({devices})") };
                let _ = writeln!(out, "{name}: {}{devices}", decision.form);
                let because = decision.reasons.iter().map(|reason| format!("  because {reason}\n"));
                let against = decision.rejected.iter().map(|(form, reason)| format!("  not {form}: {reason}\n"));
                out.extend(because.chain(against));
            }
        }
        Err(reason) if is_explained || !matches!(reason, Unlowerable::NothingAsked) => {
            let _ = writeln!(out, "warning: service `{name}` is left as it is: {reason}");
        }
        Err(_) => {}
    }
    for note in service.notes.iter().filter(|_| is_explained) {
        let _ = writeln!(out, "  note: {note}");
    }
    out
}
