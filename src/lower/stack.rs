//! `x-composegpu: {profiles: {gpu: NAME, cpu: NAME}}`: a project that keeps its services twice,
//! one copy behind a profile for hosts with a GPU, one behind a profile for hosts without.
//!
//! The copy that the host can run comes out of its profile, so that it starts like any other
//! service; the other one stays behind its own.

use super::optional::{KEY, Problems, mapping, push};
use crate::{
    compose::Project,
    yaml::{Map, Value},
};

/// The two profiles.
pub(super) struct Stack {
    gpu: String,
    pub(super) cpu: String,
}

impl Stack {
    /// Those that the project names, if it does.
    pub(super) fn of(project: &Project) -> Option<Self> {
        let name = |side: &str| project.model.at(&[KEY, "profiles", side]).and_then(Value::as_str).map(str::to_owned);
        Some(Self { gpu: name("gpu")?, cpu: name("cpu")? })
    }

    /// Whether a service is of the copy with a GPU.
    pub(super) fn has_gpu_copy(&self, service: &Value) -> bool {
        is_behind(service, &self.gpu)
    }

    /// Takes the copy for hosts with a GPU, or the other one, out of its profile.
    pub(super) fn switch_on(&self, model: &mut Value, is_gpu: bool) {
        let chosen = if is_gpu { &self.gpu } else { &self.cpu };
        let services = model.as_map_mut().and_then(|root| root.get_mut("services")).and_then(Value::as_map_mut);
        for service in services.into_iter().flat_map(Map::values_mut).filter(|service| is_behind(service, chosen)) {
            service.as_map_mut().map(|map| map.shift_remove("profiles"));
        }
    }
}

fn is_behind(service: &Value, profile: &str) -> bool {
    let profiles = service.get("profiles").and_then(Value::as_seq).unwrap_or_default();
    profiles.iter().any(|own| own.as_str() == Some(profile))
}

/// What is wrong with the project's own key.
pub(super) fn check(project: &Project, top: &Value, out: &mut Problems) {
    let Some(profiles) = mapping(top, &["profiles"], out).and_then(|map| map.get("profiles")) else { return };
    let Some(sides) = mapping(profiles, &["gpu", "cpu"], out) else { return };
    for side in ["gpu", "cpu"] {
        let Some(value) = sides.get(side) else {
            let help = "name the profiles of both copies, `gpu` and `cpu`";
            push(out, profiles.place(), format!("`profiles` of `{KEY}` has no `{side}`"), help);
            continue;
        };
        let is_known = |name: &str| project.services().any(|(_, service)| is_behind(service, name));
        match value.as_str() {
            _ if value.hole.is_some() => {}
            Some(name) if is_known(name) => {}
            Some(name) => push(out, value.span(), format!("no service has the profile `{name}`"), "is it spelt right?"),
            None => push(out, value.span(), format!("`{side}` is {}", value.kind()), "write the name of a profile"),
        }
    }
    if let (Some(gpu), Some(cpu)) = (sides.get("gpu"), sides.get("cpu"))
        && gpu.as_str().is_some()
        && gpu == cpu
    {
        push(out, cpu.span(), "`gpu` and `cpu` are one profile".to_owned(), "give each copy a profile of its own");
    }
}
