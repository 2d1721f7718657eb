//! What a Dockerfile does on the way to one image: the images that it starts from, and steps that
//! never go well with GPUs.
//!
//! Apart from `answer`, which asks what the image holds: here each step is judged by its own words.

use std::collections::BTreeMap;

use super::{
    build_step::{Seen, look},
    chain::{chain, needed},
    cpu_build,
    dockerfile::Dockerfile,
    effects::scripts,
    install::plain,
    instruction::Kind,
    locate::word_span,
    place::name,
    practice::{Practice, PracticeKind},
    program_name::base_name,
    shell::split,
    stage::{Built, Step, StepKind},
};
use crate::source::{SourceMap, Span};

/// What is known of the way to an image.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    /// Images that nobody in the Dockerfile builds, in the order of their stages.
    pub bases: Vec<BaseImage>,
    /// Steps worth a word, in the order of the text.
    pub practices: Vec<Practice>,
    /// What ENV gives to the container, as far as it is known.
    pub environment: BTreeMap<String, String>,
}

impl Recipe {
    /// The image under the one that runs.
    pub fn root(&self) -> Option<&BaseImage> {
        self.bases.iter().find(|base| base.is_final)
    }
}

/// An image behind FROM.
#[derive(Clone, Debug)]
pub struct BaseImage {
    /// The reference, variables replaced.
    pub reference: String,
    /// Its bytes.
    pub span: Span,
    /// Whether the image that runs is built on it; else it is another stage's.
    pub is_final: bool,
    /// The platform that FROM asks for, and its bytes, where it does not follow the build's own.
    pub platform: Option<(String, Span)>,
}

/// Looks at the stages that are built for `target`.
pub(super) fn recipe(dockerfile: &Dockerfile, stages: &[Built], target: usize, sources: &SourceMap) -> Recipe {
    let chain = chain(stages, target);
    let mut out = Recipe::default();
    for index in needed(stages, target) {
        let is_final = chain.contains(&index);
        let root = *self::chain(stages, index).last().unwrap_or(&index);
        if let Some(reference) = &stages[index].image {
            let span = dockerfile.stages[index].base.span;
            let said = dockerfile.stages[index].platform.as_ref().map(|platform| platform.span);
            let platform = stages[index].platform.clone().zip(said);
            out.bases.push(BaseImage { reference: reference.clone(), span, is_final, platform });
        }
        let seen = Seen {
            stages,
            index,
            is_final,
            root: stages[root].image.as_deref(),
            root_span: dockerfile.stages[root].base.span,
            sources,
        };
        out.practices.extend(look(&seen));
    }
    out.environment = environment(dockerfile, &chain, &stages[target]);
    out.practices.retain(|practice| !is_taken_away(stages, &chain, practice));
    if runs(stages, &chain).any(|step| cpu_build::names_other_use(sources.slice(step.span))) {
        out.practices.retain(|practice| !matches!(practice.kind, PracticeKind::CpuBuild { .. }));
    }
    out.practices.extend(stub_path(dockerfile, &chain, sources));
    out.practices.sort_by_key(|practice| practice.place);
    out
}

/// The RUN lines of an image.
fn runs<'a>(stages: &'a [Built], chain: &'a [usize]) -> impl Iterator<Item = &'a Step> {
    let steps = chain.iter().flat_map(|stage| &stages[*stage].steps);
    steps.filter(|step| matches!(step.kind, StepKind::Run { .. }))
}

/// The variables of ENV alone: those of ARG are gone when the container starts.
fn environment(dockerfile: &Dockerfile, chain: &[usize], image: &Built) -> BTreeMap<String, String> {
    let instructions = chain.iter().flat_map(|stage| &dockerfile.stages[*stage].instructions);
    let names = instructions.filter_map(|instruction| match &instruction.kind {
        Kind::Env(pairs) => Some(pairs),
        _ => None,
    });
    let known = |(name, _): &(String, String)| Some((name.clone(), image.variables.get(name)?.clone()?));
    names.flatten().filter_map(known).collect()
}

/// Whether the same step or a later one of the image removes the file again.
fn is_taken_away(stages: &[Built], chain: &[usize], practice: &Practice) -> bool {
    if !matches!(practice.kind, PracticeKind::DriverFile | PracticeKind::Stub) {
        return false;
    }
    let steps = chain.iter().flat_map(|stage| &stages[*stage].steps);
    let later = steps.filter(|step| step.span.end > practice.place.start);
    later
        .filter_map(|step| match &step.kind {
            StepKind::Run { run, shell, .. } => scripts(run, shell),
            _ => None,
        })
        .flatten()
        .filter_map(|script| split(&script, &|_| None).ok())
        .flatten()
        .any(|command| {
            let words = plain(&command.words);
            let is_removal = words.first().is_some_and(|word| matches!(base_name(&word.text), "rm" | "unlink"));
            is_removal && words.iter().any(|word| name(&word.text) == name(&practice.what))
        })
}

/// The ENV that leaves a folder of stubs in the image's LD_LIBRARY_PATH.
fn stub_path(dockerfile: &Dockerfile, chain: &[usize], sources: &SourceMap) -> Option<Practice> {
    let instructions = chain.iter().rev().flat_map(|stage| &dockerfile.stages[*stage].instructions);
    let mut found = None;
    for instruction in instructions {
        let Kind::Env(pairs) = &instruction.kind else { continue };
        for (_, value) in pairs.iter().filter(|(name, _)| name == "LD_LIBRARY_PATH") {
            let folder =
                value.trim_matches('"').split(':').find(|folder| folder.trim_end_matches('/').ends_with("/stubs"));
            match folder {
                Some(folder) => found = Some((instruction.span, folder.to_owned())),
                None if value.contains("LD_LIBRARY_PATH") => {}
                None => found = None,
            }
        }
    }
    let (span, what) = found?;
    Some(Practice { kind: PracticeKind::StubPath, place: word_span(span, &what, sources), what })
}
