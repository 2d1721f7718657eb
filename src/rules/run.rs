//! One walk over a project; each rule is called at its own level.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ALL, Check, DocumentCx, Findings, HostSink, ProjectCx, RequestCx, Rule, ServiceCx, Sink, placement::name_hosts,
};
use crate::{
    compose::{self, Project},
    diag::{Code, Diagnostic, Label, Severity},
    host::HostFacts,
};

/// Runs every rule that can run with what is known.
pub fn run(cx: &ProjectCx<'_>, host: Option<&HostFacts>) -> Findings {
    let mut out = Findings::default();
    for rule in ALL {
        run_rule(rule, cx, host, &mut out);
    }
    let wrong = wrong_anywhere(&out.diagnostics);
    leave_tegra_its_runtime(&mut out, host);
    finished(out, &wrong, cx)
}

/// Where all hosts are Tegra boards, the runtime is the form that works (CG905), and no old one.
fn leave_tegra_its_runtime<'a>(out: &mut Findings, hosts: impl IntoIterator<Item = &'a HostFacts>) {
    let mut hosts = hosts.into_iter().peekable();
    let is_tegra = |host: &HostFacts| host.system.known().is_some_and(|system| system.is_tegra);
    if hosts.peek().is_some() && hosts.all(is_tegra) {
        out.diagnostics.retain(|finding| finding.code != super::cg119_legacy_runtime_form::RULE.code);
    }
}

/// Runs the rules that see a host on several, and says which host each finding is about: one finding for
/// all hosts of which the same is to be said, a warning where the service gets its GPU on another.
/// `findings` are those that hold on any host.
pub fn place(cx: &ProjectCx<'_>, hosts: &[(&str, &HostFacts)], findings: Findings) -> Findings {
    let wrong = wrong_anywhere(&findings.diagnostics);
    let mut out = findings;
    leave_tegra_its_runtime(&mut out, hosts.iter().map(|(_, host)| *host));
    let mut told: Vec<(Diagnostic, Vec<&str>)> = Vec::new();
    for (name, host) in hosts {
        let mut on_host = Findings::default();
        for rule in ALL.iter().filter(|rule| matches!(rule.check, Check::Placement(_))) {
            run_rule(rule, cx, Some(host), &mut on_host);
        }
        let on_host = finished(on_host, &wrong, cx);
        for finding in on_host.diagnostics {
            match told.iter_mut().find(|(earlier, _)| *earlier == finding) {
                Some((_, names)) => names.push(name),
                None => told.push((finding, vec![name])),
            }
        }
        for skipped in on_host.skipped {
            out.skip(skipped.code, format!("host `{name}`: {}", skipped.reason));
        }
    }
    let mut unlucky: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for (finding, names) in &told {
        *unlucky.entry(finding.service.clone()).or_default() += names.len();
    }
    out.diagnostics.extend(told.into_iter().map(|(mut finding, names)| {
        if unlucky[&finding.service] < hosts.len() {
            finding.severity = finding.severity.min(Severity::Warning);
        }
        name_hosts(&mut finding, &names);
        finding
    }));
    out
}

/// Services whose requests are wrong on every host.
fn wrong_anywhere(findings: &[Diagnostic]) -> BTreeSet<Option<String>> {
    let is_placement = |code: Code| super::by_code(code).is_some_and(|rule| matches!(rule.check, Check::Placement(_)));
    let errors = findings.iter().filter(|finding| {
        finding.severity == Severity::Error && finding.code.as_str().starts_with("CG1") && !is_placement(finding.code)
    });
    errors.map(|finding| finding.service.clone()).collect()
}

/// Findings of one text joined. Where a request is `wrong` on every host, the rule that says so has the word.
fn finished(mut out: Findings, wrong: &BTreeSet<Option<String>>, cx: &ProjectCx<'_>) -> Findings {
    let general = [super::cg121_fails_on_host::RULE.code, super::cg122_no_gpu_on_host::RULE.code];
    out.diagnostics.retain(|finding| !(general.contains(&finding.code) && wrong.contains(&finding.service)));
    out.diagnostics = join_shared(out.diagnostics, cx.project);
    compose::also_set(cx.project, &mut out.diagnostics);
    out
}

/// Runs every rule that judges a host by itself.
pub fn examine(host: &HostFacts) -> Findings {
    let mut out = Findings::default();
    for rule in ALL {
        if let Check::Host(check) = rule.check {
            check(host, &mut HostSink { rule, host, out: &mut out });
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
