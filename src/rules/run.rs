//! One walk over a project; each rule is called at its own level.

use std::collections::BTreeMap;

use super::{ALL, Check, DocumentCx, Findings, HostSink, ProjectCx, RequestCx, Rule, ServiceCx, Sink};
use crate::{
    compose::{self, Project},
    diag::{Diagnostic, Label},
    host::HostFacts,
};

/// Runs every rule that can run with what is known.
pub fn run(cx: &ProjectCx<'_>, host: Option<&HostFacts>) -> Findings {
    let mut out = Findings::default();
    for rule in ALL {
        run_rule(rule, cx, host, &mut out);
    }
    out.diagnostics = join_shared(out.diagnostics, cx.project);
    compose::also_set(cx.project, &mut out.diagnostics);
    out
}

/// Runs every rule that judges a host by itself.
pub fn examine(host: &HostFacts) -> Findings {
    let mut out = Findings::default();
    for rule in ALL {
        if let Check::Host(check) = rule.check {
            check(host, &mut HostSink { rule, out: &mut out });
        }
    }
    out
}

/// One text is one defect: services that share it through an anchor, a merge key or `extends`
/// are named by labels of the first one's finding.
fn join_shared(findings: Vec<Diagnostic>, project: &Project) -> Vec<Diagnostic> {
    let mut joined: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut first = BTreeMap::new();
    for finding in findings {
        let key = finding.place.span().map(|span| (finding.code, span));
        match key.and_then(|key| first.get(&key).copied()) {
            None => {
                first.extend(key.map(|key| (key, joined.len())));
                joined.push(finding);
            }
            Some(at) => {
                let earlier: &mut Diagnostic = &mut joined[at];
                let name = finding.service.as_deref().filter(|name| earlier.service.as_deref() != Some(name));
                let span = name.and_then(|name| project.service_place(name));
                earlier.related.extend(span.map(|span| Label::new(span, "this service shares it")));
            }
        }
    }
    joined
}

fn run_rule(rule: &'static Rule, cx: &ProjectCx<'_>, host: Option<&HostFacts>, out: &mut Findings) {
    match (rule.check, host) {
        (Check::Reader | Check::Ignores | Check::Host(_), _) | (Check::Placement(_), None) => {}
        (Check::Document(check), _) => {
            for tree in &cx.project.trees {
                check(&DocumentCx { tree, sources: cx.sources }, &mut Sink { rule, service: None, out });
            }
        }
        (Check::Project(check), _) => check(cx, &mut Sink { rule, service: None, out }),
        (Check::Service(check), _) => each_service(cx, |service| {
            check(service, &mut Sink { rule, service: Some(service.name), out });
        }),
        (Check::Request(check), _) => each_service(cx, |service| {
            for request in service.requests {
                check(&RequestCx { service, request }, &mut Sink { rule, service: Some(service.name), out });
            }
        }),
        (Check::Placement(check), Some(host)) => each_service(cx, |service| {
            if !service.requests.is_empty() {
                check(service, host, &mut Sink { rule, service: Some(service.name), out });
            }
        }),
    }
}

fn each_service<'a>(cx: &'a ProjectCx<'a>, mut visit: impl FnMut(&ServiceCx<'a>)) {
    let mut firsts: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, request) in cx.requests.iter().enumerate() {
        firsts.entry(&request.service).or_insert(at);
    }
    for (name, service) in cx.project.services() {
        let first = firsts.get(name).copied();
        let requests = first.map_or(&[][..], |first| {
            let count = cx.requests[first..].iter().take_while(|request| request.service == name).count();
            &cx.requests[first..first + count]
        });
        visit(&ServiceCx { project: cx, name, service, requests });
    }
}
