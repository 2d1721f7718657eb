//! Programs that start another program's file or module for it: trainers, test runners, task queues.
//!
//! Apart from `program`, whose servers take the module as their first word: here it stands somewhere
//! among options that are not all known, so only what cannot be an option's value counts.

use super::starts::{Starts, Word, named, option, unknown_word};

/// What `accelerate launch` starts.
/// Source: huggingface/accelerate `src/accelerate/commands/launch.py` (00785cd): `-m` and `--no_python`
/// are switches, the script is the first word that is left.
pub(super) fn accelerate(words: &[Word]) -> Starts {
    match words {
        [verb, rest @ ..] if verb.text == "launch" => accelerate_launch(rest),
        _ => Starts::Other("accelerate".to_owned()),
    }
}

/// `accelerate launch`, `accelerate-launch`, `python -m accelerate.commands.launch`.
pub(super) fn accelerate_launch(words: &[Word]) -> Starts {
    launched("accelerate launch", words, &["-m", "--module"], &["--no_python", "--tpu_cluster", "--deepspeed_hostfile"])
}

/// What `deepspeed` starts on this machine.
/// Source: deepspeedai/DeepSpeed `deepspeed/launcher/runner.py` (048b0d5), `parse_args`.
pub(super) fn deepspeed(words: &[Word]) -> Starts {
    const ELSEWHERE: &[&str] =
        &["-H", "--hostfile", "--force_multi", "--num_nodes", "--autotuning", "--no_python", "-i", "--include"];
    launched("deepspeed", words, &["--module"], ELSEWHERE)
}

/// The script is the first word that ends in `.py`; behind a switch that asks for a module, the word right
/// behind it.
fn launched(name: &str, words: &[Word], module: &[&str], refused: &[&str]) -> Starts {
    for (at, word) in words.iter().enumerate() {
        let option = word.text.split('=').next().unwrap_or("");
        if !word.is_known {
            return unknown_word(word);
        }
        if refused.contains(&option) {
            return Starts::Unknown(format!("`{name} {option}` is not followed"));
        }
        if module.contains(&option) {
            return match words.get(at + 1).filter(|word| !word.text.starts_with('-')) {
                Some(word) => named(word, false, None),
                None => Starts::Unknown(format!("the module of `{name}` is not right behind `{option}`")),
            };
        }
        if word.text.ends_with(".py") && !word.text.starts_with('-') {
            return Starts::Script(word.clone());
        }
    }
    Starts::Unknown(format!("the script of `{name}` is not among the words"))
}

/// The words behind the options of `mpirun`; other machines' programs are not followed.
/// Source: Open MPI 4.1 manual, `mpirun(1)`.
pub(super) fn mpirun(words: &[Word]) -> Result<&[Word], String> {
    const SWITCHES: &[&str] =
        &["--allow-run-as-root", "--oversubscribe", "-oversubscribe", "-q", "--quiet", "-v", "--tag-output"];
    const VALUED: &[&str] =
        &["-n", "-np", "--np", "-c", "-N", "-x", "--map-by", "-map-by", "--bind-to", "-bind-to", "-wdir", "--rank-by"];
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        let skipped = match word.text.as_str() {
            text if !text.starts_with('-') => return Ok(rest),
            text if SWITCHES.contains(&text) => 0,
            text if VALUED.contains(&text) && text != "-wdir" => 1,
            "-mca" | "--mca" => 2,
            text => return Err(format!("`mpirun {text}` is not followed")),
        };
        rest = behind.get(skipped..).unwrap_or_default();
    }
    Ok(rest)
}

/// The settings that `rq worker` imports; the jobs themselves come out of Redis.
/// Source: rq/rq `rq/cli/cli.py` (0284403), `worker`.
pub(super) fn rq(words: &[Word]) -> Starts {
    let is_worker = words.first().is_some_and(|verb| matches!(verb.text.as_str(), "worker" | "worker-pool"));
    match option(words, &["-c", "--config"]) {
        Some(settings) if is_worker => named(&settings, false, option(words, &["-P", "--path"])),
        _ => Starts::Other("rq".to_owned()),
    }
}

/// `serve run module:application`, of Ray; `serve` is also a file server for Node.
/// Source: Ray's documentation, "Serve CLI": `--app-dir`, `--working-dir`, `--address`.
pub(super) fn ray_serve(words: &[Word]) -> Starts {
    let elsewhere = ["-a", "--address", "--working-dir", "--runtime-env", "--runtime-env-json"];
    let is_elsewhere =
        words.iter().any(|word| elsewhere.contains(&word.text.split('=').next().unwrap_or("")) || !word.is_known);
    match words {
        [verb, rest @ ..] if verb.text == "run" && !is_elsewhere => match rest {
            [application, ..] if application.text.contains(':') => {
                named(application, false, option(rest, &["-d", "--app-dir"]))
            }
            _ => Starts::Unknown("`serve run` is not told its application first".to_owned()),
        },
        _ => Starts::Other("serve".to_owned()),
    }
}

