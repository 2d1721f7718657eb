//! `explain` for the text of an error: what it means, where in a project it comes from, and what a
//! host's facts add.

use std::{fmt::Write as _, io::Read};

use serde_json::{Value as Json, json};

use super::{
    Answer,
    args::{ExplainArgs, TextFormat},
    config::accepted_project,
    exit::{CliError, Exit},
    files::DiskFiles,
    hosts::facts_of,
    rule_text::EXPLAIN_VERSION,
    settings::Surroundings,
};
use crate::{
    compose::Project,
    diag::{Diagnostic, Place},
    gpu::{self, DeviceSelector, GpuRequest, RequestForm},
    messages::{About, Found},
    rules,
    source::SourceMap,
};

/// A message with all that is known of it here.
struct Explained {
    found: Found,
    /// Places of the project, as `file:line:column` and what stands there.
    places: Vec<(String, String)>,
    /// What the host's rules found that fits.
    host: Vec<Diagnostic>,
}

/// Explains the messages that were found in a text; 1 where there are none.
///
/// # Errors
/// When the project or the host cannot be had.
pub(super) fn explain(
    found: Vec<Found>,
    args: &ExplainArgs,
    world: &Surroundings,
    stdin: &mut dyn Read,
    answer: &mut Answer,
) -> Result<Exit, CliError> {
    if found.is_empty() {
        answer.err = "no known message in this text\n\
                      help: give the whole line that the engine or Compose printed; `composegpu doctor` looks at the host\n"
            .to_owned();
        return Ok(Exit::Findings);
    }
    let project = match args.project.files.as_slice() {
        [] => None,
        _ => accepted_project(&args.project, true, world, stdin, answer)?,
    };
    let files = DiskFiles::new(&world.working_directory);
    let host = args.host.as_deref().map(|host| facts_of(host, &files)).transpose()?;
    let findings = host.map(|host| rules::examine(&host).diagnostics);
    let explained = found.into_iter().map(|found| Explained {
        places: project.as_ref().map(|(project, sources)| places(&found, project, sources)).unwrap_or_default(),
        host: findings
            .iter()
            .flatten()
            .filter(|one| found.message.rules.contains(&one.code.as_str()))
            .cloned()
            .collect(),
        found,
    });
    let explained: Vec<Explained> = explained.collect();
    answer.out = match args.format {
        TextFormat::Human => {
            let parts: Vec<String> =
                explained.iter().map(|one| human(one, project.is_some(), findings.is_some())).collect();
            parts.join("\n")
        }
        TextFormat::Json => as_json(&explained),
    };
    Ok(Exit::Clean)
}

/// The requests of the project that a message is about, in the order of the text.
fn places(found: &Found, project: &Project, sources: &SourceMap) -> Vec<(String, String)> {
    let requests = gpu::collect(project);
    let fits = requests.iter().filter(|request| is_about(found, request));
    let place = |request: &GpuRequest| {
        let start = sources.start(request.span());
        let path = sources.file(request.span().file).path().display().to_string();
        let what = format!("service `{}` asks here by {}", request.service, form(request));
        (format!("{path}:{}:{}", start.line, start.column), what)
    };
    fits.map(place).collect()
}

fn form(request: &GpuRequest) -> &'static str {
    match request.form {
        RequestForm::DeployReservation => "a deploy reservation",
        RequestForm::CdiReservation => "a reservation with `driver: cdi`",
        RequestForm::Gpus => "`gpus`",
        RequestForm::CdiDevice => "CDI name",
        RequestForm::RuntimeEnv => "its runtime",
        RequestForm::DeviceNode => "device node",
        RequestForm::GenericResource => "a generic resource",
    }
}

