//! The images that a service comes from: the one that it pulls, or those that its Dockerfile starts
//! from.

use super::ServiceCx;
use crate::{
    diag::{Diagnostic, Severity},
    image::Reference,
    source::Span,
};

/// An image that a service comes from.
pub(super) struct UsedImage {
    pub(super) reference: Reference,
    /// As written, variables replaced.
    pub(super) text: String,
    pub(super) place: Span,
    /// Whether the container has its files; else it serves another stage.
    pub(super) is_run: bool,
}

/// All of them; none where they are not known.
pub(super) fn all(cx: &ServiceCx<'_>) -> Vec<UsedImage> {
    let used = |text: &str, place: Option<Span>, is_run: bool| {
        Some(UsedImage { reference: Reference::parse(text)?, text: text.to_owned(), place: place?, is_run })
    };
    if cx.service.get("build").is_some_and(|build| !build.is_null()) {
        let bases = cx
            .project
            .images
            .get(cx.name)
            .and_then(|image| image.recipe.as_ref())
            .map_or(&[][..], |recipe| &recipe.bases);
        return bases.iter().filter_map(|base| used(&base.reference, Some(base.span), base.is_final)).collect();
    }
    let image = cx.service.get("image").filter(|image| image.hole.is_none());
    image.and_then(|image| used(image.as_str()?, image.span(), true)).into_iter().collect()
}

/// The one whose files the container has.
pub(super) fn run(cx: &ServiceCx<'_>) -> Option<UsedImage> {
    all(cx).into_iter().find(|image| image.is_run)
}

/// Lowers a finding whose CUDA release is only known from another image of the same month, and says so.
pub(super) fn mark_presumed(image: &UsedImage, finding: &mut Diagnostic) {
    if !image.reference.is_cuda_presumed() {
        return;
    }
    finding.severity = Severity::Info;
    let help = finding.help.take().unwrap_or_default();
    finding.help = Some(format!("{help}; its CUDA is presumed from another NVIDIA image of the same month"));
}

/// Whether the service pulls its image instead of building it.
pub(super) fn is_pulled(cx: &ServiceCx<'_>) -> bool {
    cx.service.get("build").is_none_or(crate::yaml::Value::is_null)
}
