//! What Compose refuses once all files are merged: values that it cannot cast, references to
//! what is not defined, attributes that exclude each other
//! (compose-go validation/validation.go and loader/validate.go, v2.9.1).
//!
//! Every check runs, so that one run tells all. `count` beside `device_ids` has a rule of its own.

mod graph;
pub(super) mod hole;
mod references;
mod resources;
mod services;

use std::collections::BTreeSet;

use super::{
    Project,
    normalise::{active_profiles, completed, is_active, typed},
    printed::Unreadable,
};
use crate::{
    compose::codes::INCONSISTENT,
    diag::{Diagnostic, Label, Place, Severity},
    yaml::{Map, Value},
};

/// What the checks came to.
pub(super) struct Checked {
    pub(super) findings: Vec<Diagnostic>,
    /// Whether Compose goes on. It may refuse what is no finding: a value that a variable
    /// without a value left empty.
    pub(super) is_accepted: bool,
}

/// What Compose refuses in a project whose files have been merged. With `is_each_profile`
/// every profile is judged, each on its own: what Compose refuses only because copies of a
/// service for different profiles are on together is no finding. Of a project that is not
/// whole nothing is said that the missing part may set right.
pub(super) fn check(project: &Project, is_each_profile: bool, is_whole: bool) -> Checked {
    let model = completed(project);
    let mut found = resources::check(&model);
    if project.is_interpolated {
        // Values are compared as Compose casts them: `1g` and `1024m` are one size.
        let (typed, unreadable) = typed(&model);
        found.extend(unreadable.into_iter().map(unreadable_value));
        let scope = Scope { project, typed: &typed, is_whole };
        found.extend(if is_each_profile {
            of_each_profile(&scope)
        } else {
            of_services(&scope, &active_profiles(project))
        });
        resources::secrets_without_source(&model, &typed, &mut found);
    }
    let count = found.len();
    let holes = hole::spans(&project.model);
    let labels = |finding: &Diagnostic| finding.related.iter().any(|label| holes.contains(&label.span));
    found.retain(|finding| finding.place.span().is_none_or(|span| !holes.contains(&span)) && !labels(finding));
    Checked { is_accepted: found.len() == count, findings: found }
}

/// What the services' checks look at.
struct Scope<'a> {
    project: &'a Project,
    /// Its values, cast.
    typed: &'a Value,
    is_whole: bool,
}

/// The checks of the services that some profiles switch on.
fn of_services(scope: &Scope<'_>, profiles: &[String]) -> Vec<Diagnostic> {
    let view = View { project: scope.typed, active: active(scope.typed, profiles) };
    let mut found = Vec::new();
    for (name, service) in &view.active {
        services::check(name, service, &mut found);
        if scope.is_whole {
            services::origin(name, service, scope.project, &mut found);
            references::check(&view, name, service, &mut found);
        }
    }
    graph::check(&view, &mut found);
    services::container_names(&view.active, &mut found);
    found
}

/// What is wrong with all profiles on and also with one of them, or none, on alone: the first
/// alone would blame copies that never meet, the second references to another profile.
fn of_each_profile(scope: &Scope<'_>) -> Vec<Diagnostic> {
    let services = scope.typed.get("services").and_then(Value::as_map).into_iter().flat_map(Map::values);
    let profiles = services.filter_map(|service| service.get("profiles").and_then(Value::as_seq)).flatten();
    let profiles: BTreeSet<&str> = profiles.filter_map(Value::as_str).collect();
    let mut found = of_services(scope, &["*".to_owned()]);
    if found.is_empty() || profiles.is_empty() {
        return found;
    }
    let mut alone = of_services(scope, &[]);
    for profile in profiles {
        alone.extend(of_services(scope, &[profile.to_owned()]));
    }
    found.retain(|finding| alone.contains(finding));
    found
}

/// The project with its values cast, and the services that are on.
struct View<'a> {
    project: &'a Value,
    active: Vec<(&'a str, &'a Value)>,
}

fn active<'a>(project: &'a Value, profiles: &[String]) -> Vec<(&'a str, &'a Value)> {
    let services = project.get("services").and_then(Value::as_map).into_iter().flat_map(Map::iter);
    let active = services.filter(|(_, service)| service.as_map().is_some() && is_active(service, profiles));
    active.map(|(name, service)| (name.as_str(), service)).collect()
}

fn unreadable_value(value: Unreadable) -> Diagnostic {
    let shown = if value.text.is_empty() { String::new() } else { format!(" `{}`", value.text) };
    let place = value.span.map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
    let message = format!("`{}`: the value{shown} cannot be read, {}", value.path, value.reason);
    let mut finding = Diagnostic::new(INCONSISTENT, Severity::Error, message, place)
        .with_help("write it as the Compose specification gives it for this attribute");
    finding.service = value.service;
    finding
}

/// A finding at a value, about a service.
fn at(service: &str, value: &Value, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    let mut finding = Diagnostic::new(INCONSISTENT, Severity::Error, message, place(value)).with_help(help);
    finding.service = (!service.is_empty()).then(|| service.to_owned());
    finding
}

fn place(value: &Value) -> Place {
    value.place().map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()))
}

/// The same finding with a second place.
fn beside(finding: Diagnostic, value: &Value, words: &str) -> Diagnostic {
    match value.place() {
        Some(span) => finding.with_related(Label::new(span, words)),
        None => finding,
    }
}
