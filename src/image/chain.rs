//! Which stages of a Dockerfile belong together.

use super::{
    from::{Base, From},
    stage::Built,
};

/// A stage and those that it is built on, itself first.
pub(super) fn chain(stages: &[Built], stage: usize) -> Vec<usize> {
    std::iter::successors(Some(stage), |stage| match stages[*stage].base {
        Base::Stage(parent) => Some(parent),
        _ => None,
    })
    .collect()
}

/// Stages that are built for a target, in order: those below it, and those that it copies from.
pub(super) fn needed(stages: &[Built], target: usize) -> Vec<usize> {
    let mut is_needed = vec![false; stages.len()];
    is_needed[target] = true;
    // A stage takes from earlier ones alone.
    for index in (0..=target).rev().filter(|index| *index <= target) {
        if !is_needed[index] {
            continue;
        }
        if let Base::Stage(parent) = stages[index].base {
            is_needed[parent] = true;
        }
        for step in &stages[index].steps {
            if let Some(From::Stage(other)) = step.taken.as_ref().map(|taken| &taken.from) {
                is_needed[*other] = true;
            }
        }
    }
    (0..stages.len()).filter(|index| is_needed[*index]).collect()
}
