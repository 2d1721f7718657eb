//! Whether a shell line can bring a module into an image: RUN of a Dockerfile, and what a
//! service's own command runs before it starts.
//!
//! A table of what is known to bring none; everything else may. A false "cannot" would be a
//! false alarm, a false "may" only silence.

use super::{
    harmless::{DOWNLOADS, INSTALLERS, MOVES, NEVER},
    listed::{Effect, Listed, Requirements},
    pip::pip,
    program_name::{base_name, is_versioned},
    project,
    requirement::{Brings, Names, brings},
    shell::{Joined, Lookup, Simple, Token, split},
};

/// What a shell text may do about a module.
pub(super) fn effect(
    text: &str,
    directory: Option<&str>,
    lookup: Lookup<'_>,
    names: &Names,
    requirements: Requirements<'_>,
) -> Effect {
    let commands = match split(text, lookup) {
        Ok(commands) => commands,
        Err(what) => return Effect::May(format!("{what} in a RUN line may bring it")),
    };
    of_commands(&commands, directory, names, requirements)
}

/// What commands may do one after the other.
pub(super) fn of_commands(
    commands: &[Simple],
    directory: Option<&str>,
    names: &Names,
    requirements: Requirements<'_>,
) -> Effect {
    let mut directory = directory.map(str::to_owned);
    for (at, command) in commands.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &commands[at]);
        if command.joined == Joined::Pipe && before.is_some_and(is_installer) {
            continue;
        }
        if command.joined == Joined::Pipe && !is_reader(command) {
            return Effect::May("a RUN line pipes into a program".to_owned());
        }
        let effect = of_command(command, &mut directory, names, requirements);
        if effect != Effect::None {
            return effect;
        }
    }
    Effect::None
}

/// Whether a download is the script of a known installer of programs.
fn is_installer(command: &Simple) -> bool {
    let is_known = |word: &Token| word.is_known && INSTALLERS.iter().any(|address| word.text.starts_with(address));
    command.joined != Joined::Pipe && command.words.iter().any(is_known)
}

/// Programs that only read what is piped to them.
fn is_reader(command: &Simple) -> bool {
    let program = command.words.first().map_or("", |word| base_name(&word.text));
    ["awk", "cut", "gpg", "grep", "head", "read", "sed", "sha256sum", "sort", "tail", "tee", "tr", "wc"]
        .contains(&program)
}

fn writes_package(words: &[Token]) -> bool {
    words.iter().any(|word| ["pkg", "init", "version"].contains(&word.text.as_str()))
}

fn of_command(
    command: &Simple,
    directory: &mut Option<String>,
    names: &Names,
    requirements: Requirements<'_>,
) -> Effect {
    if let Some(file) = command.writes.iter().find(|file| !file.is_known || mentions(&file.text, &names.module)) {
        return Effect::May(format!("a RUN line writes `{}`", file.text));
    }
    let words = plain(&command.words);
    let Some((program, rest)) = words.split_first() else { return Effect::None };
    if !program.is_known {
        return may(program);
    }
    match base_name(&program.text) {
        // `command -v NAME` asks whether there is such a program.
        "-v" => Effect::None,
        _ if asks_for_version(rest) => Effect::None,
        "cd" => {
            let target = rest.first().filter(|word| word.is_known);
            let target = target.filter(|_| !command.is_conditional);
            *directory = target.and_then(|word| changed(directory.as_deref(), &word.text));
            Effect::None
        }
        "tee" if !rest.iter().any(|word| !word.is_known || mentions(&word.text, &names.module)) => Effect::None,
        "conda" | "mamba" | "micromamba" => conda(rest, names),
        "npm" | "pnpm" | "yarn" if names.is_built_by_node() || writes_package(rest) => {
            npm(rest, directory.as_deref(), requirements)
        }
        "npm" | "pnpm" | "yarn" => Effect::None,
        "apk" | "apt" | "apt-get" | "aptitude" | "dnf" | "dpkg" | "find" | "microdnf" | "sed" | "touch" | "yum" => {
            let is_odd = |word: &Token| {
                let is_package = [".deb", ".rpm", ".apk"].iter().any(|ending| word.text.ends_with(ending));
                is_package || word.text.starts_with("-exec") || mentions(&word.text, &names.module)
            };
            if rest.iter().any(is_odd) { may(program) } else { Effect::None }
        }
        name if NEVER.contains(&name) => Effect::None,
        name if DOWNLOADS.contains(&name) && !rest.iter().any(|word| mentions(&word.text, &names.module)) => {
            Effect::None
        }
        name if MOVES.contains(&name) && rest.last().is_some_and(|word| is_system_place(word, names)) => Effect::None,
        name => installer(name, rest, directory.as_deref(), names, requirements).unwrap_or_else(|| may(program)),
    }
}

