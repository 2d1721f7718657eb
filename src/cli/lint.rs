//! `composegpu lint`.

use std::{
    ffi::OsString,
    io::Read,
    path::{Path, PathBuf},
};

use super::{
    Answer,
    args::{FailOn, FormArg, LintArgs},
    baseline::{self, Known},
    configuration::Configuration,
    exit::{CliError, Exit},
    files::DiskFiles,
    fix::{Fixed, fix},
    group::{Grouped, ProjectSet, group},
    hosts::{NamedHost, hosts_of},
    join::Run,
    judge::{Job, Judged, judge},
    mending, output,
    patterns::expand,
    read_stdin,
    rewrite::Target,
    rule_text::{counted, report_of},
    select::Selection,
    settings::Surroundings,
};
use crate::{
    diag::{Applicability, Diagnostic, Place, Severity},
    report::{Matrix, Report},
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
    let mut files = DiskFiles::new(&world.working_directory);
    let configuration = Configuration::of(args, world, &files)?;
    if args.write_baseline && args.baseline.is_none() && configuration.baseline.is_none() {
        return Err(CliError::Usage("`--write-baseline` lacks the file; name it with `--baseline FILE`".to_owned()));
    }
    let selection = Selection::new(args, &configuration)?;
    let hosts = named_hosts(args, &configuration, world, &files)?;
    let is_stdin_project = args.project.files.iter().any(|file| is_stdin(file));
    let stdin_project = if is_stdin_project { Some(read_stdin(stdin)?) } else { None };
    let Grouped { sets, errors, excluded } = sets(args, world, stdin, &mut files, &configuration)?;
    if args.show_files {
        answer.out = sets.iter().map(show).collect();
        return Ok(Exit::Clean);
    }
    let only = if let [only] = hosts.as_slice() { Some(&only.facts) } else { None };
    let target = Target { host: only, form: args.form.named() };
    let stdin = stdin_project.as_deref();
    let job = Job { args: &args.project, world, stdin, target, hosts: &hosts, ignoring: None };
    let baseline = args.baseline.as_ref().or(configuration.baseline.as_ref());
    let known = baseline.filter(|_| !args.write_baseline).map(|path| Known::read(path, &files)).transpose()?;
    let found = |job, files: &DiskFiles| selected(judge(&sets, job, files), &selection, known.as_ref(), files);
    let mut fixed = mended(args, job, &mut files, found);
    let failures = &mut fixed.judged.failures;
    let problems = errors.into_iter().chain(failures.drain(..).map(|failure| failure.to_string()));
    let problems: Vec<String> = problems.map(|problem| format!("error: {problem}\n")).collect();
    answer.err.extend(problems.iter().map(String::as_str));
    if let Some(path) = baseline.filter(|_| args.write_baseline && problems.is_empty()) {
        return write_baseline(path, &fixed.judged.run, &files, answer);
    }
    for path in &excluded {
        answer.err.push_str(&format!("note: {} is excluded by the configuration\n", path.display()));
    }
    tell(args, world, &hosts, &fixed, answer)?;
    if answer.out.is_empty() && answer.err.is_empty() && world.is_watched() {
        answer.err = format!("no findings in {}\n", counted(sets.len(), "project", "projects"));
    }
    Ok(if problems.is_empty() { exit(args, &configuration, &fixed) } else { Exit::Failed })
}

/// What is found, and what was mended of it.
fn mended<'a>(
    args: &'a LintArgs,
    job: Job<'a>,
    files: &mut DiskFiles,
    found: impl Fn(Job<'a>, &DiskFiles) -> Judged,
) -> Fixed {
    let least = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    match &args.add_ignore {
        Some(reason) => {
            let ignoring = Job { ignoring: Some(reason.trim()), ..job };
            let fixed = fix(files, Applicability::Safe, |files| found(ignoring, files));
            Fixed { judged: found(job, files), ..fixed }
        }
        None if args.fix || args.diff => fix(files, least, |files| found(job, files)),
        None => Fixed::of(found(job, files)),
    }
}

