//! A tag of an image of NVIDIA's that cannot be pulled.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink, fix,
    used_image::{self, UsedImage},
};
use crate::{
    diag::{Applicability, Code, Edit, Fix, Severity},
    image::{Certainty, tag_fault},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG503"),
    name: "retired-cuda-tag",
    summary: "a tag of an image of NVIDIA's is deleted, or was never there",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG503-retired-cuda-tag.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for image in used_image::all(cx) {
        let Some(fault) = tag_fault(&image.reference) else { continue };
        let verb = if fault.certainty == Certainty::Presumed { "most likely cannot" } else { "cannot" };
        let finding = sink.report(format!("`{}` {verb} be pulled: {}", image.text, fault.reason), image.place);
        finding.severity = match fault.certainty {
            Certainty::Seen => Severity::Error,
            Certainty::Listed => Severity::Warning,
            Certainty::Presumed => Severity::Info,
        };
        let name = image.reference.name();
        finding.help = Some(match &fault.instead {
            Some(tag) => format!("write `{name}:{tag}`"),
            None => format!("take a tag that the registry lists, such as `{}`", fault.example),
        });
        finding.fix = fault.instead.and_then(|tag| replaced(cx, &image, &tag)).map(|edits| Fix {
            title: "name a tag that is there".to_owned(),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}

/// Edits where the reference stands as it is, without variables.
fn replaced(cx: &ServiceCx<'_>, image: &UsedImage, tag: &str) -> Option<Vec<Edit>> {
    let name = image.text.rsplit_once(':').map_or(image.text.as_str(), |(name, _)| name);
    let text = format!("{name}:{tag}");
    if used_image::is_pulled(cx) {
        let value = cx.service.get("image")?;
        return if fix::holds_variable(cx, value) { None } else { fix::replace_text(cx, value, &text) };
    }
    let file = cx.project.sources.file(image.place.file);
    let is_literal = file.is_exact() && cx.project.sources.slice(image.place) == image.text;
    is_literal.then(|| vec![Edit { span: image.place, text }])
}
