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
mod cg010_bad_x_composegpu;
mod cg011_unused_ignore;
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
mod ch001_no_device_driver;
mod ch002_unknown_runtime;
mod ch003_docker_desktop_linux;
mod ch004_snap_docker;
mod ch005_rootless_cgroups;
mod ch007_daemon_reload_loses_gpu;
mod ch008_stale_cdi_spec;
mod ch009_cdi_dirs_mismatch;
mod ch010_cdi_not_enabled;
mod ch011_hook_in_cdi_mode;
mod ch012_driver_mismatch;
mod ch013_wsl_no_adapter;
mod ch015_no_driver;
mod ch016_uvm_not_loaded;
mod ch018_ldconfig_path;
mod ch019_explicit_runtime_mode;
mod ch020_daemon_json_keys;
mod ch021_nouveau_loaded;
mod ch025_passthrough_guest;
mod ch026_cdi_spec_dirs;
mod ch027_spec_not_kept_after_reboot;
mod ch028_conflicting_cdi_specs;
mod ch029_malformed_cdi_spec;
mod ch030_cdi_names_incomplete;
mod devices;
mod fix;
mod nvidia;
mod remedy;
mod run;
mod sink;
mod suppress;

use crate::{
    compose::Project,
    diag::{Code, Severity},
    gpu::GpuRequest,
    host::HostFacts,
    image::BuiltImages,
    source::SourceMap,
    yaml::{Tree, Value},
};

pub use run::{examine, run};
pub use sink::{Findings, HostSink, Sink, Skipped};
pub use suppress::{Heeded, suppress};

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
    &cg010_bad_x_composegpu::RULE,
    &cg011_unused_ignore::RULE,
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
    &ch001_no_device_driver::RULE,
    &ch002_unknown_runtime::RULE,
    &ch003_docker_desktop_linux::RULE,
    &ch004_snap_docker::RULE,
    &ch005_rootless_cgroups::RULE,
    &ch007_daemon_reload_loses_gpu::RULE,
    &ch008_stale_cdi_spec::RULE,
    &ch009_cdi_dirs_mismatch::RULE,
    &ch010_cdi_not_enabled::RULE,
    &ch011_hook_in_cdi_mode::RULE,
    &ch012_driver_mismatch::RULE,
    &ch013_wsl_no_adapter::RULE,
    &ch015_no_driver::RULE,
    &ch016_uvm_not_loaded::RULE,
    &ch018_ldconfig_path::RULE,
    &ch019_explicit_runtime_mode::RULE,
    &ch020_daemon_json_keys::RULE,
    &ch021_nouveau_loaded::RULE,
    &ch025_passthrough_guest::RULE,
    &ch026_cdi_spec_dirs::RULE,
    &ch027_spec_not_kept_after_reboot::RULE,
    &ch028_conflicting_cdi_specs::RULE,
    &ch029_malformed_cdi_spec::RULE,
    &ch030_cdi_names_incomplete::RULE,
];

/// The rules whose findings are about the form of a request: another form mends them, and which is
/// known only where a host or a form is given.
pub const REWRITABLE: [Code; 2] = [cg106_legacy_gpu_reservation::RULE.code, cg119_legacy_runtime_form::RULE.code];

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
