//! Which Python module or script a program starts, from its own words.
//!
//! A table of programs, apart from the wrappers around them (`command`): what is not in it
//! is not known.

use super::{
    launcher::{self, file_behind},
    node::node,
    program_name::is_versioned,
    python::python,
    starts::{Settings, Starts, Word, named, option},
};

/// Options without a value.
type Switches = &'static [&'static str];

/// Source: `uvicorn --help`, 0.35.
const UVICORN: Switches = &[
    "--reload",
    "--use-colors",
    "--no-use-colors",
    "--proxy-headers",
    "--no-proxy-headers",
    "--server-header",
    "--no-server-header",
    "--date-header",
    "--no-date-header",
    "--access-log",
    "--no-access-log",
    "--factory",
];
/// Source: gunicorn's settings, 23.0.
const GUNICORN: Switches = &[
    "--reload",
    "--preload",
    "--daemon",
    "-D",
    "--capture-output",
    "--no-sendfile",
    "--reuse-port",
    "--check-config",
    "--print-config",
    "--proxy-protocol",
    "--enable-stdio-inheritance",
    "-R",
    "--spew",
    "--initgroups",
];
/// Source: `hypercorn --help`, 0.17.
const HYPERCORN: Switches = &["--debug", "--reload"];
/// Source: `granian --help`, 2.5.
const GRANIAN: Switches =
    &["--reload", "--no-ws", "--no-access-log", "--access-log", "--factory", "--respawn-failed-workers"];
/// Source: `daphne --help`, 4.2.
const DAPHNE: Switches = &["--proxy-headers", "--no-server-name"];
/// Source: `dramatiq --help`, 1.18.
const DRAMATIQ: Switches = &["--watch-use-polling", "--use-spawn", "--skip-logging", "--verbose", "-v"];
/// Source: `torchrun --help`, 2.8.
const TORCHRUN: Switches =
    &["--standalone", "--no-python", "--no_python", "-m", "--module", "--run-path", "--run_path"];

/// What a program starts; `words` begins with the program's name.
pub(super) fn starts(words: &[Word]) -> Starts {
    let Some((program, rest)) = words.split_first() else { return Starts::Nothing };
    let name = super::program_name::base_name(&program.text);
    if is_versioned(name, "python") || is_versioned(name, "pypy") {
        return python(rest);
    }
    let other = || match program.text.contains('/') {
        true => Starts::File { word: program.clone(), is_executed: true },
        false => Starts::Other(name.to_owned()),
    };
    server(name, rest).unwrap_or_else(other)
}

/// Programs that take the module among their words.
pub(super) fn server(name: &str, rest: &[Word]) -> Option<Starts> {
    Some(match name {
        "uvicorn" => application(rest, UVICORN, &["--app-dir"]),
        "gunicorn" => with_settings(application(rest, GUNICORN, &["--chdir", "--pythonpath"]), rest),
        "hypercorn" => application(rest, HYPERCORN, &[]),
        "granian" => application(rest, GRANIAN, &["--working-dir"]),
        "daphne" => application(rest, DAPHNE, &[]),
        "dramatiq" => application(rest, DRAMATIQ, &["--path", "-p"]),
        "arq" | "huey_consumer" | "huey_consumer.py" => class(rest),
        "taskiq" if is_verb(rest, "worker") => launcher::application_among(name, &rest[1..]),
        "faststream" if is_verb(rest, "run") => launcher::application_among(name, &rest[1..]),
        "sanic" | "waitress-serve" => launcher::application_among(name, rest),
        "litestar" | "uwsgi" => launcher::application_option(name, rest),
        "coverage" if is_verb(rest, "run") => launcher::after_options(name, &rest[1..], &["-a", "--append", "-p"]),
        "debugpy" => launcher::after_options(name, rest, &["--wait-for-client"]),
        "ipython" | "ipython3" => first_script(rest).unwrap_or_else(|| Starts::Other(name.to_owned())),
        "panel" | "bokeh" if is_verb(rest, "serve") => file_behind(rest, &["serve"]),
        "node" | "nodejs" | "tsx" | "ts-node" | "nodemon" | "pm2-runtime" => node(rest),
        "chainlit" | "marimo" => file_behind(rest, &["run"]),
        "gradio" => first_script(rest).unwrap_or_else(|| Starts::Unknown("the file is not the first word".to_owned())),
        "accelerate" => launcher::accelerate(rest),
        "accelerate-launch" | "accelerate.commands.launch" => launcher::accelerate_launch(rest),
        "deepspeed" => launcher::deepspeed(rest),
        "flask" => launcher::flask(rest),
        "rq" => launcher::rq(rest),
        "serve" => launcher::ray_serve(rest),
        "pytest" | "py.test" => launcher::pytest(rest),
        "bun" => node(rest.get(usize::from(rest.first().is_some_and(|verb| verb.text == "run"))..).unwrap_or_default()),
        "npm" | "yarn" | "pnpm" => Starts::Unknown(format!("what `{name}` starts is not followed")),
        "celery" => celery(rest),
        "torchrun" | "torch.distributed.run" | "torch.distributed.launch" => torchrun(rest),
        "streamlit" => file_behind(rest, &["run"]),
        "fastapi" => file_behind(rest, &["run", "dev"]),
        "nvidia-smi" | "sleep" | "echo" | "true" | "alembic" | "tail" | "printf" | "mkdir" | "chmod" | "chown"
        | "export" | "set" | "date" => Starts::Nothing,
        _ => return None,
    })
}

