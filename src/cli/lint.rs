//! `composegpu lint`.

use std::{io::Read, path::PathBuf};

use super::{
    Answer,
    args::{FailOn, FormArg, LintArgs},
    exit::{CliError, Exit},
    files::DiskFiles,
    fix::{Change, Fixed, fix},
    group::{Grouped, ProjectSet, group},
    hosts::{NamedHost, hosts_of},
    judge::{Job, Judged, judge},
    output,
    patch::patch,
    patterns::expand,
    read_stdin,
    rewrite::Target,
    select::Selection,
    settings::Surroundings,
    write::write_inside,
};
use crate::{
    diag::{Applicability, Code, Diagnostic, Severity},
    report::{Matrix, Report, RuleText},
    rules,
};

/// The name of standard input where none is given.
const STDIN: &str = "<stdin>";

/// Judges what the arguments name.
///
/// # Errors
/// When the command line makes no sense, or nothing can be judged.
pub(super) fn run(
    args: &LintArgs,
    world: &Surroundings,
    stdin: &mut dyn Read,
    answer: &mut Answer,
) -> Result<Exit, CliError> {
    check(args)?;
    let selection = Selection::new(&args.select, &args.extend_select, &args.ignore)?;
    let mut files = DiskFiles::new(&world.working_directory);
    let hosts = hosts_of(&args.hosts, world, &files)?;
    let is_stdin_project = args.project.files.iter().any(|file| is_stdin(file));
    let stdin_project = if is_stdin_project { Some(read_stdin(stdin)?) } else { None };
    let Grouped { sets, errors } = sets(args, world, stdin, &mut files)?;
    if args.show_files {
        answer.out = sets.iter().map(show).collect();
        return Ok(Exit::Clean);
    }
    let only = if let [only] = hosts.as_slice() { Some(&only.facts) } else { None };
    let target = Target { host: only, form: args.form.named() };
    let job = Job { args: &args.project, world, stdin: stdin_project.as_deref(), target, hosts: &hosts };
    let least = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let mut fixed = if args.fix || args.diff {
        fix(&mut files, least, |finding| selection.has(finding.code), |files| judge(&sets, job, files))
    } else {
        Fixed { judged: judge(&sets, job, &files), changes: Vec::new(), count: 0, refused: 0 }
    };
    let Judged { run, failures } = &mut fixed.judged;
    run.findings.retain(|finding| selection.has(finding.code));
    run.suppressed.retain(|one| selection.has(one.finding.code));
    run.unjudged.retain(|unjudged| selection.has(unjudged.code));
    let problems = errors.into_iter().chain(failures.drain(..).map(|failure| failure.to_string()));
    let problems: Vec<String> = problems.map(|problem| format!("error: {problem}\n")).collect();
    answer.err.extend(problems.iter().map(String::as_str));
    tell(args, world, &hosts, &fixed, answer)?;
    if answer.out.is_empty() && answer.err.is_empty() && world.is_watched() {
        answer.err = format!("no findings in {}\n", counted(sets.len(), "project", "projects"));
    }
    Ok(if problems.is_empty() { exit(args, &fixed) } else { Exit::Failed })
}

/// What the flags cannot mean together.
fn check(args: &LintArgs) -> Result<(), CliError> {
    output::check(&args.format)?;
    let usage = |text: &str| Err(CliError::Usage(text.to_owned()));
    let stdin_paths = args.paths.iter().filter(|path| is_stdin(path)).count();
    let has_stdin = stdin_paths > 0 || args.project.files.iter().any(|file| is_stdin(file));
    match () {
        () if stdin_paths > 1 => usage("standard input can be read once"),
        () if args.stdin_filename.is_some() && stdin_paths == 0 => {
            usage("`--stdin-filename` names the file that `-` stands for; `-` is missing")
        }
        () if has_stdin && args.fix && !args.diff => {
            usage("`--fix` cannot write to standard input; `--diff` prints what it would change")
        }
        () if args.unsafe_fixes && !args.fix && !args.diff => {
            usage("`--unsafe-fixes` adds to `--fix` or `--diff`; neither is given")
        }
        () if args.form == FormArg::Swarm => {
            usage("a stack file is another file than the project's; `composegpu render --form swarm` prints it")
        }
        () => Ok(()),
    }
}

