//! Where text comes from: files, byte spans, lines and columns.
//!
//! The lowest floor. Nothing here knows YAML or Compose; everything above points at
//! text through these types.

mod files;

use std::path::{Path, PathBuf};

pub use files::{EntryKind, Files, MemoryFiles};

/// One file of a run. Made by [`SourceMap::add`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// Position of the file in its [`SourceMap`], counted from zero.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A stretch of one file, in UTF-8 bytes, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file that the bytes belong to.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The stretch from `start` to `end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: offset(start), end: offset(end) }
    }

    /// The empty stretch before this one's first byte.
    pub fn before(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The empty stretch behind this one's last byte.
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// The bytes as a range of the file's text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Files are refused above [`SourceMap::MAX_BYTES`], far below what a `u32` holds.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a source file is smaller than 4 GiB")
}

/// A place as people count it: both numbers start at one, columns count Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// One-based line.
    pub line: u32,
    /// One-based column, in code points.
    pub column: u32,
}

/// Text of one file with the name to show for it.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    text: String,
    is_exact: bool,
    /// Byte offset of each line's first byte.
    lines: Vec<u32>,
}

impl SourceFile {
    /// The path as the user gave it, or as it was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The decoded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text is byte for byte what the disk holds (not so for UTF-16 input);
    /// only then may edits be written back.
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// One-based line and column of a byte offset; an offset past the end counts as the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let offset = (offset as usize).min(self.text.len());
        let line = self.lines.partition_point(|start| *start as usize <= offset).max(1);
        let start = self.lines[line - 1] as usize;
        let column = self.text.get(start..offset).map_or(offset - start, |part| part.chars().count());
        LineColumn { line: line as u32, column: column as u32 + 1 }
    }

    /// Text of a one-based line, without its line break.
    pub fn line(&self, line: u32) -> &str {
        let index = line.saturating_sub(1) as usize;
        let Some(start) = self.lines.get(index) else { return "" };
        let end = self.lines.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        self.text[*start as usize..end].trim_end_matches(['\n', '\r'])
    }
}

/// All files of a run; grows, never forgets, so that a [`Span`] stays good.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// The largest file that is read, in bytes. Compose files of this size do not exist;
    /// the limit keeps a wrong path (a disk image, a log) from filling the memory.
    pub const MAX_BYTES: usize = 16 << 20;

    /// Keeps `text` under `path`. `is_exact` says that the bytes on disk are these.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String, is_exact: bool) -> FileId {
        let id = FileId(offset(self.files.len()));
        let lines = std::iter::once(0).chain(memchr_lines(&text)).collect();
        self.files.push(SourceFile { path: path.into(), text, is_exact, lines });
        id
    }

    /// The file behind an id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// The text that a span covers; empty if the span does not fit the file.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or("")
    }

    /// Line and column of a span's first byte.
    pub fn start(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.start)
    }

    /// Line and column just behind a span's last byte.
    pub fn end(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.end)
    }

    /// All files with their ids, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(offset(index)), file))
    }
}

/// Offsets behind each line break (`\n`, or a lone `\r`).
fn memchr_lines(text: &str) -> impl Iterator<Item = u32> {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().filter_map(move |(at, byte)| match byte {
        b'\n' => Some(offset(at + 1)),
        b'\r' if bytes.get(at + 1) != Some(&b'\n') => Some(offset(at + 1)),
        _ => None,
    })
}

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A byte sequence that UTF-8 does not have, with the offset of its first byte.
    #[error("byte {offset} is not UTF-8")]
    NotUtf8 {
        /// Offset of the first wrong byte.
        offset: usize,
    },
    /// UTF-16 with half a surrogate pair or an odd number of bytes.
    #[error("the UTF-16 text is cut or broken")]
    BrokenUtf16,
}

/// Decodes a file's bytes: UTF-8, or UTF-16 where a byte order mark says so. The flag says
/// whether the text is byte for byte the input.
///
/// # Errors
/// [`DecodeError`] when the bytes are neither.
pub fn decode(bytes: Vec<u8>) -> Result<(String, bool), DecodeError> {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks(2).map(|pair| <[u8; 2]>::try_from(pair).map(read));
        let units: Result<Vec<u16>, _> = units.collect();
        let units = units.map_err(|_| DecodeError::BrokenUtf16)?;
        String::from_utf16(&units).map_err(|_| DecodeError::BrokenUtf16).map(|text| (text, false))
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => String::from_utf8(bytes)
            .map(|text| (text, true))
            .map_err(|error| DecodeError::NotUtf8 { offset: error.utf8_error().valid_up_to() }),
    }
}
