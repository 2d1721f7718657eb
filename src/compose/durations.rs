//! Durations, byte sizes and dates: read as Compose reads them, printed as it prints them.

/// Nanoseconds of a unit. Days and weeks are the addition of xhit/go-str2duration to what Go reads.
const UNITS: &[(&str, i128)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
];

/// A duration such as `1m30s` in nanoseconds.
///
/// # Errors
/// What is wrong with the text, as the end of a sentence.
pub(super) fn parse_duration(text: &str) -> Result<i64, String> {
    let (is_negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, next) = behind.split_at(letters);
        if number.is_empty() || number == "." || number.matches('.').count() > 1 {
            return Err("it is no duration".to_owned());
        }
        if unit.is_empty() {
            return Err(format!("`{number}` has no unit"));
        }
        let Some((_, nanoseconds)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("`{}` is no unit of time", unit.trim()));
        };
        total = total.saturating_add(scaled(number, *nanoseconds));
        rest = next;
    }
    i64::try_from(if is_negative { -total } else { total }).map_err(|_| "it is too long".to_owned())
}

/// A decimal number times a unit, the fraction cut off below a nanosecond.
fn scaled(number: &str, unit: i128) -> i128 {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = &fraction[..fraction.len().min(18)];
    let whole: i128 = whole.parse().unwrap_or(if whole.is_empty() { 0 } else { i128::from(i64::MAX) });
    let parts: i128 = fraction.parse().unwrap_or(0);
    let scale = 10_i128.pow(fraction.len() as u32);
    whole.saturating_mul(unit).saturating_add(parts.saturating_mul(unit) / scale)
}

/// Nanoseconds as Go prints a duration: `1h0m0s`, `1.5s`, `100ms`.
pub(super) fn print_duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let small = |unit: u64, name: &str| format!("{sign}{}{name}", decimal(total, unit));
    match total {
        0 => "0s".to_owned(),
        1..1_000 => small(1, "ns"),
        1_000..1_000_000 => small(1_000, "µs"),
        1_000_000..1_000_000_000 => small(1_000_000, "ms"),
        _ => {
            let seconds = decimal(total % 60_000_000_000, 1_000_000_000);
            match (total / 3_600_000_000_000, total / 60_000_000_000 % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// `value / unit` with the digits that it has; the unit is a power of ten.
fn decimal(value: u64, unit: u64) -> String {
    let fraction = value % unit;
    if fraction == 0 {
        return (value / unit).to_string();
    }
    let width = unit.ilog10() as usize;
    let digits = format!("{fraction:0width$}");
    format!("{}.{}", value / unit, digits.trim_end_matches('0'))
}

/// A size such as `1.5g` in bytes, units in steps of 1024 (docker/go-units, `RAMInBytes`).
///
/// # Errors
/// What is wrong with the text, as the end of a sentence.
pub(super) fn parse_size(text: &str) -> Result<i64, String> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ' ';
    let last = text.rfind(is_number).ok_or("it has no number")?;
    let suffix = text[last + 1..].to_lowercase();
    let number = text[..=last].strip_suffix(' ').unwrap_or(&text[..=last]);
    let value = parse_float(number).ok_or_else(|| format!("`{number}` is no number"))?;
    if value < 0.0 {
        return Err("it is below zero".to_owned());
    }
    let (unit, tail) = suffix.split_at(suffix.chars().next().map_or(0, char::len_utf8));
    let power = match unit {
        "" | "b" if tail.is_empty() => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return Err(format!("`{suffix}` is no unit of size")),
    };
    if !matches!(tail, "" | "b" | "ib") {
        return Err(format!("`{suffix}` is no unit of size"));
    }
    Ok((value * 1024_f64.powi(power)) as i64)
}

/// A number as Go's `strconv.ParseFloat` reads it, which takes `_` between digits.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    if let Some(value) = hexadecimal_float(text) {
        return Some(value);
    }
    let parts: Vec<&str> = text.split('_').collect();
    let is_digit = |character: Option<char>| character.is_some_and(|character| character.is_ascii_digit());
    let is_between = |pair: &[&str]| is_digit(pair[0].chars().next_back()) && is_digit(pair[1].chars().next());
    let plain = parts.windows(2).all(is_between).then(|| parts.concat())?;
    let value: f64 = plain.parse().ok()?;
    // Digits alone do not make an infinity.
    (value.is_finite() || !plain.contains(|character: char| character.is_ascii_digit())).then_some(value)
}

/// `0x1.8p-2`: hexadecimal digits and a power of two, which has to be there.
fn hexadecimal_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, power) = unsigned.strip_prefix(['0'])?.strip_prefix(['x', 'X'])?.split_once(['p', 'P'])?;
    // A single `_` may stand behind the prefix and between digits.
    if mantissa.contains("__") || mantissa.ends_with('_') || mantissa.contains("_.") || mantissa.contains("._") {
        return None;
    }
    let mantissa = mantissa.replace('_', "");
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    let digits = whole.to_owned() + fraction;
    // More digits than these would have to be rounded; nobody writes them.
    let value =
        (digits.len() <= 13 && !digits.starts_with(['+', '-'])).then(|| u64::from_str_radix(&digits, 16).ok())??;
    let power: i32 = power.parse().ok().filter(|power: &i32| power.abs() < 900)?;
    let value = value as f64 * 2_f64.powi(power - 4 * i32::try_from(fraction.len()).ok()?);
    Some(if text.starts_with('-') { -value } else { value })
}

/// A YAML date or time in RFC 3339, as Go prints it.
pub(super) fn print_timestamp(text: &str) -> String {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim_start()),
        None => (text, ""),
    };
    let padded = |part: &str, mark: char| {
        let parts: Vec<String> = part.split(mark).map(|number| format!("{number:0>2}")).collect();
        parts.join(&mark.to_string())
    };
    let date = padded(date, '-');
    if time.is_empty() {
        return format!("{date}T00:00:00Z");
    }
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = (time[..zone_at].trim_end(), &time[zone_at..]);
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let zone = if matches!(zone, "" | "Z" | "+00:00") { "Z" } else { zone };
    format!("{date}T{}{point}{fraction}{zone}", padded(seconds, ':'))
}

/// The same as Go prints it into a text: `2024-01-01 00:00:00 +0000 UTC`, or with its offset
/// from UTC twice.
pub(super) fn print_time(text: &str) -> String {
    let full = print_timestamp(text);
    let (date, rest) = full.split_once('T').unwrap_or((&full, ""));
    let (clock, zone) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let offset = zone.replace(':', "");
    let zone = if zone == "Z" { "+0000 UTC".to_owned() } else { format!("{offset} {offset}") };
    format!("{date} {clock} {zone}")
}
