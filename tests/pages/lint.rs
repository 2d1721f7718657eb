//! The files of a case through the whole of `lint`, and the edits of its findings.

use std::collections::BTreeMap;

use composegpu::{
    compose::{self, LoadRequest},
    diag::{Diagnostic, Edit, Place, Severity},
    gpu, image,
    rules::{self, ProjectCx},
    source::{FileId, MemoryFiles, SourceMap},
};

use crate::{host, page::Block};

const ROOT: &str = "/project";

/// What a set of files is judged by.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'a> {
    /// The page's code; of the pedantic rules that one alone speaks.
    pub(crate) page: &'a str,
    /// The host of the case.
    pub(crate) host: Option<&'a Block>,
}

/// What linting a set of files says.
pub(crate) struct Lint {
    pub(crate) findings: Vec<Diagnostic>,
    sources: SourceMap,
}

impl Lint {
    /// Loads the YAML files at the top of the set as `-f A -f B` and runs every rule, on the host if the case
    /// has one.
    pub(crate) fn of(bench: Bench<'_>, blocks: &[Block]) -> Result<Self, String> {
        let mut files = MemoryFiles::default();
        for block in blocks {
            files.insert(format!("{ROOT}/{}", block.path), block.text.as_bytes());
        }
        let is_compose = |path: &&str| !path.contains('/') && (path.ends_with(".yaml") || path.ends_with(".yml"));
        let request = LoadRequest {
            files: blocks.iter().map(|block| block.path.as_str()).filter(is_compose).map(Into::into).collect(),
            working_directory: ROOT.into(),
            is_each_profile: true,
            is_interpolated: true,
            ..LoadRequest::default()
        };
        let mut sources = SourceMap::default();
        let loaded = compose::load(&request, &files, &mut sources).map_err(|error| error.to_string())?;
        let images = image::collect(&loaded.project, &files, &mut sources);
        let requests = gpu::collect(&loaded.project);
        let cx = ProjectCx { project: &loaded.project, requests: &requests, images: &images, sources: &sources };
        let mut findings = loaded.diagnostics;
        let host = bench.host.map(host::facts).transpose()?;
        findings.extend(rules::run(&cx, host.as_ref()).diagnostics);
        let mut findings = rules::suppress(findings, &loaded.project, &sources, host.is_some()).findings;
        findings.retain(|finding| finding.code.as_str() == bench.page || !rules::PEDANTIC.contains(&finding.code));
        Ok(Self { findings, sources })
    }

    /// File, line and code of each finding, sorted.
    pub(crate) fn marks(&self) -> Vec<(String, u32, String)> {
        let mut marks: Vec<_> = self.findings.iter().map(|finding| self.mark(finding)).collect();
        marks.sort();
        marks
    }

    fn mark(&self, finding: &Diagnostic) -> (String, u32, String) {
        let code = finding.code.to_string();
        match &finding.place {
            Place::Source(label) => (self.path(label.span.file), self.sources.start(label.span).line, code),
            Place::File(path) => (path.clone(), 1, code),
            Place::Evidence { source, .. } => (source.clone(), 1, code),
        }
    }

    fn path(&self, file: FileId) -> String {
        let path = self.sources.file(file).path();
        path.strip_prefix(ROOT).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// How often each code stands among the errors.
    pub(crate) fn errors(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.severity == Severity::Error) {
            *counts.entry(finding.code.to_string()).or_default() += 1;
        }
        counts
    }

    /// How many findings a code has.
    pub(crate) fn count(&self, code: &str) -> usize {
        self.findings.iter().filter(|finding| finding.code.as_str() == code).count()
    }

    /// The set with these edits made.
    pub(crate) fn apply(&self, blocks: &[Block], edits: &[Edit]) -> Result<Vec<Block>, String> {
        let apply = |block: &Block| {
            let edits = edits.iter().filter(|edit| self.path(edit.span.file) == block.path).cloned().collect();
            Ok(Block { text: edited(&block.text, edits)?, ..block.clone() })
        };
        blocks.iter().map(apply).collect()
    }

    /// One pass of fixes: in the order of the text, none that touches another. Two removals
    /// of neighbours would else leave an empty collection that each alone takes away.
    pub(crate) fn pass(&self) -> Vec<Edit> {
        let mut fixes: Vec<&[Edit]> =
            self.findings.iter().filter_map(|finding| finding.fix.as_ref()).map(|fix| fix.edits.as_slice()).collect();
        fixes.sort_by_key(|edits| edits.iter().map(|edit| edit.span).min());
        let mut taken: Vec<Edit> = Vec::new();
        for edits in fixes {
            let touches = |edit: &Edit| {
                let (a, taken) = (edit.span, &taken);
                taken
                    .iter()
                    .any(|edit| edit.span.file == a.file && edit.span.start <= a.end && a.start <= edit.span.end)
            };
            if !edits.iter().any(touches) {
                taken.extend_from_slice(edits);
            }
        }
        taken
    }
}

/// Applies all fixes until none is left; also the number of passes that changed something.
pub(crate) fn fix_all(bench: Bench<'_>, blocks: &[Block]) -> Result<(Vec<Block>, usize), String> {
    let mut blocks = blocks.to_vec();
    for passes in 0..10 {
        let lint = Lint::of(bench, &blocks)?;
        let edits = lint.pass();
        if edits.is_empty() {
            return Ok((blocks, passes));
        }
        blocks = lint.apply(&blocks, &edits)?;
    }
    Err("fixes go on and on".into())
}

fn edited(text: &str, mut edits: Vec<Edit>) -> Result<String, String> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (mut out, mut at) = (String::new(), 0);
    for edit in edits {
        let range = edit.span.range();
        let front = text.get(at..range.start).ok_or("edits overlap, or cut a character")?;
        out.push_str(front);
        out.push_str(&edit.text);
        at = range.end;
    }
    out.push_str(text.get(at..).ok_or("an edit ends outside of the text")?);
    Ok(out)
}
