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
mod cg009_ambiguous_scalar;
mod cg010_bad_x_composegpu;
mod cg011_unused_ignore;
mod cg013_dependency_in_profile;
mod cg101_missing_capabilities;
mod cg102_count_and_device_ids;
mod cg103_implicit_count;
mod cg104_devices_under_limits;
mod cg105_misindented_gpu_block;
mod cg106_legacy_gpu_reservation;
mod cg107_obsolete_version;
mod cg108_cdi_request_shape;
mod cg109_cdi_name_malformed;
mod cg110_mixed_request_forms;
mod cg111_swarm_unsupported;
mod cg112_unknown_gpu_key;
mod cg113_gpus_scalar;
mod cg114_unreadable_count;
mod cg115_overlay_appends_gpus;
mod cg116_unknown_driver_name;
mod cg117_unsatisfiable_capabilities;
mod cg118_device_ids_type;
mod cg119_legacy_runtime_form;
mod cg120_gpus_on_old_compose;
mod cg121_fails_on_host;
mod cg122_no_gpu_on_host;
mod cg123_count_of_zero;
mod cg124_unknown_runtime_name;
mod cg125_several_gpu_requests;
mod cg201_visible_devices_overridden;
mod cg202_visible_devices_inert;
mod cg203_cuda_visible_devices_renumbered;
mod cg204_cuda_visible_devices_invalid;
mod cg205_count_not_exclusive;
mod cg206_index_pin;
mod cg207_unknown_device_id;
mod cg208_count_exceeds_host;
mod cg209_legacy_mig_id;
mod cg210_visible_devices_invalid;
mod cg211_cuda_hides_granted_gpu;
mod cg212_replicas_share_gpus;
mod cg301_driver_library_mount;
mod cg302_wsl_lib_mount;
mod cg303_raw_device_nodes;
mod cg304_incomplete_device_nodes;
mod cg305_mount_shadows_injection;
mod cg306_rocm_host_mount;
mod cg307_device_node_as_volume;
mod cg401_runtime_without_visible_devices;
mod cg402_missing_driver_capability;
mod cg403_invalid_driver_capability;
mod cg404_stub_libcuda;
mod cg405_requirement_check_disabled;
mod cg406_capabilities_ignored_by_cdi;
mod cg407_misspelt_variable;
mod cg501_cuda_newer_than_driver;
mod cg502_gpu_arch_unsupported;
mod cg503_retired_cuda_tag;
mod cg504_cpu_image_with_gpu_request;
mod cg505_platform_mismatch;
mod cg506_image_bakes_driver;
mod cg507_runtime_image_compiles;
mod cg508_gpu_image_without_request;
mod cg509_command_repeats_entrypoint;
mod cg510_invalid_image_reference;
mod cg601_missing_module;
mod cg602_module_dockerignored;
mod cg603_package_not_runnable;
mod cg604_bind_mount_hides_module;
mod cg605_driver_in_image;
mod cg606_gpu_needed_at_build;
mod cg607_missing_build_context_path;
mod cg608_unknown_build_target;
mod cg609_missing_script;
mod cg610_script_with_carriage_return;
mod cg611_script_not_executable;
mod cg701_privileged_gpu;
mod cg702_seccomp_unconfined_gpu;
mod cg801_shm_too_small;
mod cg802_tensor_parallel_exceeds_gpus;
mod cg803_memlock_ulimit;
mod cg805_unbounded_restart_gpu;
mod cg806_memory_fractions_exceed_gpu;
mod cg901_gpu_mandatory_in_base;
mod cg902_profile_drift;
mod cg903_rocm_nodes;
mod cg904_render_group;
mod cg905_jetson_needs_runtime;
mod cg906_podman_ignores_reservation;
mod ch001_no_device_driver;
mod ch002_unknown_runtime;
mod ch003_docker_desktop_linux;
mod ch004_snap_docker;
mod ch005_rootless_cgroups;
mod ch006_nested_lxc;
mod ch007_daemon_reload_loses_gpu;
mod ch008_stale_cdi_spec;
mod ch009_cdi_dirs_mismatch;
mod ch010_cdi_not_enabled;
mod ch011_hook_in_cdi_mode;
mod ch012_driver_mismatch;
mod ch013_wsl_no_adapter;
mod ch014_known_bad_toolkit;
mod ch015_no_driver;
mod ch016_uvm_not_loaded;
mod ch017_boot_order;
mod ch018_ldconfig_path;
mod ch019_explicit_runtime_mode;
mod ch020_daemon_json_keys;
mod ch021_nouveau_loaded;
mod ch022_secure_boot_unsigned_module;
mod ch023_no_persistence;
mod ch024_exclusive_compute_mode;
mod ch025_passthrough_guest;
mod ch026_cdi_spec_dirs;
mod ch027_spec_not_kept_after_reboot;
mod ch028_conflicting_cdi_specs;
mod ch029_malformed_cdi_spec;
mod ch030_cdi_names_incomplete;
mod ch031_default_runtime_leak;
mod ch032_selinux_label_needed;
mod ch033_leftover_oci_hook;
mod command;
mod devices;
mod fix;
mod gpu_models;
mod groups;
mod ignoring;
mod images;
mod lookup;
mod nvidia;
mod parallel;
mod placement;
mod practice;
mod remedy;
mod rule;
mod run;
mod sink;
mod starts;
mod suppress;
mod tegra;
mod together;
mod used_image;

