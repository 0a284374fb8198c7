//! Values as Python writes them: `repr()`, `str()` and `isoformat()`.

use limbeck_schema::{Date, DateTime, Interval, Literal, Time};

/// `date.isoformat()`
pub(crate) fn iso_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// `time.isoformat()`
pub(crate) fn iso_time(time: Time) -> String {
    let mut text = format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    if time.microsecond != 0 {
        text.push_str(&format!(".{:06}", time.microsecond));
    }
    if let Some(offset) = time.utc_offset {
        let sign = if offset < 0 { '-' } else { '+' };
        let offset = offset.unsigned_abs();
        text.push_str(&format!(
            "{sign}{:02}:{:02}",
            offset / 3600,
            offset / 60 % 60
        ));
        if offset % 60 != 0 {
            text.push_str(&format!(":{:02}", offset % 60));
        }
    }
    text
}

/// `datetime.isoformat(" ")`
pub(crate) fn iso_datetime(value: DateTime) -> String {
    format!("{} {}", iso_date(value.date), iso_time(value.time))
}

/// `repr(float)`
pub(crate) fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
    }
}

/// `timedelta.total_seconds()` as Python prints it.
pub(crate) fn total_seconds(value: Interval) -> String {
    let micros = (i128::from(value.days) * 86_400 + i128::from(value.seconds)) * 1_000_000
        + i128::from(value.microseconds);
    #[expect(
        clippy::cast_precision_loss,
        reason = "Python divides the same integers with the same rounding"
    )]
    let seconds = micros as f64 / 1e6;
    float(seconds)
}

/// Hexadecimal digits of a UUID, with or without dashes.
pub(crate) fn uuid(value: &[u8; 16], dashes: bool) -> String {
    let mut text = String::with_capacity(36);
    for (idx, byte) in value.iter().enumerate() {
        if dashes && matches!(idx, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// `json.dumps(str)`: in ASCII.
pub(crate) fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='\u{7e}' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
    out
}

fn repr_bytes(bytes: &[u8]) -> String {
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
            0x20..=0x7e if char::from(byte) == quote => {
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

fn repr_offset(offset: Option<i32>) -> String {
    match offset {
        None => String::new(),
        Some(0) => ", tzinfo=datetime.timezone.utc".to_owned(),
        Some(offset) => format!(
            ", tzinfo=datetime.timezone({})",
            repr_interval(Interval {
                days: i64::from(offset.div_euclid(86_400)),
                seconds: offset.rem_euclid(86_400).unsigned_abs(),
                microseconds: 0,
            })
        ),
    }
}

fn repr_clock(time: Time) -> String {
    let mut text = format!("{}, {}", time.hour, time.minute);
    if time.second != 0 || time.microsecond != 0 {
        text.push_str(&format!(", {}", time.second));
    }
    if time.microsecond != 0 {
        text.push_str(&format!(", {}", time.microsecond));
    }
    text + &repr_offset(time.utc_offset)
}

fn repr_interval(value: Interval) -> String {
    let mut parts = Vec::new();
    if value.days != 0 {
        parts.push(format!("days={}", value.days));
    }
    if value.seconds != 0 {
        parts.push(format!("seconds={}", value.seconds));
    }
    if value.microseconds != 0 {
        parts.push(format!("microseconds={}", value.microseconds));
    }
    let inside = if parts.is_empty() {
        "0".to_owned()
    } else {
        parts.join(", ")
    };
    format!("datetime.timedelta({inside})")
}

/// JSON text as the `repr` of the Python value that it was made of.
fn repr_json(text: &str) -> String {
    // Only strings, `true`, `false`, `null` and blanks differ.
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '"' {
            let mut value = String::new();
            let mut chars = rest.char_indices().skip(1);
            let mut end = rest.len();
            while let Some((idx, c)) = chars.next() {
                match c {
                    '"' => {
                        end = idx + 1;
                        break;
                    }
                    '\\' => match chars.next().map(|(_, c)| c) {
                        Some('n') => value.push('\n'),
                        Some('t') => value.push('\t'),
                        Some('r') => value.push('\r'),
                        Some('b') => value.push('\u{8}'),
                        Some('f') => value.push('\u{c}'),
                        Some('u') => {
                            let hex: String = (0..4)
                                .filter_map(|_| chars.next().map(|(_, c)| c))
                                .collect();
                            let code = u32::from_str_radix(&hex, 16).unwrap_or(0xfffd);
                            value.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                        }
                        Some(c) => value.push(c),
                        None => {}
                    },
                    c => value.push(c),
                }
            }
            out.push_str(&limbeck_schema::py_str(&value));
            rest = rest.get(end..).unwrap_or_default();
            continue;
        }
        let word = [("true", "True"), ("false", "False"), ("null", "None")]
            .into_iter()
            .find_map(|(json, python)| rest.strip_prefix(json).map(|rest| (python, rest)));
        if let Some((python, after)) = word {
            out.push_str(python);
            rest = after;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        out.push(c);
        if matches!(c, ',' | ':') && !rest.starts_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// `repr(value)`
pub(crate) fn repr(value: &Literal) -> String {
    match value {
        Literal::Null => "None".to_owned(),
        Literal::Bool(true) => "True".to_owned(),
        Literal::Bool(false) => "False".to_owned(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => float(*value),
        Literal::Decimal(value) => format!("Decimal('{value}')"),
        Literal::Str(value) => limbeck_schema::py_str(value),
        Literal::Bytes(value) => repr_bytes(value),
        Literal::Date(date) => {
            format!("datetime.date({}, {}, {})", date.year, date.month, date.day)
        }
        Literal::Time(time) => format!("datetime.time({})", repr_clock(*time)),
        Literal::DateTime(value) => format!(
            "datetime.datetime({}, {}, {}, {})",
            value.date.year,
            value.date.month,
            value.date.day,
            repr_clock(value.time)
        ),
        Literal::Interval(value) => repr_interval(*value),
        Literal::Uuid(value) => format!("UUID('{}')", uuid(value, true)),
        Literal::Array(items) => {
            let items: Vec<String> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Literal::Json(text) => repr_json(text),
        Literal::EnumMember { name, value } => format!("<{name}: {}>", repr(value)),
    }
}

/// SQLAlchemy's `_repr_single_value`: a long one is cut in the middle.
pub(crate) fn repr_cut(value: &Literal) -> String {
    const MAX: usize = 300;
    let text = repr(value);
    let length = text.chars().count();
    if length <= MAX {
        return text;
    }
    let half = MAX / 2;
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(length - half).collect();
    format!(
        "{head} ... ({} characters truncated) ... {tail}",
        length - MAX
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_pythons() {
        for (value, expected) in [
            (1.5, "1.5"),
            (1.0, "1.0"),
            (1e100, "1e+100"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.25e-7, "1.25e-07"),
            (-0.0, "-0.0"),
            (123_456_789.123, "123456789.123"),
        ] {
            assert_eq!(float(value), expected);
        }
    }

    #[test]
    fn json_reads_as_python() {
        assert_eq!(
            repr(&Literal::Json(
                r#"{"a": [1, true, null], "b": "it's"}"#.into()
            )),
            r#"{'a': [1, True, None], 'b': "it's"}"#
        );
    }
}
