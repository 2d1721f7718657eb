//! `explain cuda`: the tables of CUDA releases, drivers and GPUs that rules judge by.

use std::io::{self, Write};

use serde_json::json;

use super::rule_text::EXPLAIN_VERSION;
use crate::image::{ARCHITECTURES, Architecture, MINOR_COMPATIBILITY, RELEASES, published_cuda};

/// Prints the tables.
///
/// # Errors
/// As the stream says.
pub(super) fn print(is_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if is_json {
        serde_json::to_writer_pretty(&mut *out, &as_json())?;
        return out.write_all(b"\n");
    }
    writeln!(out, "# CUDA, drivers and GPUs\n")?;
    writeln!(out, "The Linux driver that came with each release (CUDA Toolkit Release Notes, table 3; 13.3:")?;
    writeln!(out, "Triton Inference Server, release compatibility matrix):\n")?;
    writeln!(out, "CUDA   driver")?;
    for release in RELEASES.iter().rev() {
        writeln!(out, "{:5}  {}", release.cuda.to_string(), release.driver)?;
    }
    writeln!(out, "\nThe oldest driver on which programs of any release of a major version start, code that is")?;
    writeln!(out, "compiled when it is loaded (PTX) left out (CUDA Compatibility, minor version compatibility):\n")?;
    writeln!(out, "CUDA   driver")?;
    for (major, driver) in MINOR_COMPATIBILITY.iter().rev() {
        writeln!(out, "{:5}  {driver}", format!("{major}.x"))?;
    }
    writeln!(out, "\nGPUs that each release compiles for (CUDA Toolkit, Driver, and Architecture Matrix; 10.3, 12.1:")?;
    writeln!(out, "CUDA Features Archive 12.9.1):\n")?;
    writeln!(out, "generation  compute capability  first CUDA  last CUDA")?;
    for each in ARCHITECTURES.iter().rev() {
        let (first, last) = (each.first_cuda.to_string(), last(each).unwrap_or_else(|| "ongoing".to_owned()));
        writeln!(out, "{:10}  {:18}  {first:10}  {last}", each.name, capabilities(each))?;
    }
    writeln!(
        out,
        "\nCUDA of images whose tags do not name it (the release notes of NVIDIA's framework images by month;"
    )?;
    writeln!(out, "vllm-project/vllm#18813, #39878, #47628):\n")?;
    writeln!(out, "image                        tag      CUDA")?;
    for (image, tag, cuda) in published_cuda() {
        writeln!(out, "{image:27}  {tag:7}  {cuda}")?;
    }
    writeln!(out, "\nRules: CG501 cuda-newer-than-driver, CG502 gpu-arch-unsupported.")
}

fn capabilities(each: &Architecture) -> String {
    let (low, high) = each.capabilities;
    let (low, high) = (format!("{}.{}", low.0, low.1), format!("{}.{}", high.0, high.1));
    if low == high { low } else { format!("{low} to {high}") }
}

fn last(each: &Architecture) -> Option<String> {
    each.last_cuda_major.map(|major| format!("{major}.x"))
}

fn as_json() -> serde_json::Value {
    let releases =
        RELEASES.iter().map(|each| json!({"cuda": each.cuda.to_string(), "driver": each.driver.to_string()}));
    let compatibility =
        MINOR_COMPATIBILITY.iter().map(|(major, driver)| json!({"cuda_major": major, "driver": driver.to_string()}));
    let architectures = ARCHITECTURES.iter().map(|each| {
        json!({
            "name": each.name,
            "compute_capabilities": capabilities(each),
            "first_cuda": each.first_cuda.to_string(),
            "last_cuda": last(each),
        })
    });
    let images =
        published_cuda().map(|(image, tag, cuda)| json!({"image": image, "tag": tag, "cuda": cuda.to_string()}));
    json!({
        "version": EXPLAIN_VERSION,
        "releases": releases.collect::<Vec<_>>(),
        "minor_version_compatibility": compatibility.collect::<Vec<_>>(),
        "architectures": architectures.collect::<Vec<_>>(),
        "images": images.collect::<Vec<_>>(),
    })
}