/// The findings that are wanted and not known, as bad as the configuration says.
fn selected(mut judged: Judged, selection: &Selection<'_>, known: Option<&Known>, files: &DiskFiles) -> Judged {
    let run = &mut judged.run;
    let sources = &run.sources;
    let is_wanted = |finding: &Diagnostic| {
        let path = match &finding.place {
            Place::Source(label) => Some(sources.file(label.span.file).path()),
            Place::File(path) => Some(Path::new(path)),
            Place::Evidence { .. } => None,
        };
        selection.wants(finding.code, path.map(|path| files.absolute(path)).as_deref())
    };
    run.findings.retain(is_wanted);
    run.suppressed.retain(|one| is_wanted(&one.finding));
    run.unjudged.retain(|unjudged| selection.has(unjudged.code));
    run.findings.iter_mut().for_each(|finding| selection.weigh(finding));
    judged.gone = known.map_or(0, |known| known.heed(run, files));
    judged
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
        () if has_stdin && args.add_ignore.is_some() && !args.diff => {
            usage("`--add-ignore` cannot write to standard input; `--diff` prints what it would change")
        }
        () if args.add_ignore.as_ref().is_some_and(|reason| reason.contains(char::is_control)) => {
            usage("the reason of `--add-ignore` is one line")
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
    configuration: &Configuration,
) -> Result<Grouped, CliError> {
    if !args.project.files.is_empty() {
        let set = ProjectSet { files: args.project.files.clone(), ..ProjectSet::default() };
        return Ok(Grouped { sets: vec![set], ..Grouped::default() });
    }
    let mut paths = expand(&args.paths, &world.working_directory)?;
    if let Some(path) = paths.iter_mut().find(|path| is_stdin(path)) {
        *path = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from(STDIN));
        files.lay_over(path, read_stdin(stdin)?);
    }
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    group(&paths, &world.working_directory, files, configuration)
}

/// The hosts that were named, else the configuration's.
fn named_hosts(
    args: &LintArgs,
    configuration: &Configuration,
    world: &Surroundings,
    files: &DiskFiles,
) -> Result<Vec<NamedHost>, CliError> {
    let configured: Vec<OsString> = configuration.host.iter().map(OsString::from).collect();
    hosts_of(if args.hosts.is_empty() { &configured } else { &args.hosts }, world, files)
}

/// `compose.yaml + compose.gpu.yaml`
fn show(set: &ProjectSet) -> String {
    let files: Vec<String> = set.files.iter().map(|file| file.display().to_string()).collect();
    let name = set.name.as_ref().map_or_else(String::new, |name| format!(" (project `{name}`)"));
    format!("{}{name}\n", files.join(" + "))
}

/// Writes the fixes, and puts findings or patch into the answer.
fn tell(
    args: &LintArgs,
    world: &Surroundings,
    hosts: &[NamedHost],
    fixed: &Fixed,
    answer: &mut Answer,
) -> Result<(), CliError> {
    mending::tell(args, world, fixed, answer)?;
    let run = &fixed.judged.run;
    if fixed.judged.gone > 0 {
        let gone = counted(fixed.judged.gone, "finding of the baseline is", "findings of the baseline are");
        answer.err.push_str(&format!("note: {gone} gone; `--write-baseline` drops such entries\n"));
    }
    let prefix = world.path_prefix();
    let names = hosts.iter().map(|host| host.name.clone()).collect();
    let matrix = (hosts.len() > 1).then(|| Matrix { hosts: names, services: run.rows.clone() });
    let report = Report {
        suppressed: &run.suppressed,
        skipped: &run.unjudged,
        path_prefix: &prefix,
        has_statistics: args.statistics,
        matrix: matrix.as_ref(),
        ..report_of(&run.sources, &run.findings)
    };
    output::give(&args.format, &report, !args.diff, world, answer)
}

fn write_baseline(path: &Path, run: &Run, files: &DiskFiles, answer: &mut Answer) -> Result<Exit, CliError> {
    let path = files.absolute(path);
    baseline::write(&path, run, files)?;
    let count = counted(run.findings.len(), "finding", "findings");
    answer.err.push_str(&format!("wrote {count} to {}\n", files.shown(&path).display()));
    Ok(Exit::Clean)
}

fn exit(args: &LintArgs, configuration: &Configuration, fixed: &Fixed) -> Exit {
    let least = match args.fail_on.or(configuration.fail_on).unwrap_or_default() {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    };
    let is_bad = |finding: &Diagnostic| least.is_some_and(|least| finding.severity >= least);
    let has_findings = fixed.judged.run.findings.iter().any(is_bad) || args.diff && !fixed.changes.is_empty();
    if has_findings && !args.exit_zero { Exit::Findings } else { Exit::Clean }
}
