//! What a rule is, and what it may know at its level.

use super::{HostSink, PEDANTIC, Sink};
use crate::{
    compose::Project,
    diag::{Code, Severity},
    gpu::GpuRequest,
    host::HostFacts,
    image::BuiltImages,
    source::SourceMap,
    yaml::{Tree, Value},
};

/// What one rule is: its permanent facts, its page and its check.
#[derive(Debug)]
pub struct Rule {
    /// Its permanent number.
    pub code: Code,
    /// Kebab-case; the mistake, readable after "allow".
    pub name: &'static str,
    /// One line for lists: the mistake as a clause.
    pub summary: &'static str,
    /// How bad its findings are, where a finding does not say otherwise.
    pub severity: Severity,
    /// Whether its findings carry a fix.
    pub fix: FixAvailability,
    /// The composegpu version that first had the rule.
    pub since: &'static str,
    /// The rule's page, whose examples are its tests.
    pub page: &'static str,
    /// Its check.
    pub check: Check,
}

impl Rule {
    /// Whether its findings are told only where it is selected.
    pub fn is_pedantic(&self) -> bool {
        PEDANTIC.contains(&self.code)
    }
}

/// Whether a rule's findings carry a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// Never.
    None,
    /// Where the text allows it.
    Sometimes,
    /// Always.
    Always,
}

impl FixAvailability {
    /// Lower-case word for lists and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sometimes => "sometimes",
            Self::Always => "always",
        }
    }
}

/// The level a rule looks at, and what it may know there.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The reader itself reports it, while the files are loaded.
    Reader,
    /// The pass that heeds comments reports it, when all others have spoken.
    Ignores,
    /// Once per file, also for one that Compose refuses.
    Document(fn(&DocumentCx<'_>, &mut Sink<'_>)),
    /// Once per project.
    Project(fn(&ProjectCx<'_>, &mut Sink<'_>)),
    /// Once per service.
    Service(fn(&ServiceCx<'_>, &mut Sink<'_>)),
    /// Once per GPU request.
    Request(fn(&RequestCx<'_>, &mut Sink<'_>)),
    /// Once per service with GPU requests, only when a host's facts were given.
    Placement(fn(&ServiceCx<'_>, &HostFacts, &mut Sink<'_>)),
    /// Once per host, in `doctor`; sees no project.
    Host(fn(&HostFacts, &mut HostSink<'_>)),
}

/// What a document rule sees.
#[derive(Clone, Copy, Debug)]
pub struct DocumentCx<'a> {
    /// The file's tree.
    pub tree: &'a Tree,
    /// Texts.
    pub sources: &'a SourceMap,
}

/// What a project rule sees.
#[derive(Clone, Copy, Debug)]
pub struct ProjectCx<'a> {
    /// The merged project.
    pub project: &'a Project,
    /// All GPU requests.
    pub requests: &'a [GpuRequest],
    /// What is known of images that the project builds.
    pub images: &'a BuiltImages,
    /// Texts.
    pub sources: &'a SourceMap,
}

/// What a service rule sees.
#[derive(Clone, Copy, Debug)]
pub struct ServiceCx<'a> {
    /// The project around it.
    pub project: &'a ProjectCx<'a>,
    /// The service's name.
    pub name: &'a str,
    /// The merged service.
    pub service: &'a Value,
    /// Its GPU requests, in the order of the text.
    pub requests: &'a [GpuRequest],
}

/// What a request rule sees.
#[derive(Clone, Copy, Debug)]
pub struct RequestCx<'a> {
    /// The service around it.
    pub service: &'a ServiceCx<'a>,
    /// The request.
    pub request: &'a GpuRequest,
}
