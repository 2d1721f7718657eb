//! A request for CDI devices with what CDI does not know.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, fix};
use crate::{
    diag::{Applicability, Code, Edit, Fix, Severity},
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG108"),
    name: "cdi-request-shape",
    summary: "a request with `driver: cdi` has a `count` or `options`, or names no device",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG108-cdi-request-shape.md"),
    check: Check::Request(check),
};

/// The engine's CDI driver takes names alone (moby daemon/cdi.go, v29.7.2).
fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    if request.driver.as_deref() != Some("cdi") {
        return;
    }
    let ids = request.field("device_ids").filter(|ids| ids.as_seq().is_none_or(|ids| !ids.is_empty()));
    let (count, options) = (request.field("count"), request.field("options"));
    if ids.is_none() {
        nameless(cx, sink, count);
    } else if let (Some(options), None) = (options.filter(|options| !is_empty(options)), count) {
        let place = options.place().unwrap_or_else(|| request.span());
        let message =
            format!("service `{}` gives `options` to `driver: cdi`, which the engine refuses", cx.service.name);
        let finding = sink.report(message, place);
        finding.help = Some("remove `options`: the CDI spec says how a device is made".into());
        finding.fix = fix::remove(cx.service, options).map(|edits| Fix {
            title: "remove `options`".into(),
            applicability: Applicability::Safe,
            edits,
        });
    }
}

/// No name: `count` is refused, and where there is none Compose puts one in.
fn nameless(cx: &RequestCx<'_>, sink: &mut Sink<'_>, count: Option<&Value>) {
    let place: Option<Span> = count.and_then(Value::place);
    let what = if count.is_some() { "counts its GPUs" } else { "names no device" };
    let message = format!("service `{}` {what} with `driver: cdi`, which takes CDI names alone", cx.service.name);
    let finding = sink.report(message, place.unwrap_or_else(|| cx.request.span()));
    finding.help = Some("name the devices: `device_ids: [\"nvidia.com/gpu=all\"]`".into());
    let names = "[\"nvidia.com/gpu=all\"]";
    let edits: Option<Vec<Edit>> = match count {
        // Which of the GPUs a number means is for the writer to say.
        Some(count) if count.scalar_text().is_none_or(|text| !text.eq_ignore_ascii_case("all")) => None,
        Some(count) => fix::rename(cx.service, count, "device_ids", names),
        None => fix::add_entry(cx.service, &cx.request.value, "driver", "device_ids", names),
    };
    finding.fix = edits.map(|edits| Fix {
        title: "name all of NVIDIA's GPUs".into(),
        applicability: Applicability::Unsafe,
        edits,
    });
}

fn is_empty(options: &Value) -> bool {
    options.as_map().is_some_and(|map| map.is_empty()) || options.as_seq().is_some_and(<[Value]>::is_empty)
}
