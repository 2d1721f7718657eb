//! Path patterns of `.dockerignore` and of COPY sources.
//!
//! Apart from both because they share one matcher: Go's `filepath.Match`, plus `**`.
//! Source: moby/patternmatcher `patternmatcher.go`; Go `path/filepath` documentation.

/// A compiled pattern over paths that are written with `/` and are relative.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug)]
enum Token {
    Literal(char),
    /// `?`: any one character but `/`.
    One,
    /// `*`: any run without `/`.
    Run,
    /// `**`: any run.
    AnyDepth,
    /// The start of `**/`: it may be left out whole.
    Optional,
    /// The rest of `**/`: any run that ends in `/`.
    Folders,
    /// `[a-z]`, `[^a-z]`.
    Class {
        is_negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// Compiles a pattern; `None` where a `[` is not closed, or a `\` ends it.
    pub(super) fn new(text: &str) -> Option<Self> {
        let chars: Vec<char> = text.chars().collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(c) = chars.get(at).copied() {
            at += 1;
            let token = match c {
                '*' if chars.get(at) == Some(&'*') => {
                    at += 1;
                    if chars.get(at) == Some(&'/') {
                        at += 1;
                        tokens.push(Token::Optional);
                        Token::Folders
                    } else {
                        Token::AnyDepth
                    }
                }
                '*' => Token::Run,
                '?' => Token::One,
                '\\' => {
                    at += 1;
                    Token::Literal(*chars.get(at - 1)?)
                }
                '[' => class(&chars, &mut at)?,
                c => Token::Literal(c),
            };
            tokens.push(token);
        }
        Some(Self { tokens })
    }

    /// Whether the whole path matches. Work is the product of both lengths, whatever the
    /// pattern.
    pub(super) fn matches(&self, path: &str) -> bool {
        let mut states = vec![false; self.tokens.len() + 1];
        states[0] = true;
        self.spread(&mut states);
        for c in path.chars() {
            states = self.step(&states, c);
        }
        states[self.tokens.len()]
    }

    fn step(&self, states: &[bool], c: char) -> Vec<bool> {
        let mut next = vec![false; states.len()];
        for (at, token) in self.tokens.iter().enumerate().filter(|(at, _)| states[*at]) {
            match token {
                Token::Literal(literal) => next[at + 1] |= *literal == c,
                Token::One => next[at + 1] |= c != '/',
                Token::Run => next[at] |= c != '/',
                Token::AnyDepth => next[at] = true,
                Token::Optional => {}
                Token::Folders => {
                    next[at] = true;
                    next[at + 1] |= c == '/';
                }
                Token::Class { is_negated, ranges } => {
                    let is_in = ranges.iter().any(|(low, high)| (low..=high).contains(&&c));
                    next[at + 1] |= c != '/' && is_in != *is_negated;
                }
            }
        }
        self.spread(&mut next);
        next
    }

    /// Passes over what may match nothing; always forward, so that one pass is enough.
    fn spread(&self, states: &mut [bool]) {
        for (at, token) in self.tokens.iter().enumerate().filter(|(_, token)| token.may_be_empty()) {
            if states[at] {
                states[at + 1] = true;
                if matches!(token, Token::Optional) {
                    states[at + 2] = true;
                }
            }
        }
    }
}

impl Token {
    fn may_be_empty(&self) -> bool {
        matches!(self, Self::Run | Self::AnyDepth | Self::Optional)
    }
}

fn class(chars: &[char], at: &mut usize) -> Option<Token> {
    let is_negated = matches!(chars.get(*at), Some('^' | '!'));
    *at += usize::from(is_negated);
    let mut ranges = Vec::new();
    loop {
        let low = member(chars, at)?;
        if low == ']' && !ranges.is_empty() {
            return Some(Token::Class { is_negated, ranges });
        }
        let mut high = low;
        if chars.get(*at) == Some(&'-') && chars.get(*at + 1) != Some(&']') {
            *at += 1;
            high = member(chars, at)?;
        }
        ranges.push((low, high));
    }
}

fn member(chars: &[char], at: &mut usize) -> Option<char> {
    if chars.get(*at) == Some(&'\\') {
        *at += 1;
    }
    *at += 1;
    chars.get(*at - 1).copied()
}
