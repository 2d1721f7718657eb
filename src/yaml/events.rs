//! The scanner: text in, events with byte places out.
//!
//! The only file that names the scanner's crate, so that another scanner can take its place.

use granit_parser::{ErrorKind, Event as Raw, Parser, ScalarStyle as RawStyle, ScanError, StructureStyle};

use super::{ease::Cure, tree::ScalarStyle};

/// How deep collections may nest. Compose files stay below ten; Go's library allows 10,000,
/// which nothing but an attack needs.
pub(super) const MAX_DEPTH: usize = 250;

/// How many characters a key may have before its colon is looked for no further.
const MAX_KEY: usize = 1 << 16;

/// What the scanner saw.
#[derive(Debug)]
pub(super) enum Event {
    /// A document begins; the version that a `%YAML` directive named.
    DocumentStart(Option<String>),
    /// A document ends.
    DocumentEnd,
    /// A scalar. `is_absent`: nothing stands there.
    Scalar { text: String, style: ScalarStyle, is_absent: bool },
    /// A list begins.
    SequenceStart { is_flow: bool },
    /// A list ends.
    SequenceEnd,
    /// A mapping begins.
    MappingStart { is_flow: bool },
    /// A mapping ends.
    MappingEnd,
    /// An alias.
    Alias,
    /// The anchor of the node that came just before.
    Anchor(String),
    /// A comment.
    Comment,
}

/// An event with its bytes and those of its tag.
#[derive(Debug)]
pub(super) struct Spanned {
    pub(super) event: Event,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) tag: Option<(usize, usize)>,
    /// The tag as a `%TAG` directive makes it, short: `!reset`, `!!int`.
    pub(super) declared_tag: Option<String>,
}

/// Why the scanner stopped.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) at: usize,
    pub(super) reason: String,
    /// A limit of ours was met, not a mistake of the text.
    pub(super) is_limit: bool,
    /// What may help, where Compose's library takes the text.
    pub(super) cure: Option<Cure>,
}

/// Events of a text, up to its end or to the first mistake.
pub(super) fn events(text: &str) -> impl Iterator<Item = Result<Spanned, Stop>> {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        simple_key_max_lookahead: MAX_KEY,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let has_directive = text.contains("%TAG");
    Parser::new_from_str_with_options(text, options).filter_map(move |next| match next {
        Ok((event, span)) => {
            let range = span.byte_range().expect("a text input has byte offsets");
            let tag = span.tag_span().and_then(|tag| tag.byte_range()).map(|tag| (tag.start, tag.end));
            let declared_tag = if has_directive { declared_tag(&event) } else { None };
            let event = translate(event, range.is_empty())?;
            Some(Ok(Spanned { event, start: range.start, end: range.end, tag, declared_tag }))
        }
        Err(error) => Some(Err(stop(&error, text.len()))),
    })
}

fn declared_tag(event: &Raw<'_>) -> Option<String> {
    let (Raw::Scalar(_, _, _, tag) | Raw::SequenceStart(_, _, tag) | Raw::MappingStart(_, _, tag)) = event else {
        return None;
    };
    let tag = tag.as_ref()?;
    let whole = format!("{}{}", tag.handle(), tag.suffix());
    Some(whole.strip_prefix("tag:yaml.org,2002:").map_or(whole.clone(), |core| format!("!!{core}")))
}

fn translate(event: Raw<'_>, is_empty: bool) -> Option<Event> {
    Some(match event {
        Raw::DocumentStart(_, version) => Event::DocumentStart(version.map(|v| format!("{}.{}", v.major, v.minor))),
        Raw::DocumentEnd => Event::DocumentEnd,
        Raw::Scalar(text, style, _, _) => {
            // The scanner writes `~` for a node that is not there.
            let is_absent = is_empty && matches!(style, RawStyle::Plain);
            let text = if is_absent { String::new() } else { text.into_owned() };
            Event::Scalar { text, style: scalar_style(style), is_absent }
        }
        Raw::SequenceStart(style, ..) => Event::SequenceStart { is_flow: style == StructureStyle::Flow },
        Raw::SequenceEnd => Event::SequenceEnd,
        Raw::MappingStart(style, ..) => Event::MappingStart { is_flow: style == StructureStyle::Flow },
        Raw::MappingEnd => Event::MappingEnd,
        Raw::Alias(_) | Raw::UnresolvedAlias(_) => Event::Alias,
        Raw::Anchor(_, name) => Event::Anchor(name.into_owned()),
        Raw::Comment(..) => Event::Comment,
        // The crate may add kinds of events; none that is not asked for carries data.
        _ => return None,
    })
}

fn scalar_style(style: RawStyle) -> ScalarStyle {
    match style {
        RawStyle::Plain => ScalarStyle::Plain,
        RawStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        RawStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        RawStyle::Literal => ScalarStyle::Literal,
        RawStyle::Folded => ScalarStyle::Folded,
    }
}

fn stop(error: &ScanError, length: usize) -> Stop {
    let at = error.marker().byte_offset().unwrap_or(length).min(length);
    let is_limit = matches!(error.kind(), ErrorKind::RecursionLimitExceeded);
    let reason = match error.kind() {
        ErrorKind::RecursionLimitExceeded => format!("collections nest deeper than {MAX_DEPTH} levels"),
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            "a tab stands where YAML takes spaces alone".to_owned()
        }
        ErrorKind::UnclosedQuotedScalar => "a quoted text is not closed".to_owned(),
        ErrorKind::InvalidIndentation => "the indentation fits no level above".to_owned(),
        ErrorKind::MappingValueNotAllowed => "a `:` makes a mapping where none can be".to_owned(),
        ErrorKind::UnclosedFlowCollection { .. } => "a bracket or brace is not closed".to_owned(),
        ErrorKind::UnexpectedEofFlowSequence => "a `[` is not closed".to_owned(),
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            "a `{` is not closed".to_owned()
        }
        _ => error.info(),
    };
    Stop { at, reason, is_limit, cure: cure(error.kind()) }
}

fn cure(kind: &ErrorKind) -> Option<Cure> {
    Some(match kind {
        ErrorKind::CommentNotSeparated => Cure::Blank,
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => Cure::Tabs,
        ErrorKind::InvalidQuotedScalarIndent => Cure::Indent,
        ErrorKind::BomInsideDocument | ErrorKind::PlainScalarStartsWithDashFlowIndicator => Cure::Text,
        ErrorKind::UnknownQuotedScalarEscape => Cure::Apostrophe,
        ErrorKind::InvalidTagTerminator => Cure::Tag,
        ErrorKind::MissingDocumentEndBeforeDirective => Cure::DocumentEnd,
        _ => return None,
    })
}
