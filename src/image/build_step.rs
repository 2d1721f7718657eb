//! The steps of one stage, each judged by its own words: see [`PracticeKind`].

use super::{
    chain::chain,
    cpu_build, driver,
    effects::scripts,
    from::{Base, From},
    install::plain,
    locate::word_span,
    place::{name, overlaps},
    practice::{Practice, PracticeKind},
    program_name::{base_name, is_versioned},
    reference::Reference,
    shell::{Joined, Simple, Token, split},
    stage::{Built, Copy, Step, StepKind},
};
use crate::{
    image::base::BaseKind,
    source::{SourceMap, Span},
};

/// A stage to look at.
pub(super) struct Seen<'a> {
    pub(super) stages: &'a [Built],
    pub(super) index: usize,
    /// Whether its files are in the image that runs.
    pub(super) is_final: bool,
    /// The image that its chain of stages starts from.
    pub(super) root: Option<&'a str>,
    pub(super) root_span: Span,
    pub(super) sources: &'a SourceMap,
}

/// One command of a RUN line.
struct Command<'a> {
    step: &'a Step,
    simple: &'a Simple,
    words: &'a [Token],
    /// How what follows is joined; it may catch a failure.
    next: Option<Joined>,
    /// `CMAKE_ARGS` and the like, as ENV and ARG say them, where they are known.
    variables: &'a super::expand::Variables,
    is_given_devices: bool,
}

/// What is worth a word in a stage.
pub(super) fn look(seen: &Seen<'_>) -> Vec<Practice> {
    let mut out = Vec::new();
    let lacks_compiler = lacks_compiler(seen);
    for step in &seen.stages[seen.index].steps {
        match &step.kind {
            StepKind::Copy(copy) if seen.is_final => out.extend(driver_file(step, copy)),
            StepKind::Run { run, variables, shell, .. } => {
                let lookup = |name: &str| variables.get(name).cloned().flatten();
                for script in scripts(run, shell).unwrap_or_default() {
                    let Ok(commands) = split(&script, &lookup) else { continue };
                    // What may not run says nothing: the condition may ask for a GPU.
                    for (at, simple) in commands.iter().enumerate().filter(|(_, simple)| !simple.is_conditional) {
                        let command = Command {
                            step,
                            simple,
                            words: plain(&simple.words),
                            next: commands.get(at + 1).map(|next| next.joined),
                            variables,
                            is_given_devices: run.flags.iter().any(|flag| flag.name == "device"),
                        };
                        out.extend(judge(seen, &command, lacks_compiler));
                    }
                }
            }
            _ => {}
        }
    }
    out
}

fn judge(seen: &Seen<'_>, command: &Command<'_>, lacks_compiler: bool) -> Vec<Practice> {
    let mut out = Vec::new();
    let mut say = |kind: PracticeKind, what: &str| {
        let place = word_span(command.step.span, what, seen.sources);
        out.push(Practice { kind, place, what: what.to_owned() });
    };
    if seen.is_final {
        if let Some((kind, package)) = driver_package(command) {
            say(kind, package);
        }
        if let Some(stub) = stub(command) {
            say(PracticeKind::Stub, stub);
        }
        if let Some((framework, what)) = cpu_build::of_command(command.words) {
            say(PracticeKind::CpuBuild { framework }, what);
        }
    }
    if lacks_compiler && let Some(what) = compiles(command) {
        say(PracticeKind::Compiles { base: seen.root_span }, what);
    }
    if let Some(what) = needs_gpu(command) {
        say(PracticeKind::NeedsGpu, what);
    }
    out
}

fn program<'a>(command: &Command<'a>) -> &'a str {
    command.words.first().filter(|word| word.is_known).map_or("", |word| base_name(&word.text))
}

/// A package of the driver among those that a package manager is told to install.
fn driver_package<'a>(command: &Command<'a>) -> Option<(PracticeKind, &'a str)> {
    let rest = command.words.get(1..)?;
    match program(command) {
        "apt" | "apt-get" | "aptitude" | "dnf" | "microdnf" | "yum" | "zypper" => {
            if !rest.iter().any(|word| matches!(word.text.as_str(), "install" | "reinstall")) {
                return None;
            }
            let names = rest.iter().filter(|word| word.is_known && !word.text.starts_with('-'));
            let names = names.map(|word| word.text.split(['=', ':']).next().unwrap_or(""));
            let kind = |name: &str| {
                let dependency = driver::depends_on_driver(name).then_some(PracticeKind::DriverDependency);
                if driver::is_driver_package(name) { Some(PracticeKind::DriverPackage) } else { dependency }
            };
            names.filter_map(|name| Some((kind(name)?, name))).next()
        }
        name => {
            let is_shell = matches!(name, "sh" | "bash");
            let file =
                if is_shell { rest.iter().find(|word| !word.text.starts_with('-')) } else { command.words.first() };
            let file = base_name(&file?.text);
            let is_driver = file.starts_with("NVIDIA-Linux-") && file.ends_with(".run");
            let is_toolkit = file.starts_with("cuda_") && file.ends_with(".run");
            let has_driver = is_toolkit && rest.iter().any(|word| word.text == "--driver");
            (is_driver || has_driver).then_some((PracticeKind::DriverPackage, file))
        }
    }
}

/// A driver's file that a COPY brings, from the context or from another image.
fn driver_file(step: &Step, copy: &Copy) -> Option<Practice> {
    let source = copy.sources.iter().flatten().find(|source| {
        driver::is_driver_file(name(source)) && !source.contains("stubs/") && !copy.destination.contains("/stubs")
    })?;
    Some(Practice { kind: PracticeKind::DriverFile, place: step.span, what: name(source).to_owned() })
}