fn is_about(found: &Found, request: &GpuRequest) -> bool {
    use RequestForm::{CdiDevice, CdiReservation, DeployReservation, DeviceNode, Gpus, RuntimeEnv};
    let driver = request.driver.as_deref().unwrap_or("");
    match found.message.about {
        About::Any => true,
        About::Service => found.hole("service") == Some(&request.service),
        About::Driver => {
            let is_request = matches!(request.form, DeployReservation | CdiReservation | Gpus);
            let wanted = found.hole("driver").or(fixed_driver(found));
            is_request && wanted.is_none_or(|wanted| wanted == driver)
        }
        About::Cdi => {
            let is_cdi = matches!(request.form, CdiDevice | CdiReservation) || driver == "cdi";
            is_cdi && names_one_of(request, found.hole("devices").or(found.hole("device")))
        }
        About::Runtime => {
            let wanted = found.hole("runtime").unwrap_or("nvidia");
            request.form == RuntimeEnv && request.value.as_str().is_none_or(|runtime| runtime == wanted)
        }
        About::Node => {
            let node = found.hole("node").map(|node| format!("/dev/{}", node.trim_end_matches('"')));
            let text = request.value.as_str().or(request.field("source").and_then(|source| source.as_str()));
            let is_same = |node: String| text.is_none_or(|text| text.split(':').next() == Some(node.as_str()));
            request.form == DeviceNode && node.is_none_or(is_same)
        }
    }
}

/// The driver that a row names itself: `could not select device driver "nvidia"`.
fn fixed_driver(found: &Found) -> Option<&'static str> {
    let (_, rest) = found.message.text.split_once("device driver \"")?;
    let (driver, _) = rest.split_once('"')?;
    (!driver.contains('{')).then_some(driver)
}

/// Whether the request's devices are among `nvidia.com/gpu=0, nvidia.com/gpu=1`.
fn names_one_of(request: &GpuRequest, names: Option<&str>) -> bool {
    let Some(names) = names else { return true };
    let DeviceSelector::Ids(ids) = &request.selector else { return true };
    let is_named = |name: &str| {
        let device = name.split_once('=').map_or(name, |(_, device)| device);
        ids.iter().map(ToString::to_string).any(|id| id == name || id == device)
    };
    names.split(", ").any(is_named)
}

fn human(one: &Explained, has_project: bool, has_host: bool) -> String {
    let mut out = format!("{}\n", one.found.text);
    let mut line = |head: &str, text: &str| {
        writeln!(out, "  {head:<7}{text}").expect("writing to a String cannot fail");
    };
    line("cause", &one.found.cause());
    line("fix", one.found.message.fix);
    for rule in one.found.message.rules.iter().filter_map(|code| rules::by_text(code)) {
        line("rule", &format!("{} {}: {}", rule.code, rule.name, rule.summary));
    }
    line("source", one.found.message.source);
    for (place, what) in &one.places {
        line("here", &format!("{place}: {what}"));
    }
    if has_project && one.places.is_empty() {
        line("here", "nothing in the project fits");
    }
    for finding in &one.host {
        line("host", &format!("{}[{}] {}", finding.severity.as_str(), finding.code, finding.message));
        if let Some(help) = &finding.help {
            line("", help);
        }
    }
    if has_host && one.host.is_empty() {
        line("host", "`composegpu doctor` finds none of this on it; `composegpu lint --host` judges each service");
    }
    out
}

fn as_json(explained: &[Explained]) -> String {
    let message = |one: &Explained| {
        let holes: serde_json::Map<String, Json> =
            one.found.holes.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
        json!({
            "name": one.found.message.name,
            "text": one.found.text,
            "holes": holes,
            "cause": one.found.cause(),
            "fix": one.found.message.fix,
            "rules": one.found.message.rules,
            "source": one.found.message.source,
            "places": one.places.iter().map(|(place, what)| json!({ "place": place, "what": what })).collect::<Vec<_>>(),
            "host": one.host.iter().map(finding).collect::<Vec<_>>(),
        })
    };
    let messages: Vec<Json> = explained.iter().map(message).collect();
    let value = json!({ "version": EXPLAIN_VERSION, "messages": messages });
    format!("{value:#}\n")
}

fn finding(finding: &Diagnostic) -> Json {
    let evidence = match &finding.place {
        Place::Evidence { source, field, value, line } => {
            json!({ "source": source, "field": field, "value": value, "line": line })
        }
        Place::Source(_) | Place::File(_) => Json::Null,
    };
    json!({
        "code": finding.code.as_str(),
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "help": finding.help,
        "evidence": evidence,
    })
}
