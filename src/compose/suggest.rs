//! "Did you mean": the known words that a misspelt one most likely stands for.
//!
//! Apart, because keys of a file, names of services and names of rules all want it.

/// The candidate that is nearest to `word`, if one is near enough for a slip of the hand: one
/// edit in three letters, and one at least. Letter case and `-` for `_` cost nothing; of two
/// that are as near, the first wins.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(word, candidates).into_iter().next()
}

/// The candidate that is nearest to `word`, if so many edits make it of it.
pub fn slip_of<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, edits: usize) -> Option<&'a str> {
    closest(word, candidates).filter(|meant| strsim::osa_distance(&fold(word), &fold(meant)) <= edits)
}

/// All candidates that are near enough, the nearest first.
pub fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let plain = fold(word);
    let letters = plain.chars().count();
    let rate = |candidate: &'a str| {
        let other = fold(candidate);
        let others = other.chars().count();
        // A word of one or two letters is one edit away from everything short.
        let is_long_enough = letters.min(others) > 2 || plain == other;
        let far = strsim::osa_distance(&plain, &other);
        (is_long_enough && far <= (letters.max(others) / 3).max(1)).then_some((far, candidate))
    };
    let mut near: Vec<(usize, &str)> = candidates.into_iter().filter_map(rate).collect();
    near.sort_by_key(|(far, _)| *far);
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

fn fold(word: &str) -> String {
    word.to_lowercase().replace('-', "_")
}