/// `ln` or `cp` of a stub to `libcuda.so.1` in a folder that the loader searches.
fn stub<'a>(command: &Command<'a>) -> Option<&'a str> {
    if !matches!(program(command), "ln" | "cp") {
        return None;
    }
    let mut paths = command.words[1..].iter().filter(|word| word.is_known && !word.text.starts_with('-'));
    let (from, to) = (&paths.next()?.text, &paths.next()?.text);
    let is_stub = from.contains("/stubs/libcuda.so");
    let is_searched = ["/usr/lib", "/lib", "/usr/local/lib", "/usr/local/cuda/lib64/libcuda.so.1"]
        .iter()
        .any(|folder| to.starts_with(folder));
    (is_stub && is_searched && !to.contains("/stubs") && name(to) == "libcuda.so.1").then_some(to)
}

/// Whether no CUDA compiler can be in the stage when its own steps run.
fn lacks_compiler(seen: &Seen<'_>) -> bool {
    let Some(reference) = seen.root.and_then(Reference::parse) else { return false };
    let flavours = ["base", "runtime"];
    let is_bare = match reference.name().as_str() {
        "nvidia/cuda" | "nvcr.io/nvidia/cuda" | "pytorch/pytorch" => {
            reference.tag.as_deref().is_some_and(|tag| tag.split('-').any(|part| flavours.contains(&part)))
        }
        name => super::base::kind(name) == BaseKind::Plain,
    };
    is_bare && chain(seen.stages, seen.index).iter().all(|stage| !may_bring_compiler(&seen.stages[*stage], seen))
}

/// Words of a step that may bring the compiler.
const COMPILERS: &[&str] = &[
    "nvcc-",
    "cuda-nvcc",
    "cuda-toolkit",
    "cuda-compiler",
    "cuda-minimal-build",
    "cudatoolkit",
    "nvidia-cuda-",
    ".run",
    "nvhpc",
    " cuda ",
    " cuda-1",
    "cuda-cross",
    "spack",
    "nix",
    "cuda=",
    "cuda_toolkit",
    "::cuda",
    "wsl-ubuntu",
];

fn may_bring_compiler(built: &Built, seen: &Seen<'_>) -> bool {
    built.steps.iter().any(|step| match &step.kind {
        StepKind::Unknown(_) => true,
        StepKind::Copy(copy) => {
            copy.from != From::Context && ["/usr", "/opt"].iter().any(|folder| overlaps(&copy.destination, folder))
        }
        StepKind::Run { .. } => {
            let text = format!("{} ", seen.sources.slice(step.span).replace(['\n', '\\'], " "));
            COMPILERS.iter().any(|word| text.contains(word))
        }
    }) || matches!(built.base, Base::Unknown(_))
}

/// What of a command compiles CUDA code.
fn compiles<'a>(command: &Command<'a>) -> Option<&'a str> {
    /// Settings with which llama.cpp, its Python package, OpenCV and others ask for `nvcc`.
    const SETTINGS: &[&str] =
        &["GGML_CUDA=", "LLAMA_CUDA=", "LLAMA_CUBLAS=", "WITH_CUDA=", "WHISPER_CUBLAS=", "FORCE_CUDA="];
    const ON: &[&str] = &["on", "ON", "1", "yes", "true", "TRUE"];
    let asks = |text: &str| {
        SETTINGS.iter().find(|setting| {
            let value = text.split_once(**setting).map_or("", |(_, value)| value);
            ON.iter().any(|on| value.starts_with(on))
        })
    };
    let program = program(command);
    if program == "nvcc" && command.next != Some(Joined::Else) && command.words.len() > 1 {
        return Some("nvcc");
    }
    let is_prebuilt = |word: &Token| word.text.contains("/whl/") || word.text.starts_with("--only-binary");
    let words = &command.simple.words;
    let is_build = matches!(program, "cmake" | "make");
    let is_install = words.iter().any(|word| word.text == "install")
        && words.iter().any(|word| is_versioned(base_name(&word.text), "pip"));
    if !is_build && !is_install || words.iter().any(is_prebuilt) {
        return None;
    }
    if let Some(word) = words.iter().find_map(|word| asks(&word.text)) {
        return Some(word.trim_end_matches('='));
    }
    let is_llama =
        words.iter().any(|word| word.text.starts_with("llama-cpp-python") || word.text.starts_with("llama_cpp_python"));
    let settings = command.variables.get("CMAKE_ARGS").and_then(Option::as_deref);
    settings.filter(|_| is_llama).and_then(asks).map(|_| "llama-cpp-python")
}

/// What of a command uses a GPU; printing whether there is one does not count.
fn needs_gpu<'a>(command: &Command<'a>) -> Option<&'a str> {
    if command.is_given_devices || matches!(command.next, Some(Joined::Else | Joined::Pipe)) {
        return None;
    }
    let program = program(command);
    if program == "nvidia-smi" {
        return Some("nvidia-smi");
    }
    if !is_versioned(program, "python") {
        return None;
    }
    let code = command.words.iter().position(|word| word.text == "-c").and_then(|at| command.words.get(at + 1))?;
    let is_caught = code.text.contains("try:") || code.text.contains("if torch.cuda");
    const USES: &[&str] = &[
        "assert torch.cuda.is_available()",
        "torch.cuda.get_device_name",
        "torch.cuda.get_device_capability",
        "torch.cuda.get_device_properties",
        "torch.cuda.current_device",
        ".cuda()",
        ".to('cuda')",
        ".to(\"cuda\")",
        "device='cuda'",
        "device=\"cuda\"",
    ];
    USES.iter().find(|part| !is_caught && code.text.contains(**part)).copied()
}
