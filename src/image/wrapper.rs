//! Programs that start the program among their words: init processes, environments, waiters.
//!
//! Apart from `command`, which follows them: a table of options, since a wrapper whose options are not
//! known may start anything.
//! Source: the programs' manual pages and `--help`; jwilder/dockerize's and watchdog's READMEs.

use super::{launcher, shell::Simple, starts::Word};

/// Wrappers that start what stands behind their own options: names, options without a value, options with one.
const BEHIND_OPTIONS: &[(&[&str], &[&str], &[&str])] = &[
    (
        &[
            "exec",
            "nohup",
            "time",
            "setsid",
            "command",
            "nvidia_entrypoint.sh",
            "ddtrace-run",
            "opentelemetry-instrument",
        ],
        &[],
        &[],
    ),
    (&["tini", "tini-static", "docker-init"], &["-g", "-s", "-v", "-vv", "-vvv", "-w"], &["-p", "-e"]),
    (&["dumb-init"], &["-c", "--single-child", "-v", "--verbose"], &["-r", "--rewrite"]),
    (&["catatonit"], &["-g", "-P"], &[]),
    (&["runuser"], &[], &["-u", "--user", "-g", "--group"]),
    (
        &["setpriv"],
        &["--clear-groups", "--init-groups", "--keep-groups", "--reset-env", "--no-new-privs"],
        &["--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set"],
    ),
    (&["sudo"], &["-E", "-H", "-n"], &["-u", "-g"]),
    (
        &["numactl"],
        &["-l", "--localalloc"],
        &["-N", "-m", "-C", "-i", "-p", "--cpunodebind", "--membind", "--physcpubind", "--interleave"],
    ),
    (&["taskset"], &[], &["-c", "--cpu-list"]),
    (&["xvfb-run"], &["-a", "--auto-servernum"], &["-s", "--server-args", "-n", "--server-num"]),
    (&["npx", "bunx"], &["-y", "--yes", "--no", "--no-install"], &[]),
    (&["nice"], &[], &["-n"]),
    (&["stdbuf"], &["-oL", "-eL", "-o0", "-e0"], &["-o", "-e", "-i"]),
];

/// The same behind the word `run`.
const BEHIND_RUN: &[(&[&str], &[&str], &[&str])] = &[
    (&["hatch", "pixi"], &["--frozen", "--locked"], &["-e", "--environment"]),
    (&["poetry", "pipenv", "pdm", "rye"], &[], &[]),
    (&["uv"], UV_SWITCHES, UV_VALUES),
    (&["conda", "mamba", "micromamba"], &["--no-capture-output", "--live-stream"], &["-n", "--name", "-p", "--prefix"]),
];

/// What a wrapper starts; `None` where the name is no wrapper.
pub(super) fn inner<'w>(name: &str, words: &'w [Word]) -> Option<Result<&'w [Word], String>> {
    let is_named = |(names, ..): &&(&[&str], &[&str], &[&str])| names.contains(&name);
    if let Some((_, switches, valued)) = BEHIND_OPTIONS.iter().find(is_named) {
        return Some(past(name, words, switches, valued));
    }
    if let Some((_, switches, valued)) = BEHIND_RUN.iter().find(is_named).filter(|_| is_run(words)) {
        return Some(past(name, &words[1..], switches, valued));
    }
    let skip = |count: usize| Ok(words.get(count..).unwrap_or_default());
    let behind_dashes = |verb: &str| {
        let dashes = words.iter().position(|word| word.text == "--");
        dashes.map_or_else(|| Err(format!("`{name} {verb}` is not followed")), |at| skip(at + 1))
    };
    Some(match name {
        "gosu" | "su-exec" | "s6-setuidgid" => skip(1),
        "doppler" | "infisical" | "op" | "dotenv" if is_run(words) => behind_dashes("run"),
        "newrelic-admin" if words.first().is_some_and(|word| word.text == "run-program") => skip(1),
        "watchmedo" if words.first().is_some_and(|word| word.text == "auto-restart") => behind_dashes("auto-restart"),
        "cross-env" => skip(words.iter().take_while(|word| word.text.contains('=')).count()),
        "mpirun" | "mpiexec" => launcher::mpirun(words),
        "timeout" => past(name, words, &["--foreground", "--preserve-status"], &["-k", "-s"])
            .map(|rest| rest.get(1..).unwrap_or_default()),
        "dockerize" if words.iter().all(|word| word.text != "--") => {
            past(name, words, &["-no-overwrite", "-poll"], &["-wait", "-timeout", "-wait-retry-interval", "-template"])
        }
        "wait-for-it.sh" | "wait-for-it" | "wait-for" | "wait-for.sh" | "dockerize" => {
            let dashes = words.iter().position(|word| word.text == "--");
            skip(dashes.map_or(words.len(), |at| at + 1))
        }
        _ => return None,
    })
}

/// Options of `uv run` without and with a value, those that change what is found left out.
/// Source: `uv run --help`, 0.8.
const UV_SWITCHES: &[&str] = &[
    "--no-sync",
    "--frozen",
    "--locked",
    "--no-dev",
    "--offline",
    "--no-project",
    "-q",
    "--quiet",
    "--active",
    "--no-cache",
    "--all-extras",
    "--no-progress",
];
const UV_VALUES: &[&str] = &["--extra", "--group", "--no-group", "--python", "-p", "--with", "--package"];

/// What a wrapper installs before it starts anything.
/// Source: uv's documentation, "Locking and syncing", "Automatic lock and sync"; Hatch's, "Environments";
/// Pixi's, "pixi run".
pub(super) fn installs(name: &str, words: &[Word]) -> Option<Simple> {
    let has = |option: &str| words.iter().any(|word| word.text == option);
    match name {
        "uv" if is_run(words) && !has("--no-sync") && !has("--no-project") => Some(Simple::of_words(&["uv", "sync"])),
        "hatch" | "pixi" if is_run(words) => Some(Simple::of_words(&[name])),
        _ => None,
    }
}

fn is_run(words: &[Word]) -> bool {
    words.first().is_some_and(|word| word.text == "run")
}

/// The words behind a wrapper's own options, up to and over a `--`.
fn past<'w>(name: &str, words: &'w [Word], switches: &[&str], valued: &[&str]) -> Result<&'w [Word], String> {
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        let option = word.text.split('=').next().unwrap_or("");
        if word.text == "--" {
            return Ok(behind);
        }
        if !word.text.starts_with('-') {
            return Ok(rest);
        }
        let is_glued = word.text.contains('=') && valued.contains(&option);
        rest = if switches.contains(&option) || is_glued {
            behind
        } else if valued.contains(&option) {
            behind.get(1..).unwrap_or_default()
        } else {
            return Err(format!("`{name} {}` is not followed", word.text));
        };
    }
    Ok(rest)
}
