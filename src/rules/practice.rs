//! Findings about steps of a Dockerfile: one for each step and file, however many services build it.

use super::{ServiceCx, Sink};
use crate::{
    diag::Severity,
    image::{Practice, PracticeKind},
};

/// The steps worth a word on the way to a service's image.
pub(super) fn all<'a>(cx: &ServiceCx<'a>) -> &'a [Practice] {
    let recipe = cx.project.images.get(cx.name).and_then(|image| image.recipe.as_ref());
    recipe.map_or(&[], |recipe| &recipe.practices)
}

/// Reports the steps of these kinds, with a message and help for each.
pub(super) fn report(
    cx: &ServiceCx<'_>,
    sink: &mut Sink<'_>,
    kinds: &[PracticeKind],
    say: impl Fn(&Practice) -> (String, String),
) {
    for found in all(cx).iter().filter(|found| kinds.contains(&found.kind)) {
        let (message, help) = say(found);
        let finding = sink.report(message, found.place);
        finding.help = Some(help);
        if found.is_presumed() {
            finding.severity = Severity::Info;
        }
    }
}
