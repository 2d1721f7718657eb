//! A command that begins with the program that the image starts already.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    images::{repository, tag},
    used_image::is_pulled,
};
use crate::{
    diag::{Code, Severity},
    yaml::{Data, Value},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG509"),
    name: "command-repeats-entrypoint",
    summary: "the command names a program, and the image's entrypoint takes it for an argument",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG509-command-repeats-entrypoint.md"),
    check: Check::Service(check),
};

/// An image whose entrypoint is its program.
struct Started {
    repository: &'static str,
    /// A word that the tag has to have, for images of several entrypoints.
    tag: Option<&'static str>,
    /// What the image starts, as said to the user.
    entrypoint: &'static str,
    /// First words of a command that say it once more.
    again: &'static [&'static str],
}

/// Source: the images' Dockerfiles: vllm-project/vllm `docker/Dockerfile` (0000977; `vllm serve` in later ones);
/// ollama/ollama `Dockerfile` (000ce02); huggingface/text-generation-inference `tgi-entrypoint.sh` (14e8ca5);
/// huggingface/text-embeddings-inference `Dockerfile-cuda` (0f055b2); ggml-org/llama.cpp
/// `.devops/cuda.Dockerfile` (00d6946).
const STARTED: [Started; 5] = [
    Started {
        repository: "vllm/vllm-openai",
        tag: None,
        entrypoint: "vLLM's server",
        again: &["vllm", "serve", "python", "python3"],
    },
    Started { repository: "ollama/ollama", tag: None, entrypoint: "`/bin/ollama`", again: &["ollama"] },
    Started {
        repository: "huggingface/text-generation-inference",
        tag: None,
        entrypoint: "`text-generation-launcher`",
        again: &["text-generation-launcher"],
    },
    Started {
        repository: "huggingface/text-embeddings-inference",
        tag: None,
        entrypoint: "`text-embeddings-router`",
        again: &["text-embeddings-router"],
    },
    Started {
        repository: "ggml-org/llama.cpp",
        tag: Some("server"),
        entrypoint: "`/app/llama-server`",
        again: &["llama-server", "server"],
    },
];

/// Shells, which no entrypoint of these takes either.
const SHELLS: [&str; 2] = ["sh", "bash"];

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let is_own = cx.service.get("entrypoint").is_some_and(|entrypoint| !entrypoint.is_null());
    if is_own || !is_pulled(cx) {
        return;
    }
    let Some(started) = started(cx.service) else { return };
    let Some((first, node)) = cx.service.get("command").and_then(first_word) else { return };
    let program = first.rsplit('/').next().unwrap_or(first);
    let is_shell = SHELLS.contains(&program);
    let (Some(place), true) = (node.place(), is_shell || started.again.contains(&program)) else { return };
    let finding = sink.report(
        format!("the command of service `{}` begins with `{first}`, which its image hands to {} as an argument: it ends at once", cx.name, started.entrypoint),
        place,
    );
    finding.help = Some(match is_shell {
        true => "say `entrypoint: [\"/bin/sh\", \"-c\"]` and leave the script alone as the command".into(),
        false => "begin the command with the arguments: the image starts the program itself".into(),
    });
}

fn started(service: &Value) -> Option<&'static Started> {
    let (repository, tag) = (repository(service)?, tag(service).unwrap_or_default());
    let has = |word: &str| tag.split(['-', '_']).any(|part| part == word);
    STARTED.iter().find(|one| one.repository == repository && one.tag.is_none_or(has))
}

/// The first word of a command, and where it stands; nothing where it begins with a variable.
fn first_word(command: &Value) -> Option<(&str, &Value)> {
    let node = match &command.data {
        Data::Seq(items) => items.first()?,
        _ => command,
    };
    let text = node.as_str().filter(|_| node.hole.is_none())?;
    text.split_whitespace().next().map(|word| (word, node))
}
