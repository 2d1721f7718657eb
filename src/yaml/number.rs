//! Numbers as Go's library reads and prints them.

use super::value::Data;

/// A float as Go's `%v` prints it: the shortest digits that read back, with an exponent
/// below 1e-4 and from 1e6 on (strconv/ftoa.go, `%g` with the shortest precision).
pub(super) fn go_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a number behind its e");
    if value != 0.0 && !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    format!("{value}")
}

/// A plain scalar that begins with a digit or a sign, as an int or float; `None` where it
/// is text (go-yaml resolve.go).
pub(super) fn parse(text: &str) -> Option<Data> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    whole(&plain).or_else(|| float(&plain)).or_else(|| radix_text(&plain))
}

/// `strconv.ParseInt(s, 0, 64)`, then `ParseUint`.
fn whole(plain: &str) -> Option<Data> {
    let (is_negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, plain),
    };
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
        [b'0', b'b' | b'B', ..] => (&digits[2..], 2),
        [b'0', b'o' | b'O', ..] => (&digits[2..], 8),
        [b'0', _, ..] => (&digits[1..], 8),
        _ => (digits, 10),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    match (is_negative, i64::try_from(value)) {
        (false, Ok(value)) => Some(Data::Int(value)),
        (true, Ok(value)) => Some(Data::Int(-value)),
        (true, Err(_)) if value == i64::MIN.unsigned_abs() => Some(Data::Int(i64::MIN)),
        // ParseUint takes no sign at all.
        (false, Err(_)) if !plain.starts_with('+') => Some(Data::UInt(value)),
        _ => None,
    }
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`, in range.
pub(super) fn float(plain: &str) -> Option<Data> {
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && (fraction.is_empty() || is_digits(fraction)),
        None => is_digits(mantissa),
    };
    let is_exponent = exponent.is_none_or(|text| is_digits(text.strip_prefix(['-', '+']).unwrap_or(text)));
    let value: f64 = (is_mantissa && is_exponent).then(|| plain.parse().ok()).flatten()?;
    value.is_finite().then_some(Data::Float(value))
}

/// Spellings that only the library's last tries take: a sign behind the prefix (`0b-1`).
fn radix_text(plain: &str) -> Option<Data> {
    let (digits, radix, is_negative) = match () {
        () if plain.starts_with("0b") => (&plain[2..], 2, false),
        () if plain.starts_with("-0b") => (&plain[3..], 2, true),
        () if plain.starts_with("0o") => (&plain[2..], 8, false),
        () if plain.starts_with("-0o") => (&plain[3..], 8, true),
        () => return None,
    };
    let value = i64::from_str_radix(digits, radix).ok()?;
    Some(Data::Int(if is_negative { -value } else { value }))
}