/// The words of `flask` with the application that a variable names, where they name none.
/// Source: Flask's documentation, "Application Discovery".
pub(super) fn with_flask_app(words: &[Word], application: Option<&Word>) -> Option<Vec<Word>> {
    let at =
        words.iter().position(|word| super::program_name::base_name(&word.text) == "flask").filter(|at| *at <= 2)?;
    let application = application.filter(|word| !word.text.is_empty())?;
    let option_word = Word { text: "--app".to_owned(), span: None, is_known: true };
    let application = Word { span: application.span.or(words[at].span), ..application.clone() };
    let (head, tail) = words.split_at(at + 1);
    let is_own = option(tail, &["-A", "--app"]).is_some();
    (!is_own).then(|| [head, &[option_word, application], tail].concat())
}

/// `flask --app module run`.
/// Source: pallets/flask `src/flask/cli.py` (0038ea3), `prepare_import` and `load_app`.
pub(super) fn flask(words: &[Word]) -> Starts {
    let Some(word) = option(words, &["-A", "--app"]) else {
        return Starts::Unknown("`flask` is told its application by a variable".to_owned());
    };
    let path = word.text.split(':').next().unwrap_or("").to_owned();
    if !word.is_known {
        unknown_word(&word)
    } else if path.ends_with(".py") {
        Starts::Script(Word { text: path, ..word })
    } else {
        named(&word, false, None)
    }
}

/// The file that `pytest` is given first; a folder is not asked for.
pub(super) fn pytest(words: &[Word]) -> Starts {
    let file = words.first().filter(|word| word.is_known).map(|word| word.text.split("::").next().unwrap_or(""));
    match (file, words.first()) {
        (Some(file), Some(word)) if file.ends_with(".py") && !file.starts_with('-') => {
            Starts::Script(Word { text: file.to_owned(), ..word.clone() })
        }
        _ => Starts::Other("pytest".to_owned()),
    }
}

/// `streamlit run FILE`, `fastapi run FILE`: the first Python file behind the verb.
pub(super) fn file_behind(words: &[Word], verbs: &[&str]) -> Starts {
    let [verb, rest @ ..] = words else { return Starts::Unknown("no verb is given".to_owned()) };
    let until = rest.iter().position(|word| word.text.ends_with(".py") && !word.text.starts_with('-'));
    match until {
        Some(at) if verbs.contains(&verb.text.as_str()) => match rest[..=at].iter().find(|word| !word.is_known) {
            Some(word) => unknown_word(word),
            None => Starts::Script(rest[at].clone()),
        },
        _ => Starts::Unknown("no file is behind the verb".to_owned()),
    }
}

/// The first word that is `module:attribute`.
/// Source: taskiq's, FastStream's, Sanic's and Waitress's documentation of their commands.
pub(super) fn application_among(name: &str, words: &[Word]) -> Starts {
    match words.iter().find(|word| !word.text.starts_with('-') && word.text.contains(':')) {
        Some(word) => named(word, false, None),
        None => Starts::Unknown(format!("the application of `{name}` is not among the words")),
    }
}

/// `litestar --app module:app`, `uwsgi --module module:app`.
/// Source: Litestar's documentation, "CLI"; uWSGI's, "Options".
pub(super) fn application_option(name: &str, words: &[Word]) -> Starts {
    let folder = option(words, &["--app-dir", "--pythonpath", "--pp", "--chdir"]);
    match option(words, &["--app", "--module", "-w", "--wsgi"]) {
        Some(word) => named(&word, false, folder),
        None => Starts::Unknown(format!("the application of `{name}` is not among the words")),
    }
}

/// `coverage run -m module`, `debugpy --listen 5678 file.py`: Python's own words behind the program's.
/// Source: coverage.py's documentation, "coverage run"; debugpy's README.
pub(super) fn after_options(name: &str, words: &[Word], switches: &[&str]) -> Starts {
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        rest = match word.text.as_str() {
            "-m" => return super::python::python(rest),
            text if !text.starts_with('-') => return super::python::python(rest),
            text if text.contains('=') || switches.contains(&text) => behind,
            "--listen" | "--connect" | "--log-to" | "--source" | "--omit" | "--rcfile" | "--data-file" => {
                behind.get(1..).unwrap_or_default()
            }
            text => return Starts::Unknown(format!("`{name} {text}` is not followed")),
        };
    }
    Starts::Unknown(format!("what `{name}` starts is not among the words"))
}
