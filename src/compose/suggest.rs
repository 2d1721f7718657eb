//! "Did you mean": the known word that a misspelt one most likely stands for.
//!
//! Apart, because keys of a file, names of services and names of rules all want it.

/// The candidate that is nearest to `word`, if one is near enough for a slip of the hand: one
/// edit in three letters, and one at least. Letter case and `-` for `_` cost nothing; of two
/// that are as near, the first wins.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = fold(word);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = fold(candidate);
        let limit = (plain.len().max(other.len()) / 3).max(1);
        // A word of one or two letters is one edit away from everything short.
        let is_long_enough = plain.len().min(other.len()) > 2 || plain == other;
        let far = distance(&plain, &other);
        if is_long_enough && far <= limit && best.is_none_or(|(least, _)| far < least) {
            best = Some((far, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).map(|letter| if letter == '-' { '_' } else { letter }).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other
/// (optimal string alignment: no part is edited twice).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for row in 1..=from.len() {
        let mut now = vec![row];
        for column in 1..=to.len() {
            let change = usize::from(from[row - 1] != to[column - 1]);
            let mut least = (last[column - 1] + change).min(last[column] + 1).min(now[column - 1] + 1);
            let is_swap = row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
            if is_swap {
                least = least.min(before[column - 2] + 1);
            }
            now.push(least);
        }
        before = std::mem::replace(&mut last, now);
    }
    last[to.len()]
}
