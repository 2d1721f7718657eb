//! The rules, one file each, and the list that names them.
//!
//! A rule is static data and a function. Its page, `rules/CODE-name.md`, is its
//! documentation, what `composegpu explain` prints, and its tests.

mod cg001_syntax_error;
mod cg002_duplicate_key;
mod cg003_schema_violation;
mod cg004_unknown_key;
mod cg005_unset_variable;
mod cg006_missing_env_file;
mod cg007_alias_expansion;
mod cg008_inconsistent_project;
mod cg101_missing_capabilities;
mod cg102_count_and_device_ids;
mod cg106_legacy_gpu_reservation;
mod cg107_obsolete_version;
mod cg110_mixed_request_forms;
mod cg119_legacy_runtime_form;
mod cg201_visible_devices_overridden;
mod cg202_visible_devices_inert;
mod cg203_cuda_visible_devices_renumbered;
mod cg204_cuda_visible_devices_invalid;
mod cg205_count_not_exclusive;
mod cg209_legacy_mig_id;
mod cg301_driver_library_mount;
mod cg303_raw_device_nodes;
mod cg304_incomplete_device_nodes;
mod cg401_runtime_without_visible_devices;
mod cg601_missing_module;
mod cg701_privileged_gpu;
mod devices;
mod fix;
mod run;

use crate::{
    compose::Project,
    diag::{Code, Diagnostic, Place, Severity},
    gpu::GpuRequest,
    host::HostFacts,
    image::BuiltImages,
    source::SourceMap,
    yaml::{Tree, Value},
};

pub use run::run;

/// Every rule, in code order. A rule that is not here does not compile cleanly (`dead_code`).
pub static ALL: &[&Rule] = &[
    &cg001_syntax_error::RULE,
    &cg002_duplicate_key::RULE,
    &cg003_schema_violation::RULE,
    &cg004_unknown_key::RULE,
    &cg005_unset_variable::RULE,
    &cg006_missing_env_file::RULE,
    &cg007_alias_expansion::RULE,
    &cg008_inconsistent_project::RULE,
    &cg101_missing_capabilities::RULE,
    &cg102_count_and_device_ids::RULE,
    &cg106_legacy_gpu_reservation::RULE,
    &cg107_obsolete_version::RULE,
    &cg110_mixed_request_forms::RULE,
    &cg119_legacy_runtime_form::RULE,
    &cg201_visible_devices_overridden::RULE,
    &cg202_visible_devices_inert::RULE,
    &cg203_cuda_visible_devices_renumbered::RULE,
    &cg204_cuda_visible_devices_invalid::RULE,
    &cg205_count_not_exclusive::RULE,
    &cg209_legacy_mig_id::RULE,
    &cg301_driver_library_mount::RULE,
    &cg303_raw_device_nodes::RULE,
    &cg304_incomplete_device_nodes::RULE,
    &cg401_runtime_without_visible_devices::RULE,
    &cg601_missing_module::RULE,
    &cg701_privileged_gpu::RULE,
];

/// The rule of a code.
pub fn by_code(code: Code) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code == code)
}

/// The rule that a text names, by code or by name.
pub fn by_text(text: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code.as_str().eq_ignore_ascii_case(text) || rule.name == text)
}

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

/// Where a check puts its findings; stamps them with the rule's code and severity.
#[derive(Debug)]
pub struct Sink<'a> {
    rule: &'a Rule,
    service: Option<&'a str>,
    out: &'a mut Findings,
}

/// What a run of the rules gives.
#[derive(Debug, Default)]
pub struct Findings {
    /// The findings, in the order of the rules.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be judged, and why.
    pub skipped: Vec<Skipped>,
}

/// A rule that could not judge something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The rule.
    pub code: Code,
    /// Why, as one clause.
    pub reason: String,
}

impl Sink<'_> {
    /// Reports a finding at a span (or a label); what comes back can be completed.
    pub fn report(&mut self, message: impl Into<String>, place: impl Into<crate::diag::Label>) -> &mut Diagnostic {
        let mut finding = Diagnostic::new(self.rule.code, self.rule.severity, message, Place::Source(place.into()));
        finding.service = self.service.map(str::to_owned);
        self.out.diagnostics.push(finding);
        self.out.diagnostics.last_mut().expect("a finding was just pushed")
    }

    /// Says what this rule could not judge.
    pub fn skipped(&mut self, reason: impl Into<String>) {
        let skipped = Skipped { code: self.rule.code, reason: reason.into() };
        if !self.out.skipped.contains(&skipped) {
            self.out.skipped.push(skipped);
        }
    }
}