/// Programs that install Python packages; `None` for any other.
fn installer(
    name: &str,
    rest: &[Token],
    directory: Option<&str>,
    names: &Names,
    requirements: Requirements<'_>,
) -> Option<Effect> {
    let verb = rest.first().map_or("", |word| word.text.as_str());
    Some(match name {
        "uv" if verb == "pip" => pip(&rest[1..], directory, names, requirements),
        "uv" if ["venv", "python", "cache", "lock", "tool"].contains(&verb) => Effect::None,
        "uv" | "poetry" | "pdm" | "pipenv" => project::install(name, rest, directory, names, requirements),
        // What `pipx` installs has an environment of its own.
        "pipx" => Effect::None,
        name if is_versioned(name, "pip") => pip(rest, directory, names, requirements),
        name if is_versioned(name, "python") => python(rest, directory, names, requirements),
        _ => return None,
    })
}

/// Installing fills `node_modules` alone, unless the package has it run a script; other verbs may run any.
fn npm(words: &[Token], directory: Option<&str>, requirements: Requirements<'_>) -> Effect {
    let is_option = |word: &&Token| word.text.starts_with('-');
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.text.as_str()));
    match words.iter().find(|word| !is_option(word)).map_or("install", |word| word.text.as_str()) {
        _ if has(&["--prefix", "--cwd", "--dir", "-C", "-w", "--workspace", "--filter"]) => {
            Effect::May("a package manager works in another folder".to_owned())
        }
        "cache" | "config" | "set" | "audit" | "prune" | "fund" => Effect::None,
        "install" | "i" | "ci" | "add" if has(&["-g", "--global", "--ignore-scripts"]) => Effect::None,
        "install" | "i" | "ci" => requirements(Listed::File("package.json"), directory),
        verb => Effect::May(format!("`{verb}` of a package manager may bring it")),
    }
}

fn may(program: &Token) -> Effect {
    Effect::May(format!("`{}` may bring it", program.text))
}

/// Takes off assignments and `exec`, `sudo`, `env`, `time` before a program.
pub(super) fn plain(words: &[Token]) -> &[Token] {
    let is_before = |word: &&Token| {
        let is_assignment = word
            .text
            .split_once('=')
            .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        is_assignment || ["command", "env", "exec", "sudo", "time"].contains(&word.text.as_str())
    };
    &words[words.iter().take_while(is_before).count()..]
}

fn python(words: &[Token], directory: Option<&str>, names: &Names, requirements: Requirements<'_>) -> Effect {
    let is_flag = |word: &&Token| matches!(word.text.as_str(), "-u" | "-B" | "-s" | "-O");
    let words = &words[words.iter().take_while(is_flag).count()..];
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    match (text(0), text(1)) {
        ("-m", "pip") => pip(&words[2..], directory, names, requirements),
        ("-m", "venv" | "ensurepip" | "compileall" | "virtualenv" | "nltk.downloader" | "playwright")
        | ("--version" | "-V", _) => Effect::None,
        // A model becomes a package of its name.
        ("-m", "spacy") if !words.iter().any(|word| mentions(&word.text, &names.module)) => Effect::None,
        ("-c", code) if !mentions(code, &names.module) && !code.contains("open(") => Effect::None,
        _ => Effect::May("a RUN line runs Python".to_owned()),
    }
}

fn conda(words: &[Token], names: &Names) -> Effect {
    let verb = words.iter().find(|word| !word.text.starts_with('-')).map_or("", |word| word.text.as_str());
    match verb {
        "clean" | "config" | "init" | "info" => Effect::None,
        "install"
            if !words.iter().any(|word| !word.is_known || word.text.starts_with("--file") || word.text == "-f") =>
        {
            let is_like =
                |word: &&Token| brings(&word.text, true, names) == Brings::Maybe && !word.text.starts_with('-');
            words.iter().find(is_like).map_or(Effect::None, may)
        }
        _ => Effect::May(format!("`conda {verb}` may bring it")),
    }
}

fn asks_for_version(words: &[Token]) -> bool {
    const QUESTIONS: &[&str] = &["--version", "-v", "-V", "version", "--help", "-h"];
    !words.is_empty() && words.iter().all(|word| QUESTIONS.contains(&word.text.as_str()))
}

/// Folders of programs, settings and time zones, and files of other kinds.
fn is_system_place(word: &Token, names: &Names) -> bool {
    const ENDINGS: &[&str] =
        &[".so", ".conf", ".list", ".gpg", ".asc", ".crt", ".pem", ".json", ".yaml", ".yml", ".ini", ".env"];
    let is_place = |part: &str| matches!(part, "bin" | "sbin" | "etc" | "zoneinfo" | "localtime");
    let is_other = |name: &str| name.contains(".so.") || ENDINGS.iter().any(|ending| name.ends_with(ending));
    let file = base_name(&word.text);
    word.is_known && (word.text.split('/').any(is_place) || is_other(file) && !mentions(file, &names.module))
}

/// Whether a text names the module as a word of its own.
pub(super) fn mentions(text: &str, module: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(module)
        .any(|(at, _)| !text[..at].ends_with(is_inside) && !text[at + module.len()..].starts_with(is_inside))
}

/// The folder behind `cd`; `None` where it is not known.
fn changed(from: Option<&str>, to: &str) -> Option<String> {
    if to.starts_with('/') { Some(super::place::normal(to)) } else { super::place::entered(from?, to) }
}
