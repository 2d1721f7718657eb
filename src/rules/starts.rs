//! What a service starts, as far as it is known: for the rules that ask whether its image holds that.

use super::ServiceCx;
use crate::{image::Start, source::Span};

/// What the service starts; nothing where that is not known.
pub(super) fn of<'a>(cx: &ServiceCx<'a>) -> &'a [Start] {
    let image = cx.project.images.get(cx.name);
    image.and_then(|image| image.starts.known()).map_or(&[], Vec::as_slice)
}

/// The place that says so, or the service.
pub(super) fn place(cx: &ServiceCx<'_>, start: &Start) -> Option<Span> {
    start.place.or_else(|| cx.service.place())
}

/// To be put behind what a label says: the script in between, where there is one.
pub(super) fn through(start: &Start) -> String {
    start.through.as_ref().map_or_else(String::new, |script| format!("; {script} starts it"))
}
