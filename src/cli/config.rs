//! `composegpu config`.

use std::io::Read;

use super::{
    Answer,
    args::{ConfigArgs, ProjectArgs, ProjectFormat},
    default_files::project_files,
    exit::{CliError, Exit},
    files::DiskFiles,
    read_stdin,
    rule_text::report_of,
    settings::{Surroundings, load_request},
};
use crate::{
    compose::{self, Form, Loaded, Normalised, Project},
    diag::{Diagnostic, Severity},
    report::human,
    source::SourceMap,
    yaml::{self, Map, NotJson, Value, emit},
};

/// Prints the project, or why Compose refuses it.
///
/// # Errors
/// When the project's files cannot be had.
pub(super) fn run(
    args: &ConfigArgs,
    world: &Surroundings,
    stdin: &mut dyn Read,
    answer: &mut Answer,
) -> Result<Exit, CliError> {
    let files = DiskFiles::new(&world.working_directory);
    let Some((project, sources)) = accepted_project(&args.project, !args.no_interpolate, world, stdin, answer)? else {
        return Ok(Exit::Findings);
    };
    let Normalised { value, problems } = compose::normalise(&project, form(args.format), &files);
    if !problems.is_empty() {
        tell(&problems, &sources, world, answer);
        return Ok(Exit::Findings);
    }
    if args.services {
        let services = value.get("services").and_then(Value::as_map);
        answer.out = services.into_iter().flat_map(Map::keys).map(|name| format!("{name}\n")).collect();
    } else if !args.quiet {
        answer.out = printed(&value, args.format, &sources)?;
    }
    Ok(Exit::Clean)
}

/// The project that the flags name; `None` where Compose refuses it, and then standard error
/// says why.
///
/// # Errors
/// When the project's files cannot be had.
pub(super) fn accepted_project(
    args: &ProjectArgs,
    is_interpolated: bool,
    world: &Surroundings,
    stdin: &mut dyn Read,
    answer: &mut Answer,
) -> Result<Option<(Project, SourceMap)>, CliError> {
    let (project, sources, findings) = read_project(args, is_interpolated, world, stdin)?;
    tell(&findings, &sources, world, answer);
    Ok(project.is_accepted.then_some((project, sources)))
}

/// The project that the flags name, and what a verb that prints it has to say of it.
///
/// # Errors
/// When the project's files cannot be had.
pub(super) fn read_project(
    args: &ProjectArgs,
    is_interpolated: bool,
    world: &Surroundings,
    stdin: &mut dyn Read,
) -> Result<(Project, SourceMap, Vec<Diagnostic>), CliError> {
    let files = DiskFiles::new(&world.working_directory);
    let chosen = project_files(args, world, &files)?;
    let has_stdin = chosen.iter().any(|file| file.as_os_str() == "-");
    let mut request = load_request(args, chosen, world);
    request.stdin = if has_stdin { Some(read_stdin(stdin)?) } else { None };
    request.is_interpolated = is_interpolated;
    let mut sources = SourceMap::default();
    let Loaded { project, diagnostics } = compose::load(&request, &files, &mut sources)?;
    // What the reader merely remarks on is lint's business where the project loads; but Compose
    // itself warns of each variable without a value.
    let worst = diagnostics.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Info);
    let least = if project.is_accepted { Severity::Warning } else { worst };
    let findings = diagnostics
        .into_iter()
        .filter(|finding| finding.severity >= least || finding.code == compose::UNSET_VARIABLE)
        .collect();
    Ok((project, sources, findings))
}

/// Puts findings on standard error, where a verb's own output must stay clean.
pub(super) fn tell(findings: &[Diagnostic], sources: &SourceMap, world: &Surroundings, answer: &mut Answer) {
    let report = report_of(sources, findings);
    answer.err.push_str(&human(&report, world.look_err()));
}

/// The way of printing that a format asks for.
pub(super) fn form(format: ProjectFormat) -> Form {
    match format {
        ProjectFormat::Yaml => Form::Yaml,
        ProjectFormat::Json => Form::Json,
    }
}

/// A project as text.
///
/// # Errors
/// When JSON has no word for a number in it; Compose refuses that too.
pub(super) fn printed(project: &Value, format: ProjectFormat, sources: &SourceMap) -> Result<String, CliError> {
    match format {
        ProjectFormat::Yaml => Ok(emit::to_yaml(project)),
        ProjectFormat::Json => yaml::json_text(project).map_err(|NotJson { word, span }| {
            let place = span.map(|span| {
                let start = sources.start(span);
                format!("{}:{}:{}: ", sources.file(span.file).path().display(), start.line, start.column)
            });
            CliError::NotJson(format!(
                "{}JSON has no `{word}`; write a finite number, or ask for YAML",
                place.unwrap_or_default()
            ))
        }),
    }
}
