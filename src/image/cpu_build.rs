//! Builds of frameworks without CUDA, asked for by name: in the words of an installer, or in the
//! requirements files that it is told to read.
//!
//! Source: discuss.pytorch.org/t/52959 (`cpuonly`, and wheels whose version ends in `+cpu`); the index `whl/cpu`
//! says it by its name; uv's documentation, "Using uv with PyTorch" (`--torch-backend`).

use std::ops::Range;

use super::{
    chain::chain,
    context::source_path,
    effects::{bound, scripts},
    from::From,
    holds::{Holder, Provided},
    install::plain,
    place::{below, join, name},
    program_name::{base_name, is_versioned},
    shell::{Token, split},
    stage::StepKind,
};

/// The index of PyTorch's builds for processors.
const INDEX: &str = "https://download.pytorch.org/whl/cpu";

/// Words that say that something else in the image uses a GPU: packages that bring their own CUDA, builds for
/// CUDA, compilers. Then nothing is known of the GPU's use.
const OTHER_USES: &[&str] = &[
    "-gpu",
    "+cu",
    "whl/cu",
    "[and-cuda",
    "[cuda",
    "cupy",
    "ctranslate2",
    "faster-whisper",
    "faster_whisper",
    "llama-cpp-python",
    "llama_cpp_python",
    "tensorrt",
    "vllm",
    "nvcc",
    "CUDA=",
    "ffmpeg",
];

/// Whether a text names another user of a GPU.
pub(super) fn names_other_use(text: &str) -> bool {
    OTHER_USES.iter().any(|word| text.contains(word))
}

/// What of a command asks for a build without CUDA: the framework, and the words that say so.
pub(super) fn of_command(words: &[Token]) -> Option<(&'static str, &str)> {
    let is_pip = |word: &Token| is_versioned(base_name(&word.text), "pip") || word.text == "uv";
    let is_conda = |word: &Token| ["conda", "mamba", "micromamba"].contains(&base_name(&word.text));
    if words.first().is_some_and(is_conda) {
        let word = words.iter().find(|word| ["cpuonly", "pytorch-cpu"].contains(&word.text.as_str()))?;
        return words.iter().any(|word| word.text == "install").then_some(("PyTorch", word.text.as_str()));
    }
    if !words.iter().any(is_pip) || !words.iter().any(|word| ["install", "add"].contains(&word.text.as_str())) {
        return None;
    }
    let pinned = words.iter().find_map(|word| Some((pinned(&word.text)?, word.text.as_str())));
    pinned.or_else(|| {
        let has_torch = words.iter().any(|word| is_torch(&word.text));
        has_torch.then(|| index(words))?.map(|words| ("PyTorch", words))
    })
}

/// The framework of a requirement that is for processors by its name or version.
fn pinned(requirement: &str) -> Option<&'static str> {
    let (name, version) = parts(requirement);
    let is_exact = version.trim_start().starts_with("==") || version.contains("whl/cpu/");
    match name {
        "torch" if is_exact && (version.trim_end().ends_with("+cpu") || version.contains("whl/cpu/")) => {
            Some("PyTorch")
        }
        "tensorflow-cpu" | "tensorflow_cpu" | "tf-nightly-cpu" => Some("TensorFlow"),
        _ if requirement.starts_with(&format!("{INDEX}/torch-")) => Some("PyTorch"),
        _ => None,
    }
}

fn parts(requirement: &str) -> (&str, &str) {
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
    requirement.split_at(end.unwrap_or(requirement.len()))
}

fn is_torch(requirement: &str) -> bool {
    ["torch", "torchvision", "torchaudio"].contains(&parts(requirement).0)
}

