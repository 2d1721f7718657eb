//! An image that the engine cannot read the name of.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    diag::{Applicability, Code, Fix, Severity},
    image,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG510"),
    name: "invalid-image-reference",
    summary: "`image` is no name that an image can have",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG510-invalid-image-reference.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let constant = |node: &&Value| node.hole.is_none() && !fix::holds_variable(cx, node);
    let Some(node) = cx.service.get("image").filter(constant) else { return };
    let Some(text) = node.as_str().filter(|text| !text.is_empty() && !text.starts_with("sha256:")) else { return };
    let (Some(reason), Some(place)) = (image::reference_fault(text), node.place()) else { return };
    let finding = sink.report(format!("the image `{text}` of service `{}` {reason}", cx.name), place);
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (name, tag) = plain.split_at(plain.rfind(':').filter(|at| !plain[*at..].contains('/')).unwrap_or(plain.len()));
    let meant = format!("{}{}", name.to_ascii_lowercase(), if tag == ":" { "" } else { tag });
    let meant = Some(meant).filter(|meant| tag != ":" && image::reference_fault(meant).is_none());
    finding.help = Some(match &meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            "write the name in lower case letters, digits, `.`, `_`, `-` and `/`, and the tag behind `:`".to_owned()
        }
    });
    let edits = meant.as_ref().and_then(|meant| fix::replace_text(cx, node, meant));
    finding.fix = edits.map(|edits| Fix {
        title: "write the name that is meant".into(),
        applicability: Applicability::Unsafe,
        edits,
    });
}
