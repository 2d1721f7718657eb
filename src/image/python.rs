//! The words of `python` itself: its switches, `-m`, and the standard library.

use super::{
    program::server,
    starts::{Starts, Word, named, unknown_word},
};

/// What `python` starts, from the words behind it.
pub(super) fn python(words: &[Word]) -> Starts {
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        if !word.is_known {
            return unknown_word(word);
        }
        rest = behind;
        match word.text.as_str() {
            "-m" => return rest.split_first().map_or(Starts::Nothing, |(module, rest)| python_module(module, rest)),
            "-X" | "-W" => rest = rest.get(1..).unwrap_or_default(),
            "--version" | "-V" | "-h" | "--help" => return Starts::Nothing,
            text if is_plain_switch(text) => {}
            text if text.starts_with('-') => return Starts::Unknown(format!("`python {text}` is not followed")),
            _ => return Starts::Script(word.clone()),
        }
    }
    Starts::Nothing
}

/// Switches that change nothing about what is found; `-E`, `-I`, `-P` do.
fn is_plain_switch(text: &str) -> bool {
    text.len() > 1 && text.starts_with('-') && text[1..].chars().all(|c| "uOBbqsvxid".contains(c))
}

fn python_module(module: &Word, rest: &[Word]) -> Starts {
    if module.is_known
        && SERVERS.contains(&module.text.as_str())
        && let Some(starts) = server(&module.text, rest)
    {
        return starts;
    }
    let top = module.text.split('.').next().unwrap_or("");
    if STANDARD.contains(&top) {
        return Starts::Nothing;
    }
    if matches!(top, "viztracer" | "cProfile") {
        return Starts::Unknown(format!("what `python -m {top}` starts is not followed"));
    }
    match named(module, false, None) {
        Starts::Module { name, may_end_in_variable, folder, settings, .. } => {
            Starts::Module { name, may_end_in_variable, folder, is_run: true, settings }
        }
        other => other,
    }
}

/// Packages that start another module, as the program of that name does.
const SERVERS: &[&str] = &[
    "accelerate",
    "accelerate.commands.launch",
    "alembic",
    "arq",
    "celery",
    "chainlit",
    "coverage",
    "daphne",
    "debugpy",
    "deepspeed",
    "dramatiq",
    "fastapi",
    "faststream",
    "flask",
    "gradio",
    "granian",
    "gunicorn",
    "hypercorn",
    "marimo",
    "pytest",
    "rq",
    "sanic",
    "streamlit",
    "taskiq",
    "torch.distributed.launch",
    "torch.distributed.run",
    "uvicorn",
];

/// Packages of the standard library that can be started, or hold what can.
/// Source: Python 3.13 library reference, "Modules command-line interface (CLI)".
const STANDARD: &[&str] = &[
    "ast",
    "asyncio",
    "base64",
    "calendar",
    "code",
    "compileall",
    "cProfile",
    "difflib",
    "dis",
    "doctest",
    "email",
    "encodings",
    "ensurepip",
    "filecmp",
    "fileinput",
    "ftplib",
    "gzip",
    "http",
    "idlelib",
    "inspect",
    "json",
    "lib2to3",
    "mimetypes",
    "pdb",
    "pickle",
    "pickletools",
    "pip",
    "platform",
    "poplib",
    "profile",
    "pstats",
    "py_compile",
    "pyclbr",
    "pydoc",
    "queue",
    "quopri",
    "random",
    "runpy",
    "setuptools",
    "site",
    "smtpd",
    "sqlite3",
    "symtable",
    "sysconfig",
    "tabnanny",
    "tarfile",
    "telnetlib",
    "test",
    "this",
    "timeit",
    "tokenize",
    "trace",
    "turtledemo",
    "unittest",
    "urllib",
    "uuid",
    "venv",
    "webbrowser",
    "wsgiref",
    "xml",
    "xmlrpc",
    "zipapp",
    "zipfile",
    "zoneinfo",
];
