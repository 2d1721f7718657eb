//! The form of a swarm: so many of a kind of generic resource.
//!
//! It is chosen by name alone, never by the host: `docker compose up` does not send generic
//! resources (docker/compose pkg/compose/create.go `setReservations`, v5.5.0), and `docker stack
//! deploy` sends nothing else for a GPU.

use super::{
    Decision, Form, Reason, Unlowerable,
    devices::Asked,
    judge::{self, Verdict},
};
use crate::host::HostFacts;

/// The kind of generic resource that gives the devices, and how many of it, as `KIND=number`.
///
/// # Errors
/// [`Unlowerable::NoWorkingForm`] says what stands in the way.
pub(super) fn decide(asked: &Asked, host: &HostFacts) -> Result<Decision, Unlowerable> {
    let kinds = kinds(host);
    if kinds.is_empty() {
        return Err(refused("the node offers no generic resource that is a GPU (`node-generic-resources`)"));
    }
    let (mut unproven, mut against) = (None, Vec::new());
    for (kind, offered) in kinds {
        let count = match asked {
            Asked::All => offered,
            Asked::First(count) => *count,
            Asked::Ids(..) => {
                return Err(refused("a swarm hands out GPUs by number and chooses which; `count` asks so"));
            }
        };
        let decided = |reason: Reason| {
            let reasons = vec!["asked for".to_owned(), reason];
            Decision::new(Form::Swarm, vec![format!("{kind}={count}")], reasons, Vec::new())
        };
        match judge::swarm(host, &kind, count) {
            Verdict::Works(reason) => return Ok(decided(reason)),
            Verdict::Unknown(reason) => drop(unproven.get_or_insert_with(|| decided(format!("not proven: {reason}")))),
            Verdict::Fails(reason) | Verdict::Silent(reason) => against.push(format!("`{kind}`: {reason}")),
        }
    }
    unproven.ok_or_else(|| refused(&against.join("; ")))
}

/// Without a host nobody knows the kinds.
pub(super) fn without_host() -> Unlowerable {
    refused("which kinds of generic resources the nodes offer is known of a host alone")
}

fn refused(reason: &str) -> Unlowerable {
    Unlowerable::NoWorkingForm(vec![(Form::Swarm, reason.to_owned())])
}

/// The kinds that the node offers as GPUs, by what the toolkit takes for one or else by their
/// names, with how many it offers.
fn kinds(host: &HostFacts) -> Vec<(String, u32)> {
    let config = host.toolkit.known().and_then(|toolkit| toolkit.config.known()).and_then(Option::as_ref);
    let named = config.and_then(|config| config.swarm_resource.as_deref()).unwrap_or_default();
    let is_gpu = |kind: &str| {
        named.split(',').any(|name| name.trim() == judge::swarm_variable(kind)) || kind.to_lowercase().contains("gpu")
    };
    let mut kinds: Vec<(String, u32)> = Vec::new();
    for resource in host.docker.known().map(|docker| docker.generic_resources.as_slice()).unwrap_or_default() {
        let Some((kind, value)) = resource.split_once('=').filter(|(kind, _)| is_gpu(kind)) else { continue };
        // One that is counted says its number; one that is named says its name, once each.
        let number = value.parse().unwrap_or(1);
        match kinds.iter_mut().find(|(own, _)| own == kind) {
            Some((_, offered)) => *offered = offered.saturating_add(number),
            None => kinds.push((kind.to_owned(), number)),
        }
    }
    kinds
}
