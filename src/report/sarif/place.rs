//! Places in a SARIF log: files as relative URIs, regions in lines and code points, edits.

use serde::Serialize;

use super::super::{Report, from_root};
use crate::{
    diag::{Diagnostic, Edit, Place},
    source::{FileId, SourceMap, Span},
};

/// `location`, section 3.28.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireLocation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<WirePhysical>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<WireWords<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<WireLogical>,
}

#[derive(Serialize)]
struct WireWords<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WirePhysical {
    artifact_location: WireArtifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<WireRegion>,
}

#[derive(Serialize)]
struct WireArtifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRegion {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireLogical {
    fully_qualified_name: String,
}

/// `artifactChange`, section 3.56: the edits of one file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireChange<'a> {
    artifact_location: WireArtifact,
    replacements: Vec<WireReplacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireReplacement<'a> {
    deleted_region: WireRegion,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<WireWords<'a>>,
}

/// Where a finding is. What a host said has no file: its field is the place.
pub(super) fn location_of<'a>(report: &Report<'a>, finding: &'a Diagnostic) -> Option<WireLocation<'a>> {
    let physical = match &finding.place {
        Place::Source(label) => physical(report, label.span),
        Place::File(path) => {
            WirePhysical { artifact_location: WireArtifact { uri: uri(&from_root(report, path)) }, region: None }
        }
        Place::Evidence { source, field, .. } => {
            let name = WireLogical { fully_qualified_name: format!("{source} {field}") };
            return Some(WireLocation { physical_location: None, message: None, logical_locations: vec![name] });
        }
    };
    Some(WireLocation { physical_location: Some(physical), message: None, logical_locations: Vec::new() })
}

/// The other places of a finding, with their words, each once: section 3.27.22 wants a set.
pub(super) fn related_of<'a>(report: &Report<'a>, finding: &'a Diagnostic) -> Vec<WireLocation<'a>> {
    let labels = finding.related.iter().enumerate();
    let firsts = labels.filter(|(at, label)| !finding.related[..*at].contains(label)).map(|(_, label)| label);
    let related = firsts.map(|label| WireLocation {
        physical_location: Some(physical(report, label.span)),
        message: Some(label.message.as_str()).filter(|text| !text.is_empty()).map(|text| WireWords { text }),
        logical_locations: Vec::new(),
    });
    related.collect()
}

/// Edits, grouped by file in the order in which the files first occur.
pub(super) fn changes<'a>(report: &Report<'_>, edits: &'a [Edit]) -> Vec<WireChange<'a>> {
    let mut order: Vec<FileId> = Vec::new();
    for edit in edits {
        if !order.contains(&edit.span.file) {
            order.push(edit.span.file);
        }
    }
    let of_file = |file: FileId| {
        let replacements = edits.iter().filter(|edit| edit.span.file == file).map(|edit| WireReplacement {
            deleted_region: region(report.sources, edit.span),
            inserted_content: Some(edit.text.as_str()).filter(|text| !text.is_empty()).map(|text| WireWords { text }),
        });
        WireChange { artifact_location: artifact(report, file), replacements: replacements.collect() }
    };
    order.into_iter().map(of_file).collect()
}

fn physical(report: &Report<'_>, span: Span) -> WirePhysical {
    WirePhysical { artifact_location: artifact(report, span.file), region: Some(region(report.sources, span)) }
}

fn artifact(report: &Report<'_>, file: FileId) -> WireArtifact {
    WireArtifact { uri: uri(&from_root(report, &report.sources.file(file).path().display().to_string())) }
}

fn region(sources: &SourceMap, span: Span) -> WireRegion {
    let (start, end) = (sources.start(span), sources.end(span));
    WireRegion { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// A path as a URI reference (RFC 3986): forward slashes, and all that is not plain in a path
/// written in percent. A colon in the first part would read as a scheme, so it is escaped too.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
