//! Python's `repr()` of plain values: how scripts, log lines and messages say them.

use crate::{DateTime, Literal, Time};

/// `repr(str)`: single quotes unless the text holds some and no double ones.
#[must_use]
pub fn py_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_py_printable(c) => out.push(c),
            c => push_py_escape(&mut out, c),
        }
    }
    out.push(quote);
    out
}

/// Appends the escape by which `repr()` and `ascii()` say a character.
pub fn push_py_escape(out: &mut String, c: char) {
    match u32::from(c) {
        code @ 0..=0xff => out.push_str(&format!("\\x{code:02x}")),
        code @ 0x100..=0xffff => out.push_str(&format!("\\u{code:04x}")),
        code => out.push_str(&format!("\\U{code:08x}")),
    }
}

/// Python's `str.isprintable` of one character. Rust's debug format uses the same Unicode categories,
/// except that it also escapes a combining character at the start of the text, hence the `a`.
#[must_use]
pub fn is_py_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let probe = String::from_iter(['a', c]);
    probe.escape_debug().count() == 2
}

/// `repr()` of an optional string.
#[must_use]
pub fn py_opt_str(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), py_str)
}

/// `repr(bool)`
#[must_use]
pub fn py_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// `repr()` of a list of strings.
#[must_use]
pub fn py_str_list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(py_str).collect();
    format!("[{}]", items.join(", "))
}

/// `repr()` of a tuple of strings.
#[must_use]
pub fn py_str_tuple<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(py_str).collect();
    match items.as_slice() {
        [one] => format!("({one},)"),
        items => format!("({})", items.join(", ")),
    }
}

/// `repr()` of a value.
#[must_use]
pub fn py_literal(value: &Literal) -> String {
    match value {
        Literal::Null => "None".to_owned(),
        Literal::Bool(value) => py_bool(*value).to_owned(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => py_float(*value),
        Literal::Decimal(text) => format!("Decimal({})", py_str(text)),
        Literal::Str(text) | Literal::Json(text) => py_str(text),
        Literal::Bytes(bytes) => py_bytes(bytes),
        Literal::Date(date) => {
            format!("datetime.date({}, {}, {})", date.year, date.month, date.day)
        }
        Literal::Time(time) => format!("datetime.time({})", time_args(time, true)),
        Literal::DateTime(DateTime { date, time }) => format!(
            "datetime.datetime({}, {}, {}, {})",
            date.year,
            date.month,
            date.day,
            time_args(time, true)
        ),
        Literal::Interval(value) => {
            let parts: Vec<String> = [
                ("days", value.days),
                ("seconds", i64::from(value.seconds)),
                ("microseconds", i64::from(value.microseconds)),
            ]
            .into_iter()
            .filter(|(_, value)| *value != 0)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
            if parts.is_empty() {
                "datetime.timedelta(0)".to_owned()
            } else {
                format!("datetime.timedelta({})", parts.join(", "))
            }
        }
        Literal::Uuid(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let mut text = String::new();
            for (at, c) in hex.chars().enumerate() {
                if matches!(at, 8 | 12 | 16 | 20) {
                    text.push('-');
                }
                text.push(c);
            }
            format!("UUID({})", py_str(&text))
        }
        Literal::Array(items) => {
            let items: Vec<String> = items.iter().map(py_literal).collect();
            format!("[{}]", items.join(", "))
        }
        Literal::EnumMember { name, value } => format!("<{name}: {}>", py_literal(value)),
    }
}

fn time_args(time: &Time, with_seconds: bool) -> String {
    let mut out = format!("{}, {}", time.hour, time.minute);
    if with_seconds && (time.second != 0 || time.microsecond != 0) {
        out.push_str(&format!(", {}", time.second));
    }
    if time.microsecond != 0 {
        out.push_str(&format!(", {}", time.microsecond));
    }
    match time.utc_offset {
        None => {}
        Some(0) => out.push_str(", tzinfo=datetime.timezone.utc"),
        Some(offset) => {
            let days = offset.div_euclid(86_400);
            let seconds = offset.rem_euclid(86_400);
            let delta = if days == 0 {
                format!("seconds={seconds}")
            } else {
                format!("days={days}, seconds={seconds}")
            };
            out.push_str(&format!(
                ", tzinfo=datetime.timezone(datetime.timedelta({delta}))"
            ));
        }
    }
    out
}

/// `repr(float)`: the shortest text that reads back, with an exponent from 1e16 and below 1e-4.
fn py_float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{value}");
    if plain.contains('.') {
        plain
    } else {
        format!("{plain}.0")
    }
}

fn py_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut out = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if char::from(byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..=0x7e => out.push(char::from(byte)),
            byte => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        let cases = [
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("both ' and \"", r#"'both \' and "'"#),
            ("new\nline\t\\", r"'new\nline\t\\'"),
            ("ünï", "'ünï'"),
            (
                "\u{7f}\u{a0}\u{200b}\u{10ffff}",
                r"'\x7f\xa0\u200b\U0010ffff'",
            ),
            ("a\u{301}", "'a\u{301}'"),
            ("\u{301}", "'\u{301}'"),
        ];
        for (text, expected) in cases {
            assert_eq!(py_str(text), expected);
        }
    }

    #[test]
    fn floats() {
        let cases = [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1.5e-5, "1.5e-05"),
            (123_456_789.25, "123456789.25"),
            (0.0001, "0.0001"),
        ];
        for (value, expected) in cases {
            assert_eq!(py_float(value), expected);
        }
    }
}