fn is_stdin(path: &std::path::Path) -> bool {
    path.as_os_str() == "-"
}

/// The projects to judge.
fn sets(
    args: &LintArgs,
    world: &Surroundings,
    stdin: &mut dyn Read,
    files: &mut DiskFiles,
) -> Result<Grouped, CliError> {
    if !args.project.files.is_empty() {
        let set = ProjectSet { files: args.project.files.clone(), subject: None, lacks_base: false };
        return Ok(Grouped { sets: vec![set], errors: Vec::new() });
    }
    let mut paths = expand(&args.paths, &world.working_directory)?;
    if let Some(path) = paths.iter_mut().find(|path| is_stdin(path)) {
        *path = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from(STDIN));
        files.lay_over(path, read_stdin(stdin)?);
    }
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    group(&paths, &world.working_directory, files)
}

/// `compose.yaml + compose.gpu.yaml`
fn show(set: &ProjectSet) -> String {
    let files: Vec<String> = set.files.iter().map(|file| file.display().to_string()).collect();
    format!("{}\n", files.join(" + "))
}

/// Writes the fixes, and puts findings or patch into the answer.
fn tell(
    args: &LintArgs,
    world: &Surroundings,
    hosts: &[NamedHost],
    fixed: &Fixed,
    answer: &mut Answer,
) -> Result<(), CliError> {
    if fixed.refused > 0 {
        answer.err.push_str(&format!(
            "note: {}\n",
            counted(fixed.refused, "fix was held back, it", "fixes were held back, they") + " would bring a new error"
        ));
    }
    if args.diff {
        answer.out = fixed.changes.iter().map(as_patch).collect();
    }
    for change in fixed.changes.iter().filter(|_| !args.diff) {
        write(change, world)?;
    }
    if fixed.count > 0 && !args.diff {
        let files = counted(fixed.changes.len(), "file", "files");
        answer.err.push_str(&format!("fixed {} in {files}\n", counted(fixed.count, "finding", "findings")));
    }
    let run = &fixed.judged.run;
    let prefix = world.path_prefix();
    let names = hosts.iter().map(|host| host.name.clone()).collect();
    let matrix = (hosts.len() > 1).then(|| Matrix { hosts: names, services: run.rows.clone() });
    let report = Report {
        suppressed: &run.suppressed,
        skipped: &run.unjudged,
        path_prefix: &prefix,
        has_statistics: args.statistics,
        matrix: matrix.as_ref(),
        ..Report::of(&run.sources, &run.findings, rule_of)
    };
    output::give(&args.format, &report, !args.diff, world, answer)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn as_patch(change: &Change) -> String {
    patch(&change.path.display().to_string(), &change.old, &change.new)
}

/// A linted folder's own files may be changed, nothing that a link of it leads to elsewhere.
fn write(change: &Change, world: &Surroundings) -> Result<(), CliError> {
    let path = world.working_directory.join(&change.path);
    let own_folder = path.parent().unwrap_or(&world.working_directory);
    let project = if path.starts_with(&world.working_directory) { &world.working_directory } else { own_folder };
    write_inside(&path, change.new.as_bytes(), project).map_err(|error| CliError::write(&change.path, error))
}

/// What the rule of a code says of itself; nothing for a code without one.
pub(super) fn rule_of(code: Code) -> RuleText {
    let none = RuleText { name: "", summary: "", severity: Severity::Info, page: "" };
    rules::by_code(code).map_or(none, |rule| RuleText {
        name: rule.name,
        summary: rule.summary,
        severity: rule.severity,
        page: rule.page,
    })
}

fn exit(args: &LintArgs, fixed: &Fixed) -> Exit {
    let least = match args.fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    };
    let is_bad = |finding: &Diagnostic| least.is_some_and(|least| finding.severity >= least);
    let has_findings = fixed.judged.run.findings.iter().any(is_bad) || args.diff && !fixed.changes.is_empty();
    if has_findings && !args.exit_zero { Exit::Findings } else { Exit::Clean }
}
