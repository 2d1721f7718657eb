//! `composegpu render`.

mod check;
mod decisions;
mod remarks;

use std::{io::Read, path::Path};

use super::{
    Answer,
    args::{ExplainFormat, Fallback, FormArg, ProjectFormat, RenderArgs},
    config::{form, printed, read_project, tell},
    exit::{CliError, Exit},
    files::DiskFiles,
    hosts::{facts_of, try_out},
    settings::Surroundings,
    write::write_whole,
};
use crate::{
    compose,
    diag::Diagnostic,
    gpu::{self, GpuRequest},
    host::HostFacts,
    lower::{self, Form, Rendered, Wanted},
    rules,
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
    refuse_nonsense(args)?;
    let (project, sources, findings) = read_project(&args.project, true, world, stdin)?;
    let is_json = args.explain == Some(ExplainFormat::Json);
    if !project.is_accepted || !is_json {
        tell(&findings, &sources, world, answer);
    }
    if !project.is_accepted {
        return Ok(Exit::Findings);
    }
    let files = DiskFiles::new(&world.working_directory);
    if let Some(path) = args.output.as_deref().filter(|path| is_source(path, &sources, &files)) {
        let text = format!("`{}` is one of the project's own files; write to another", path.display());
        return Err(CliError::Usage(text));
    }
    let extension = rules::by_text("bad-x-composegpu").expect("there is such a rule").code;
    if is_told(&lower::extension_problems(&project, extension), &sources, world, answer) {
        return Ok(Exit::Findings);
    }
    let requests = gpu::collect(&project);
    let host = host(args, &files, &requests)?;
    let base = args.overlay.then(|| project.model.clone());
    let rendered = lower::render(project, &requests, host.as_ref(), wanted(args));
    let services = rendered.as_ref().map_or_else(|services| services, |rendered| &rendered.services);
    match &rendered {
        _ if is_json => answer.err.push_str(&decisions::json(services, &findings, &sources)),
        Ok(_) => answer.err.extend(services.iter().map(|service| remarks::remarks(service, args))),
        Err(_) => return Err(CliError::Unlowerable(remarks::refusal(services, &sources))),
    }
    let Ok(Rendered { project, problems, .. }) = &rendered else { return Ok(Exit::Failed) };
    if is_told(problems, &sources, world, answer) {
        return Ok(Exit::Findings);
    }
    let text = match &base {
        Some(base) => lower::overlay(base, &project.model),
        None => printed(&compose::portable(project, form(args.format)), args.format),
    };
    hand_over(text, args, world, answer)
}

/// Tells what stands in the way of a project; whether anything does.
fn is_told(problems: &[Diagnostic], sources: &SourceMap, world: &Surroundings, answer: &mut Answer) -> bool {
    if !problems.is_empty() {
        tell(problems, sources, world, answer);
    }
    !problems.is_empty()
}

/// Prints, writes or compares the text.
fn hand_over(text: String, args: &RenderArgs, world: &Surroundings, answer: &mut Answer) -> Result<Exit, CliError> {
    match &args.output {
        Some(path) if args.check => return check::check(path, &text, world, answer),
        Some(path) => write_whole(&world.working_directory.join(path), text.as_bytes())
            .map_err(|error| CliError::write(path, error))?,
        None => answer.out = text,
    }
    Ok(Exit::Clean)
}

/// Flags that make no sense together.
fn refuse_nonsense(args: &RenderArgs) -> Result<(), CliError> {
    let usage = |text: &str| Err(CliError::Usage(text.to_owned()));
    match args {
        RenderArgs { check: true, output: None, .. } => {
            usage("`--check` compares a file with what would be written; name it with `-o FILE`")
        }
        RenderArgs { check: true, host, .. } if host == "live" => {
            usage("`--check` needs a host that stays as it is; name a recorded one with `--host FILE`")
        }
        RenderArgs { trial: true, host, .. } if host != "live" => {
            usage("`--trial` starts containers here; a recorded host keeps the trials of `probe --trial -o FILE`")
        }
        RenderArgs { overlay: true, format: ProjectFormat::Json, .. } => {
            usage("`--overlay` is YAML: JSON has no `!reset` and no `!override`")
        }
        _ => Ok(()),
    }
}

/// Whether writing there would change what the project is made of.
fn is_source(path: &Path, sources: &SourceMap, files: &DiskFiles) -> bool {
    let path = files.resolve(path);
    sources.iter().any(|(_, file)| files.resolve(file.path()) == path)
}

/// The host to render for; none is looked at where nothing depends on it.
fn host(args: &RenderArgs, files: &DiskFiles, requests: &[GpuRequest]) -> Result<Option<HostFacts>, CliError> {
    let is_live = args.host == "live";
    if is_live && (requests.is_empty() || args.form == FormArg::Cpu) {
        return Ok(None);
    }
    let mut host = facts_of(&args.host, files)?;
    if args.trial {
        let attempts = attempts(requests, &host, wanted(args));
        try_out(&mut host, &attempts)?;
    }
    Ok(Some(host))
}

/// What the services' requests could become on the host, each once.
fn attempts(requests: &[GpuRequest], host: &HostFacts, wanted: Wanted) -> Vec<(Form, Vec<String>)> {
    let mut attempts = Vec::new();
    for requests in requests.chunk_by(|one, next| one.service == next.service) {
        for attempt in lower::candidates(requests, host, wanted) {
            if !attempts.contains(&attempt) {
                attempts.push(attempt);
            }
        }
    }
    attempts
}

fn wanted(args: &RenderArgs) -> Wanted {
    Wanted { form: args.form.named(), is_cpu_allowed: args.fallback == Some(Fallback::Cpu) }
}
