//! `extends`: a service that begins as another one, of this file or of another.
//!
//! Source: compose-go loader/extends.go (v2.9.1).

use std::path::PathBuf;

use super::{
    canonical, clear,
    codes::INCONSISTENT,
    layer::{self, Layer, Surroundings},
    merge, paths,
    reading::{MAX_CHAIN, Reading},
};
use crate::{
    diag::Label,
    source::Span,
    yaml::{Cleared, Data, Map, Value, Via},
};

/// Where a chain of `extends` stands.
struct Chain<'a> {
    surroundings: &'a Surroundings,
    /// Services on the way, each with its file and the value of its `extends`.
    steps: Vec<(PathBuf, String, Option<Span>)>,
}

/// One file's services, while they are extended.
struct Services {
    path: PathBuf,
    map: Map,
    cleared: Vec<Cleared>,
}

/// What an `extends` says.
struct Reference {
    service: String,
    file: Option<String>,
    span: Option<Span>,
    /// The service's name, where it has an entry of its own.
    name: Option<Span>,
}

/// Extends every service of a layer that asks for it.
pub(super) fn extend(reading: &mut Reading<'_>, layer: &mut Layer, surroundings: &Surroundings) {
    let Some(map) = layer.value.as_map_mut().and_then(|root| root.get_mut("services")).and_then(Value::as_map_mut)
    else {
        return;
    };
    if !map.values().any(|service| service.get("extends").is_some()) {
        return;
    }
    let mut services = Services { path: layer.path.clone(), map: std::mem::take(map), cleared: layer.cleared.clone() };
    let names: Vec<String> = services.map.keys().cloned().collect();
    for name in names {
        resolve(reading, &mut services, &name, &mut Chain { surroundings, steps: Vec::new() });
    }
    *map = services.map;
}

/// Puts the extended service in the place of `name`, bases first.
fn resolve(reading: &mut Reading<'_>, services: &mut Services, name: &str, chain: &mut Chain<'_>) {
    let Some(service) = services.map.get(name) else { return };
    if let Some(file) = service.at(&["extends", "file"]).filter(|file| !file.is_null() && file.as_str().is_none()) {
        let message = format!("`extends.file` of service `{name}` is {}, where a path is expected", file.kind());
        reading.refuse_at(INCONSISTENT, file.span(), message, Vec::new());
        return;
    }
    let Some(reference) = reference(service) else { return };
    if chain.steps.iter().any(|(path, service, _)| *path == services.path && service == name) {
        let steps = chain.steps.iter().filter_map(|step| step.2);
        let related: Vec<Label> = steps.map(|span| Label::new(span, "on the way round")).collect();
        let way = if related.len() > 1 { ", by way of others" } else { "" };
        let message = format!("service `{name}` extends itself{way}: Compose cannot resolve the circle");
        reading.refuse_at(INCONSISTENT, reference.span, message, related);
        return;
    }
    if chain.steps.len() >= MAX_CHAIN {
        let message = format!("more than {MAX_CHAIN} services extend one another in a row");
        reading.refuse_limit(reference.span, message);
        return;
    }
    chain.steps.push((services.path.clone(), name.to_owned(), reference.span));
    let base = match &reference.file {
        Some(file) => base_of_file(reading, &reference, file, chain),
        None => base_of_same(reading, services, &reference, chain),
    };
    chain.steps.pop();
    let Some(service) = services.map.get_mut(name) else { return };
    if let Some(mut base) = base {
        mark(&mut base, reference.span);
        clear::clear_service(&mut base, name, &services.cleared);
        let own = std::mem::take(service);
        merge::merge_service(&mut base, name, own, &mut reading.diagnostics);
        *service = base;
    }
    if let Some(map) = service.as_map_mut() {
        map.shift_remove("extends");
    }
}

fn reference(service: &Value) -> Option<Reference> {
    let extends = service.get("extends")?;
    let text = |key: &str| extends.get(key).and_then(Value::as_str).map(str::to_owned);
    match &extends.data {
        Data::String(service) => {
            Some(Reference { service: service.clone(), file: None, span: extends.span(), name: None })
        }
        _ => {
            let name = extends.get("service").and_then(Value::place);
            Some(Reference { service: text("service")?, file: text("file"), span: extends.span(), name })
        }
    }
}

fn base_of_same(
    reading: &mut Reading<'_>,
    services: &mut Services,
    reference: &Reference,
    chain: &mut Chain<'_>,
) -> Option<Value> {
    if !services.map.contains_key(&reference.service) {
        reading.is_cut = true;
        let message = format!("there is no service `{}` to extend in this file", reference.service);
        reading.refuse_at(INCONSISTENT, reference.name.or(reference.span), message, Vec::new());
        return None;
    }
    resolve(reading, services, &reference.service, chain);
    services.map.get(&reference.service).cloned()
}

fn base_of_file(reading: &mut Reading<'_>, reference: &Reference, file: &str, chain: &mut Chain<'_>) -> Option<Value> {
    let project = &chain.surroundings.directory;
    let path = reading.files.resolve(&project.join(file));
    let tree = reading.referred_file(&path, reference.span)?;
    let mut model = Value::default();
    let mut cleared = Vec::new();
    for layer in layer::layers(reading, tree, &chain.surroundings.environment) {
        clear::clear(&mut model, &layer.cleared);
        cleared.extend(layer.cleared);
        reading.lay_on(&mut model, layer.value);
    }
    layer::make_canonical(reading, &mut model);
    canonical::gpus_of_any_text(&mut model);
    // Relative to the project still, so that `a.env` there and `sub/a.env` here are one file.
    let base = paths::relative(project, &layer::folder(&path));
    paths::resolve(&mut model, &base, chain.surroundings.environment.get("HOME"));
    let map = model.as_map_mut().and_then(|root| root.get_mut("services")).and_then(Value::as_map_mut);
    let mut others = Services { path, map: map.map(std::mem::take).unwrap_or_default(), cleared };
    if !others.map.contains_key(&reference.service) {
        reading.is_cut = true;
        let message = format!("there is no service `{}` to extend in `{file}`", reference.service);
        reading.refuse_at(INCONSISTENT, reference.name.or(reference.span), message, Vec::new());
        return None;
    }
    resolve(reading, &mut others, &reference.service, chain);
    others.map.shift_remove(&reference.service)
}

/// Says of everything in a base that `extends` brought it in.
fn mark(value: &mut Value, span: Option<Span>) {
    let Some(span) = span else { return };
    value.for_each_origin(&mut |origin| {
        if origin.via == Via::Text {
            origin.via = Via::Extends(span);
        }
    });
}
