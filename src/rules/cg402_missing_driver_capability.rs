//! Driver capabilities without one that the image needs.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink, cg403_invalid_driver_capability, cg407_misspelt_variable, command,
    devices::{asks, is_nvidia},
    fix, images,
};
use crate::{
    compose::{EnvironmentEntry, environment, variable},
    diag::{Applicability, Code, Fix, Severity},
    gpu::{GpuRequest, RequestForm},
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG402"),
    name: "missing-driver-capability",
    summary: "a service gets less of the driver than its image needs",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG402-missing-driver-capability.md"),
    check: Check::Service(check),
};

const DRIVER_CAPABILITIES: &str = "NVIDIA_DRIVER_CAPABILITIES";

/// Video servers that say nothing of the variable themselves, so that the default, `utility,compute`, holds
/// (their Dockerfiles).
const BY_DEFAULT: [&str; 3] = ["plexinc/pms-docker", "haveagitgat/tdarr", "haveagitgat/tdarr_node"];

/// Words of services that only watch the GPU, for which the management library is enough.
const WATCHERS: [&str; 12] = [
    "exporter",
    "dcgm",
    "monitor",
    "metrics",
    "smi",
    "nvtop",
    "gpustat",
    "telegraf",
    "netdata",
    "glances",
    "dashboard",
    "agent",
];

/// What each capability is for, by words of command lines (FFmpeg's encoders, decoders and `-hwaccel`; tools of Vulkan
/// and OpenGL; NVIDIA Container Toolkit, "Driver Capabilities").
const NEEDED_BY: [(&str, &[&str]); 3] = [
    ("video", &["h264_nvenc", "hevc_nvenc", "av1_nvenc", "_cuvid", "-hwaccel cuda", "-hwaccel nvdec", "nvh264enc"]),
    ("graphics", &["vulkaninfo", "vkcube", "glxinfo", "glxgears", "eglinfo"]),
    ("utility", &["nvidia-smi"]),
];

/// Words of services that compute.
const COMPUTERS: [&str; 18] = [
    "ollama",
    "vllm",
    "sglang",
    "llama",
    "llm",
    "text-generation",
    "triton",
    "tensorrt",
    "torch",
    "tensorflow",
    "cuda",
    "whisper",
    "diffusion",
    "comfyui",
    "invokeai",
    "localai",
    "embed",
    "train",
];

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(request) = cx.requests.iter().find(|request| is_nvidia(request) && asks(request) && is_filtered(request))
    else {
        return;
    };
    let entry = variable(cx.service, DRIVER_CAPABILITIES);
    let is_slip =
        |entry: &EnvironmentEntry<'_>| cg407_misspelt_variable::meant(&entry.name) == Some(DRIVER_CAPABILITIES);
    if entry.is_none() && environment(cx.service).iter().any(is_slip) {
        return;
    }
    let Some(said) = Said::of(request, entry.as_ref()) else { return };
    // An unknown word may stand for the one that is missing: CG117 and CG403 speak of it first.
    let is_clear = || said.words.iter().all(|word| cg403_invalid_driver_capability::is_known(word));
    let is_video = images::is_video_server(cx.service);
    let has = |word: &str| said.words.iter().any(|said| said == word || said == "all");
    let missing: Vec<&str> = match () {
        () if said.words.is_empty() && images::is_one_of(cx.service, &BY_DEFAULT) => vec!["video"],
        () if said.words.is_empty() => return,
        () if is_video => ["compute", "video"].into_iter().filter(|word| !has(word)).collect(),
        () if is_clear() && !lacking(cx, has).is_empty() => lacking(cx, has),
        () if said.words == ["utility"] && computes(cx) => vec!["compute"],
        // NVENC and NVDEC work through libcuda (FFmpeg `libavcodec/nvenc.c`, nvenc_load_libraries, 0028275).
        () if has("video") && !has("compute") => vec!["compute"],
        () => return,
    };
    let Some(first) = missing.first() else { return };
    let effect = match *first {
        "compute" if has("video") => "without libcuda the GPU neither decodes nor encodes",
        "compute" => "CUDA does not start",
        "utility" => "there is no `nvidia-smi`",
        "graphics" => "Vulkan and OpenGL find no GPU",
        _ => "the GPU neither decodes nor encodes",
    };
    let finding = sink.report(
        format!("service `{}` gets the driver without `{}`: {effect}", cx.name, missing.join("` and `")),
        said.place.unwrap_or_else(|| request.span()),
    );
    finding.help = Some(match said.node {
        Some(_) => format!("add `{}`", missing.join("` and `")),
        None => format!("add `{DRIVER_CAPABILITIES}=compute,video,utility`"),
    });
    finding.fix = fix(cx, request, entry.as_ref(), &said, &missing);
}

