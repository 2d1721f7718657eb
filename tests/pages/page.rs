//! A rule's page as cases: each heading with the files of its `bad`, `good` and `fixed` blocks.

/// A page of `rules/`.
pub(crate) struct Page {
    /// File name without `.md`.
    pub(crate) stem: String,
    /// The whole text.
    pub(crate) text: String,
    /// Headings that have blocks.
    pub(crate) cases: Vec<Case>,
}

/// One heading.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) heading: String,
    /// The host that the files are judged on: a file of fixtures/hosts, and what is laid over its facts.
    pub(crate) host: Option<Block>,
    /// A set of files with at least one mark.
    pub(crate) bad: Vec<Block>,
    /// A set of files of its own.
    pub(crate) good: Vec<Block>,
    /// Files of the bad set after all fixes.
    pub(crate) fixed: Vec<Block>,
}

/// One file of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) path: String,
    /// The text without its marks.
    pub(crate) text: String,
    /// One-based lines and the codes expected there.
    pub(crate) marks: Vec<(u32, String)>,
}

impl Page {
    /// Reads a page; a fence is closed by a line of its own.
    pub(crate) fn parse(stem: &str, text: &str) -> Result<Self, String> {
        let mut cases = vec![Case::default()];
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if let Some(heading) = line.strip_prefix('#') {
                cases.push(Case { heading: heading.trim_start_matches('#').trim().to_owned(), ..Case::default() });
            }
            let Some(info) = line.strip_prefix("```") else { continue };
            let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            let case = cases.last_mut().expect("there is a first case");
            let words: Vec<&str> = info.split_whitespace().collect();
            if let [_, "host", name] = words[..] {
                case.host = Some(Block::parse(name, &body));
                continue;
            }
            let set = match words.get(1) {
                Some(&"bad") => &mut case.bad,
                Some(&"good") => &mut case.good,
                Some(&"fixed") => &mut case.fixed,
                Some(word) => {
                    return Err(format!("line {}: `{word}` is neither bad, good, fixed nor host", number + 1));
                }
                None => continue,
            };
            let path = words.get(2).ok_or_else(|| format!("line {}: a block needs a file name", number + 1))?;
            set.push(Block::parse(path, &body));
        }
        cases.retain(|case| !case.bad.is_empty() || !case.good.is_empty());
        Ok(Self { stem: stem.to_owned(), text: text.to_owned(), cases })
    }
}

impl Block {
    fn parse(path: &str, lines: &[&str]) -> Self {
        let mut block = Self { path: path.to_owned(), text: String::new(), marks: Vec::new() };
        for (index, line) in lines.iter().enumerate() {
            let (line, codes) = match line.split_once("#~ ") {
                Some((front, codes)) => (front.trim_end(), codes),
                None => (*line, ""),
            };
            let number = u32::try_from(index + 1).expect("a page is short");
            block.marks.extend(codes.split_whitespace().map(|code| (number, code.to_owned())));
            block.text.push_str(&line.replace('␍', "\r"));
            block.text.push('\n');
        }
        block
    }
}
