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
    compose::{self, Project},
    diag::Diagnostic,
    gpu::{self, GpuRequest},
    host::HostFacts,
    lower::{self, Form, Lowered, Rendered, StackFile, Wanted},
    rules,
    source::{Files as _, SourceMap},
    yaml::Value,
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
    let made = make(project, &requests, host.as_ref(), args, &files);
    explain(&made, &findings, &sources, args, answer)?;
    let Ok(rendered) = &made.rendered else { return Ok(Exit::Failed) };
    if is_told(&rendered.problems, &sources, world, answer) {
        return Ok(Exit::Findings);
    }
    match made.text(&rendered.project, args.format, &sources)? {
        Some(text) => hand_over(text, args, world, answer),
        None => Ok(Exit::Failed),
    }
}

/// What came of a project.
struct Made {
    rendered: Result<Rendered, Vec<Lowered>>,
    /// The model as it was, where an overlay is asked for.
    base: Option<Value>,
    /// The stack file, where one is asked for.
    stack: Option<StackFile>,
}

fn make(
    project: Project,
    requests: &[GpuRequest],
    host: Option<&HostFacts>,
    args: &RenderArgs,
    files: &DiskFiles,
) -> Made {
    let base = args.overlay.then(|| project.model.clone());
    let rendered = lower::render(project, requests, host, wanted(args));
    let stack = rendered.as_ref().ok().filter(|_| args.form == FormArg::Swarm).map(|Rendered { project, .. }| {
        // What lowering left alone is still asked for.
        lower::stack_file(project, &gpu::collect(project), host, files)
    });
    Made { rendered, base, stack }
}

impl Made {
    /// What is printed; nothing where there can be no stack file.
    ///
    /// # Errors
    /// When the format is JSON and the project holds what that cannot say.
    fn text(&self, project: &Project, format: ProjectFormat, sources: &SourceMap) -> Result<Option<String>, CliError> {
        Ok(match (&self.base, &self.stack) {
            (_, Some(stack)) if !stack.refused.is_empty() => None,
            (_, Some(stack)) => Some(printed(&stack.value, format, sources)?),
            (Some(base), None) => Some(lower::overlay(base, &project.model)),
            (None, None) => Some(printed(&compose::portable(project, form(format)), format, sources)?),
        })
    }
}

/// Says on standard error what was decided, and why nothing can be printed.
fn explain(
    made: &Made,
    findings: &[Diagnostic],
    sources: &SourceMap,
    args: &RenderArgs,
    answer: &mut Answer,
) -> Result<(), CliError> {
    let services = made.rendered.as_ref().map_or_else(|services| services, |rendered| &rendered.services);
    if args.explain == Some(ExplainFormat::Json) {
        answer.err.push_str(&decisions::json(services, findings, made.stack.as_ref(), sources));
        return Ok(());
    }
    if made.rendered.is_err() {
        return Err(CliError::Unlowerable(remarks::refusal(services, sources)));
    }
    if let Some(stack) = made.stack.as_ref().filter(|stack| !stack.refused.is_empty()) {
        return Err(CliError::Unlowerable(stack.refused.join("\n")));
    }
    answer.err.extend(services.iter().map(|service| remarks::remarks(service, args)));
    let notes = made.stack.iter().flat_map(|stack| &stack.notes);
    answer.err.extend(notes.map(|note| format!("warning: {note}\n")));
    Ok(())
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
        RenderArgs { overlay: true, form: FormArg::Swarm, .. } => {
            usage("`--overlay` is for Compose; a stack file is written whole")
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