/// The only index, where it is the one for processors. An extra index is one of several: which build is taken
/// follows from the version.
fn index(words: &[Token]) -> Option<&str> {
    let value = |names: &[&str]| {
        words.iter().enumerate().find_map(|(at, word)| match word.text.split_once('=') {
            Some((option, value)) if names.contains(&option) => Some(value),
            _ if names.contains(&word.text.as_str()) => words.get(at + 1).map(|word| word.text.as_str()),
            _ => None,
        })
    };
    let is_cpu = |index: &&str| index.trim_end_matches('/') == INDEX;
    let backend = value(&["--torch-backend"]).filter(|backend| *backend == "cpu");
    value(&["--index-url", "-i", "--default-index"])
        .filter(is_cpu)
        .map(|_| INDEX)
        .or_else(|| backend.map(|_| "--torch-backend"))
}

/// The line of a requirements file that asks for a build without CUDA: the framework, and the line's bytes.
pub(super) fn of_file(text: &str) -> Option<(&'static str, Range<usize>)> {
    let (mut at, mut index, mut has_torch) = (0, None, false);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let said = line.split(" #").next().unwrap_or("").trim();
        let range = start..start + said.len();
        // A marker may leave the line out.
        if said.starts_with('#') || said.contains(';') || !line.starts_with(said) {
            continue;
        }
        if let Some(framework) = pinned(said) {
            return Some((framework, range));
        }
        has_torch |= is_torch(said);
        let value = said.strip_prefix("--index-url").or_else(|| said.strip_prefix("-i "));
        let value = value.map(|value| value.trim_start_matches(['=', ' ']).trim_end_matches('/'));
        if value == Some(INDEX) {
            index = Some(range);
        }
    }
    index.filter(|_| has_torch).map(|range| ("PyTorch", range))
}

/// Requirements files of the build context that `pip` is told to read for the image that runs.
pub(super) fn requirements(holder: &Holder<'_>, stage: usize) -> Vec<String> {
    let mut out = Vec::new();
    for index in chain(holder.stages, stage) {
        for step in &holder.stages[index].steps {
            let StepKind::Run { run, directory, variables, shell } = &step.kind else { continue };
            let lookup = |name: &str| variables.get(name).cloned().flatten();
            let mounts = bound(run, directory.as_deref(), variables);
            for script in scripts(run, shell).unwrap_or_default() {
                let commands = split(&script, &lookup).unwrap_or_default();
                let moves = commands.iter().any(|command| plain(&command.words).first().is_some_and(is_cd));
                let commands = commands.iter().filter(|command| !command.is_conditional && !moves);
                for file in commands.flat_map(|command| files_of(plain(&command.words))) {
                    out.extend(place(holder, index, directory.as_deref(), &mounts, file));
                }
            }
        }
    }
    out
}

fn is_cd(word: &Token) -> bool {
    word.text == "cd"
}

/// What stands behind `-r`.
fn files_of(words: &[Token]) -> Vec<&str> {
    let is_pip = |word: &Token| is_versioned(base_name(&word.text), "pip");
    if !words.iter().any(is_pip) {
        return Vec::new();
    }
    let is_option = |word: &Token| ["-r", "--requirement"].contains(&word.text.as_str());
    let pairs = words.windows(2).filter(|pair| is_option(&pair[0]) && pair[1].is_known);
    pairs.map(|pair| pair[1].text.as_str()).collect()
}

/// Where the build context has a file of the image; without a known working directory, what a COPY takes
/// under the very name.
fn place(
    holder: &Holder<'_>,
    stage: usize,
    directory: Option<&str>,
    mounts: &[(String, String)],
    file: &str,
) -> Option<String> {
    let Some(directory) = directory.or_else(|| file.starts_with('/').then_some("/")) else {
        let steps = holder.stages[stage].steps.iter().filter_map(|step| step.taken.as_ref());
        let sources = steps.filter(|taken| taken.from == From::Context).flat_map(|taken| &taken.sources);
        let mut same = sources.map(|source| source_path(source)).filter(|source| name(source) == file);
        return same.next().filter(|_| same.next().is_none());
    };
    let path = if file.starts_with('/') { join("/", file) } else { join(directory, file) };
    let mounted = mounts.iter().rev().find_map(|(target, source)| Some(join(source, below(&path, target)?)));
    mounted.or_else(|| match holder.provides(stage, &path) {
        Provided::Context(path) => Some(path),
        _ => None,
    })
}
