//! Programs that start the program among their words: init processes, environments, waiters.
//!
//! Apart from `command`, which follows them: a table of options, since a wrapper whose options are not
//! known may start anything.
//! Source: the programs' manual pages and `--help`; jwilder/dockerize's and watchdog's READMEs.

use super::{launcher, program::Word, shell::Simple};

/// What a wrapper starts; `None` where the name is no wrapper.
pub(super) fn inner<'w>(name: &str, words: &'w [Word]) -> Option<Result<&'w [Word], String>> {
    let skip = |count: usize| Ok(words.get(count..).unwrap_or_default());
    Some(match name {
        "exec"
        | "nohup"
        | "time"
        | "setsid"
        | "command"
        | "nvidia_entrypoint.sh"
        | "ddtrace-run"
        | "opentelemetry-instrument" => past(name, words, &[], &[]),
        "tini" | "tini-static" | "docker-init" => {
            past(name, words, &["-g", "-s", "-v", "-vv", "-vvv", "-w"], &["-p", "-e"])
        }
        "dumb-init" => past(name, words, &["-c", "--single-child", "-v", "--verbose"], &["-r", "--rewrite"]),
        "catatonit" => past(name, words, &["-g", "-P"], &[]),
        "gosu" | "su-exec" | "s6-setuidgid" => skip(1),
        "runuser" => past(name, words, &[], &["-u", "--user", "-g", "--group"]),
        "setpriv" => past(
            name,
            words,
            &["--clear-groups", "--init-groups", "--keep-groups", "--reset-env", "--no-new-privs"],
            &["--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set"],
        ),
        "sudo" => past(name, words, &["-E", "-H", "-n"], &["-u", "-g"]),
        "numactl" => past(
            name,
            words,
            &["-l", "--localalloc"],
            &["-N", "-m", "-C", "-i", "-p", "--cpunodebind", "--membind", "--physcpubind", "--interleave"],
        ),
        "taskset" => past(name, words, &[], &["-c", "--cpu-list"]),
        "xvfb-run" => past(name, words, &["-a", "--auto-servernum"], &["-s", "--server-args", "-n", "--server-num"]),
        "hatch" | "pixi" if is_run(words) => {
            past(name, &words[1..], &["--frozen", "--locked"], &["-e", "--environment"])
        }
        "doppler" | "infisical" | "op" | "dotenv" if is_run(words) => {
            let dashes = words.iter().position(|word| word.text == "--");
            dashes.map_or_else(|| Err(format!("`{name} run` is not followed")), |at| skip(at + 1))
        }
        "newrelic-admin" if words.first().is_some_and(|word| word.text == "run-program") => skip(1),
        "watchmedo" if words.first().is_some_and(|word| word.text == "auto-restart") => {
            let dashes = words.iter().position(|word| word.text == "--");
            dashes.map_or_else(|| Err("`watchmedo auto-restart` is not followed".to_owned()), |at| skip(at + 1))
        }
        "cross-env" => skip(words.iter().take_while(|word| word.text.contains('=')).count()),
        "npx" | "bunx" => past(name, words, &["-y", "--yes", "--no", "--no-install"], &[]),
        "mpirun" | "mpiexec" => launcher::mpirun(words),
        "nice" => past(name, words, &[], &["-n"]),
        "stdbuf" => past(name, words, &["-oL", "-eL", "-o0", "-e0"], &["-o", "-e", "-i"]),
        "timeout" => past(name, words, &["--foreground", "--preserve-status"], &["-k", "-s"])
            .map(|rest| rest.get(1..).unwrap_or_default()),
        "poetry" | "pipenv" | "pdm" | "rye" if is_run(words) => past(name, &words[1..], &[], &[]),
        "uv" if is_run(words) => past(name, &words[1..], UV_SWITCHES, UV_VALUES),
        "conda" | "mamba" | "micromamba" if is_run(words) => {
            past(name, &words[1..], &["--no-capture-output", "--live-stream"], &["-n", "--name", "-p", "--prefix"])
        }
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
