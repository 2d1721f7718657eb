//! The order of keys in what Compose prints: JSON sorts them by bytes, YAML as people count
//! (`9` before `10`, digits before letters; go-yaml v3 sorter.go).

use std::cmp::Ordering;

use super::Form;

/// Sorts entries by their keys. A plain merge sort, as YAML's order of odd keys is not
/// always transitive and the standard library's sort may panic then.
pub(super) fn sort<T>(mut entries: Vec<(String, T)>, form: Form) -> Vec<(String, T)> {
    if form == Form::Json {
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        return entries;
    }
    if entries.len() < 2 {
        return entries;
    }
    let right = sort(entries.split_off(entries.len() / 2), form);
    let mut left = sort(entries, form).into_iter().peekable();
    let mut right = right.into_iter().peekable();
    let mut out = Vec::with_capacity(left.len() + right.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let takes_right = natural(&b.0, &a.0) == Ordering::Less;
        out.extend(if takes_right { right.next() } else { left.next() });
    }
    out.extend(left);
    out.extend(right);
    out
}

/// Compares at the first character that differs: letters by code point, digits as numbers,
/// anything else before letters (behind them after a digit).
fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(a, b)| a != b) else { return a.len().cmp(&b.len()) };
    match (a[at].is_alphabetic(), b[at].is_alphabetic()) {
        (true, true) => a[at].cmp(&b[at]),
        (false, false) => numbers(&a, &b, at),
        (is_letter, _) => {
            let is_behind_digit = at > 0 && a[at - 1].is_numeric();
            if is_letter == is_behind_digit { Ordering::Less } else { Ordering::Greater }
        }
    }
}

fn numbers(a: &[char], b: &[char], at: usize) -> Ordering {
    // A zero inside a number counts as a digit of it, at its front it does not.
    let has_zero = a[at] == '0' || b[at] == '0';
    let is_inside = has_zero && a[..at].iter().rev().take_while(|c| c.is_numeric()).any(|c| *c != '0');
    let first = i64::from(is_inside);
    let run = |text: &[char]| {
        let digits = text[at..].iter().take_while(|c| c.is_numeric());
        digits.fold((first, 0_usize), |(number, length), c| {
            let digit = i64::from(u32::from(*c)).wrapping_sub(48);
            (number.wrapping_mul(10).wrapping_add(digit), length + 1)
        })
    };
    run(a).cmp(&run(b)).then(a[at].cmp(&b[at]))
}