fn first_script(words: &[Word]) -> Option<Starts> {
    let file = words.first().filter(|file| file.is_known && file.text.ends_with(".py"))?;
    Some(Starts::Script(file.clone()))
}

fn is_verb(words: &[Word], verb: &str) -> bool {
    words.first().is_some_and(|word| word.text == verb)
}

/// `module:attribute`, or a module alone, as the first word that belongs to no option.
fn application(words: &[Word], switches: Switches, folder_options: &[&str]) -> Starts {
    let folder = option(words, folder_options);
    match positional(words, switches) {
        Some((word, _)) => named(word, false, folder),
        None => Starts::Unknown("the application is not among the words".to_owned()),
    }
}

/// gunicorn reads `gunicorn.conf.py` of the working directory, or the file behind `-c`, which may have `chdir` and
/// `pythonpath`; and GUNICORN_CMD_ARGS.
/// Source: gunicorn's documentation, "Configuration Overview", 23.0.
fn with_settings(starts: Starts, words: &[Word]) -> Starts {
    let names_file = |word: &Word| {
        let is_glued = word.text.starts_with("-c") && !word.text.starts_with("--");
        is_glued || word.text.starts_with("--config") || word.text.starts_with("--paste") || !word.is_known
    };
    let settings = match words.iter().any(names_file) {
        true => Settings::Named,
        false => Settings::Usual { file: "gunicorn.conf.py", variable: "GUNICORN_CMD_ARGS" },
    };
    match starts {
        Starts::Module { name, may_end_in_variable, folder, is_run, .. } => {
            Starts::Module { name, may_end_in_variable, folder, is_run, settings }
        }
        other => other,
    }
}

/// `module.Class` as the first word.
fn class(words: &[Word]) -> Starts {
    match words.first().and_then(|word| Some((word, word.text.rsplit_once('.')?.0.to_owned()))) {
        Some((word, module)) if word.is_known => named(&Word { text: module, ..word.clone() }, false, None),
        _ => Starts::Unknown("the settings' class is not the first word".to_owned()),
    }
}

fn celery(words: &[Word]) -> Starts {
    match option(words, &["-A", "--app"]) {
        Some(word) => {
            let has_attribute = word.text.contains(':');
            named(&word, !has_attribute, option(words, &["--workdir"]))
        }
        None => Starts::Unknown("`celery` is given no application".to_owned()),
    }
}

fn torchrun(words: &[Word]) -> Starts {
    let Some((word, at)) = positional(words, TORCHRUN) else {
        return Starts::Unknown("the script is not among the words".to_owned());
    };
    let has = |names: [&str; 2]| words[..at].iter().any(|word| names.contains(&word.text.as_str()));
    if has(["--no-python", "--no_python"]) || has(["--run-path", "--run_path"]) {
        return Starts::Unknown("`torchrun` starts another program".to_owned());
    }
    if has(["-m", "--module"]) { named(word, false, None) } else { Starts::Script(word.clone()) }
}

/// The first word that is neither an option nor an option's value, and its place. An option
/// that is not a switch is taken to have a value.
fn positional(words: &[Word], switches: Switches) -> Option<(&Word, usize)> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if !word.text.starts_with('-') {
            return Some((word, at));
        }
        let is_alone = word.text.contains('=') || switches.contains(&word.text.as_str());
        at += if is_alone { 1 } else { 2 };
    }
    None
}