pub use groups::{GROUPS, RETIRED, group_of, retired};
pub use ignoring::ignoring;
pub use lookup::{MISSING_ENV_FILE, PEDANTIC, REWRITABLE, by_code, by_text};
pub use rule::{Check, DocumentCx, FixAvailability, ProjectCx, RequestCx, Rule, ServiceCx};
pub use run::{examine, place, run};
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
    &cg009_ambiguous_scalar::RULE,
    &cg010_bad_x_composegpu::RULE,
    &cg011_unused_ignore::RULE,
    &cg013_dependency_in_profile::RULE,
    &cg101_missing_capabilities::RULE,
    &cg102_count_and_device_ids::RULE,
    &cg103_implicit_count::RULE,
    &cg104_devices_under_limits::RULE,
    &cg105_misindented_gpu_block::RULE,
    &cg106_legacy_gpu_reservation::RULE,
    &cg107_obsolete_version::RULE,
    &cg108_cdi_request_shape::RULE,
    &cg109_cdi_name_malformed::RULE,
    &cg110_mixed_request_forms::RULE,
    &cg111_swarm_unsupported::RULE,
    &cg112_unknown_gpu_key::RULE,
    &cg113_gpus_scalar::RULE,
    &cg114_unreadable_count::RULE,
    &cg115_overlay_appends_gpus::RULE,
    &cg116_unknown_driver_name::RULE,
    &cg117_unsatisfiable_capabilities::RULE,
    &cg118_device_ids_type::RULE,
    &cg119_legacy_runtime_form::RULE,
    &cg120_gpus_on_old_compose::RULE,
    &cg121_fails_on_host::RULE,
    &cg122_no_gpu_on_host::RULE,
    &cg123_count_of_zero::RULE,
    &cg124_unknown_runtime_name::RULE,
    &cg125_several_gpu_requests::RULE,
    &cg201_visible_devices_overridden::RULE,
    &cg202_visible_devices_inert::RULE,
    &cg203_cuda_visible_devices_renumbered::RULE,
    &cg204_cuda_visible_devices_invalid::RULE,
    &cg205_count_not_exclusive::RULE,
    &cg206_index_pin::RULE,
    &cg207_unknown_device_id::RULE,
    &cg208_count_exceeds_host::RULE,
    &cg209_legacy_mig_id::RULE,
    &cg210_visible_devices_invalid::RULE,
    &cg211_cuda_hides_granted_gpu::RULE,
    &cg212_replicas_share_gpus::RULE,
    &cg301_driver_library_mount::RULE,
    &cg302_wsl_lib_mount::RULE,
    &cg303_raw_device_nodes::RULE,
    &cg304_incomplete_device_nodes::RULE,
    &cg305_mount_shadows_injection::RULE,
    &cg306_rocm_host_mount::RULE,
    &cg307_device_node_as_volume::RULE,
    &cg401_runtime_without_visible_devices::RULE,
    &cg402_missing_driver_capability::RULE,
    &cg403_invalid_driver_capability::RULE,
    &cg404_stub_libcuda::RULE,
    &cg405_requirement_check_disabled::RULE,
    &cg406_capabilities_ignored_by_cdi::RULE,
    &cg407_misspelt_variable::RULE,
    &cg501_cuda_newer_than_driver::RULE,
    &cg502_gpu_arch_unsupported::RULE,
    &cg503_retired_cuda_tag::RULE,
    &cg504_cpu_image_with_gpu_request::RULE,
    &cg505_platform_mismatch::RULE,
    &cg506_image_bakes_driver::RULE,
    &cg507_runtime_image_compiles::RULE,
    &cg508_gpu_image_without_request::RULE,
    &cg509_command_repeats_entrypoint::RULE,
    &cg510_invalid_image_reference::RULE,
    &cg601_missing_module::RULE,
    &cg602_module_dockerignored::RULE,
    &cg603_package_not_runnable::RULE,
    &cg604_bind_mount_hides_module::RULE,
    &cg605_driver_in_image::RULE,
    &cg606_gpu_needed_at_build::RULE,
    &cg607_missing_build_context_path::RULE,
    &cg608_unknown_build_target::RULE,
    &cg609_missing_script::RULE,
    &cg610_script_with_carriage_return::RULE,
    &cg611_script_not_executable::RULE,
    &cg701_privileged_gpu::RULE,
    &cg702_seccomp_unconfined_gpu::RULE,
    &cg801_shm_too_small::RULE,
    &cg802_tensor_parallel_exceeds_gpus::RULE,
    &cg803_memlock_ulimit::RULE,
    &cg805_unbounded_restart_gpu::RULE,
    &cg806_memory_fractions_exceed_gpu::RULE,
    &cg901_gpu_mandatory_in_base::RULE,
    &cg902_profile_drift::RULE,
    &cg903_rocm_nodes::RULE,
    &cg904_render_group::RULE,
    &cg905_jetson_needs_runtime::RULE,
    &cg906_podman_ignores_reservation::RULE,
    &ch001_no_device_driver::RULE,
    &ch002_unknown_runtime::RULE,
    &ch003_docker_desktop_linux::RULE,
    &ch004_snap_docker::RULE,
    &ch005_rootless_cgroups::RULE,
    &ch006_nested_lxc::RULE,
    &ch007_daemon_reload_loses_gpu::RULE,
    &ch008_stale_cdi_spec::RULE,
    &ch009_cdi_dirs_mismatch::RULE,
    &ch010_cdi_not_enabled::RULE,
    &ch011_hook_in_cdi_mode::RULE,
    &ch012_driver_mismatch::RULE,
    &ch013_wsl_no_adapter::RULE,
    &ch014_known_bad_toolkit::RULE,
    &ch015_no_driver::RULE,
    &ch016_uvm_not_loaded::RULE,
    &ch017_boot_order::RULE,
    &ch018_ldconfig_path::RULE,
    &ch019_explicit_runtime_mode::RULE,
    &ch020_daemon_json_keys::RULE,
    &ch021_nouveau_loaded::RULE,
    &ch022_secure_boot_unsigned_module::RULE,
    &ch023_no_persistence::RULE,
    &ch024_exclusive_compute_mode::RULE,
    &ch025_passthrough_guest::RULE,
    &ch026_cdi_spec_dirs::RULE,
    &ch027_spec_not_kept_after_reboot::RULE,
    &ch028_conflicting_cdi_specs::RULE,
    &ch029_malformed_cdi_spec::RULE,
    &ch030_cdi_names_incomplete::RULE,
    &ch031_default_runtime_leak::RULE,
    &ch032_selinux_label_needed::RULE,
    &ch033_leftover_oci_hook::RULE,
];