/// What programs that the service's own words name need, and does not get.
fn lacking(cx: &ServiceCx<'_>, has: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let test = cx.service.at(&["healthcheck", "test"]);
    let tests = test.and_then(Value::as_seq).unwrap_or_default().iter().chain(test).filter_map(Value::as_str);
    let text = tests.fold(command::text(cx.service), |text, test| format!("{text} {test}"));
    let names = |programs: &[&str]| programs.iter().any(|program| text.contains(program));
    let needed = NEEDED_BY.iter().filter(|(_, programs)| names(programs));
    needed.map(|(word, _)| *word).filter(|word| !has(word)).collect()
}

/// Driver capabilities as a service says them.
struct Said<'a> {
    words: Vec<String>,
    /// The list or the variable; `None` where nothing is said.
    node: Option<&'a Value>,
    place: Option<Span>,
}

impl<'a> Said<'a> {
    /// Those of the request, which the engine writes over the variable (moby
    /// daemon/devices_nvidia_linux.go); else the variable's. `None` where it cannot be told.
    fn of(request: &'a GpuRequest, entry: Option<&EnvironmentEntry<'a>>) -> Option<Self> {
        let is_driver = |word: &&String| !["gpu", "nvidia"].contains(&word.as_str());
        let listed: Vec<String> = request.capabilities.iter().filter(is_driver).cloned().collect();
        if request.form != RequestForm::RuntimeEnv && !listed.is_empty() {
            let node = request.field("capabilities");
            let has_hole = node.and_then(Value::as_seq).unwrap_or_default().iter().any(|word| word.hole.is_some());
            return (!has_hole).then(|| Self { words: listed, node, place: node.and_then(Value::place) });
        }
        let Some(entry) = entry else { return Some(Self { words: Vec::new(), node: None, place: None }) };
        let value = entry.value.as_deref().filter(|_| entry.node.hole.is_none())?;
        let words = value.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Some(Self { words, node: Some(entry.node), place: entry.node.place() })
    }
}

/// Whether the form lets capabilities choose what of the driver is brought; CDI brings everything.
fn is_filtered(request: &GpuRequest) -> bool {
    let is_cdi = request.driver.as_deref().is_some_and(|driver| driver.contains("cdi"));
    matches!(request.form, RequestForm::DeployReservation | RequestForm::Gpus | RequestForm::RuntimeEnv) && !is_cdi
}

/// Whether a service looks like one that runs CUDA, and not like one that only asks the driver how it is.
fn computes(cx: &ServiceCx<'_>) -> bool {
    let word = |key: &str| cx.service.get(key).and_then(Value::as_str).unwrap_or_default();
    let text = format!("{} {} {} {}", cx.name, word("image"), word("container_name"), command::text(cx.service));
    let text = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    has(&COMPUTERS) && !has(&WATCHERS)
}

fn fix(
    cx: &ServiceCx<'_>,
    request: &GpuRequest,
    entry: Option<&EnvironmentEntry<'_>>,
    said: &Said<'_>,
    missing: &[&str],
) -> Option<Fix> {
    let (title, edits) = match (said.node, entry) {
        (None, _) => {
            let words = "compute,video,utility";
            let edits = fix::add_variable(cx, DRIVER_CAPABILITIES, words, &request.value)?;
            (format!("add `{DRIVER_CAPABILITIES}={words}`"), edits)
        }
        (Some(node), Some(entry)) if std::ptr::eq(node, entry.node) => {
            let known =
                said.words.iter().map(String::as_str).filter(|word| cg403_invalid_driver_capability::is_known(word));
            let words = known.chain(missing.iter().copied()).collect::<Vec<_>>().join(",");
            let edits = fix::set_variable(cx, entry, &words)?;
            (format!("write `{DRIVER_CAPABILITIES}={words}`"), edits)
        }
        (Some(node), _) => {
            let [word] = missing else { return None };
            (format!("add `{word}`"), fix::append(cx, node, word)?)
        }
    };
    Some(Fix { title, applicability: Applicability::Unsafe, edits })
}
