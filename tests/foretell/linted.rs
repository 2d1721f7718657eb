//! What `lint --host` says of a form.

use composegpu::{
    diag::Diagnostic,
    gpu,
    host::HostFacts,
    image::BuiltImages,
    rules::{self, ProjectCx},
    source::SourceMap,
};

use crate::truth::loaded;

/// Whether the form asks for a GPU, and what is said of it on a host.
pub(crate) fn linted(lines: &str, host: &HostFacts) -> (bool, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let loaded = loaded(lines, &mut sources);
    let (project, requests) = (&loaded.project, gpu::collect(&loaded.project));
    let images = BuiltImages::default();
    let cx = ProjectCx { project, requests: &requests, images: &images, sources: &sources };
    let mut findings = rules::run(&cx, Some(host)).diagnostics;
    findings.extend(loaded.diagnostics);
    (!requests.is_empty(), findings)
}
