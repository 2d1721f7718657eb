//! Services that wait for one which only a profile switches on.

use super::{Check, FixAvailability, ProjectCx, Rule, Sink, together::profiles};
use crate::{
    diag::{Code, Label, Severity},
    yaml::{Map, Value},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG013"),
    name: "dependency-in-profile",
    summary: "a service without a profile needs one that has profiles",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG013-dependency-in-profile.md"),
    check: Check::Project(check),
};

/// Where profiles were named, the project is judged as Compose does with them (CG008).
fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    if !cx.project.profiles.is_empty() {
        return;
    }
    for (name, service) in cx.project.services().filter(|(_, service)| profiles(service).is_empty()) {
        let dependencies = service.get("depends_on").and_then(Value::as_map).into_iter().flat_map(Map::iter);
        for (other, dependency) in dependencies {
            let is_required = dependency.get("required").and_then(Value::as_bool) != Some(false);
            let needed = cx.project.service(other).filter(|_| is_required && !cx.project.is_active(other));
            let Some(needed) = needed.filter(|needed| !profiles(needed).is_empty()) else { continue };
            let Some(place) = dependency.place() else { continue };
            let of: Vec<String> = profiles(needed).into_iter().map(|profile| format!("`{profile}`")).collect();
            let finding = sink.report(
                format!("service `{name}` needs `{other}`, which is off without the profile {}", of.join(" or ")),
                place,
            );
            finding.service = Some(name.to_owned());
            finding.related.extend(
                needed
                    .get("profiles")
                    .and_then(Value::place)
                    .map(|span| Label::new(span, "without it Compose refuses the whole project")),
            );
            finding.help = Some(format!(
                "write `required: false` below `{other}` (Compose 2.20), or give `{name}` the profile too"
            ));
        }
    }
}
