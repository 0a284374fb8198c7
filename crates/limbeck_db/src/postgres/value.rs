//! Text from the server to values, as psycopg2's type casters read it (with the UUID caster that
//! SQLAlchemy registers). A type without a caster stays text.

use limbeck_schema::{Interval, Literal};

use crate::temporal::{interval, parse_clock, parse_date, parse_datetime, parse_time, parse_uuid};

/// The OID of `text`.
pub(crate) const TEXT: u32 = 25;

/// One cell, by the type's OID.
pub(crate) fn read_cell(oid: u32, text: &str) -> Literal {
    match element_of(oid) {
        Some(element) => read_array(element, text).unwrap_or_else(|| Literal::str(text)),
        None => read_scalar(oid, text).unwrap_or_else(|| Literal::str(text)),
    }
}

/// `None` where the text does not fit the type: psycopg2 raises there, Limbeck keeps the text.
fn read_scalar(oid: u32, text: &str) -> Option<Literal> {
    Some(match oid {
        16 => Literal::Bool(text == "t"),
        20 | 21 | 23 | 26 => Literal::int(text.parse::<i64>().ok()?),
        700 | 701 => Literal::Float(text.parse().ok()?),
        1700 => Literal::Decimal(text.to_owned()),
        17 => Literal::Bytes(read_bytes(text)?),
        1082 => Literal::Date(parse_date(text)?),
        1083 | 1266 => Literal::Time(parse_time(text)?),
        1114 | 1184 => Literal::DateTime(parse_datetime(text)?),
        1186 => Literal::Interval(read_interval(text)?),
        114 | 3802 => Literal::Json(text.to_owned()),
        2950 => Literal::Uuid(parse_uuid(text)?),
        _ => Literal::str(text),
    })
}

/// The element type of the arrays that psycopg2 knows.
fn element_of(oid: u32) -> Option<u32> {
    Some(match oid {
        1000 => 16,
        1001 => 17,
        1005..=1007 => 23,
        1016 => 20,
        1028 => 26,
        1021 | 1022 => 701,
        1231 => 1700,
        1002 | 1003 | 1009 | 1014 | 1015 | 651 | 1040 | 1041 => 25,
        1182 => 1082,
        1183 | 1270 => 1083,
        1115 => 1114,
        1185 => 1184,
        1187 => 1186,
        199 => 114,
        3807 => 3802,
        2951 => 2950,
        _ => return None,
    })
}

/// `{1,NULL,"a \"b\"",{…}}`
fn read_array(element: u32, text: &str) -> Option<Literal> {
    // Bounds that are not 1 are written first: `[0:1]={…}`.
    let body = match text.strip_prefix('[') {
        Some(_) => text.split_once('=')?.1,
        None => text,
    };
    let chars: Vec<char> = body.chars().collect();
    let mut at = 0;
    let array = read_array_level(element, &chars, &mut at)?;
    (at == chars.len()).then_some(array)
}

fn read_array_level(element: u32, chars: &[char], at: &mut usize) -> Option<Literal> {
    if chars.get(*at) != Some(&'{') {
        return None;
    }
    *at += 1;
    let mut items = Vec::new();
    if chars.get(*at) == Some(&'}') {
        *at += 1;
        return Some(Literal::Array(items));
    }
    loop {
        match chars.get(*at)? {
            '{' => items.push(read_array_level(element, chars, at)?),
            '"' => {
                *at += 1;
                let mut text = String::new();
                loop {
                    match chars.get(*at)? {
                        '"' => break,
                        '\\' => {
                            *at += 1;
                            text.push(*chars.get(*at)?);
                        }
                        c => text.push(*c),
                    }
                    *at += 1;
                }
                *at += 1;
                items.push(read_scalar(element, &text)?);
            }
            _ => {
                let mut text = String::new();
                while let Some(c) = chars.get(*at).filter(|c| !matches!(c, ',' | '}')) {
                    text.push(*c);
                    *at += 1;
                }
                let is_null = text == "NULL";
                items.push(if is_null {
                    Literal::Null
                } else {
                    read_scalar(element, &text)?
                });
            }
        }
        match chars.get(*at)? {
            ',' => *at += 1,
            '}' => {
                *at += 1;
                return Some(Literal::Array(items));
            }
            _ => return None,
        }
    }
}

/// `\x6162`, or the old escape format.
fn read_bytes(text: &str) -> Option<Vec<u8>> {
    if let Some(digits) = text.strip_prefix("\\x") {
        let digits: Vec<u8> = digits
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()?;
        return digits
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(high * 16 + low),
                _ => None,
            })
            .collect();
    }
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return Some(bytes),
            [b'\\', b'\\', tail @ ..] => {
                bytes.push(b'\\');
                tail
            }
            [b'\\', a, b, c, tail @ ..] => {
                let octal = std::str::from_utf8(&[*a, *b, *c]).ok().map(str::to_owned)?;
                bytes.push(u8::from_str_radix(&octal, 8).ok()?);
                tail
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        };
    }
}

/// `1 year 2 mons -3 days -04:05:06.7`; a year is 365 days and a month 30, as in psycopg2.
fn read_interval(text: &str) -> Option<Interval> {
    let (mut days, mut micros) = (0_i64, 0_i64);
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if word.contains(':') {
            let (negative, clock) = match word.strip_prefix('-') {
                Some(clock) => (true, clock),
                None => (false, word.strip_prefix('+').unwrap_or(word)),
            };
            let (hours, minutes, seconds, fraction) = parse_clock(clock)?;
            let total = i64::try_from(hours * 3600 + minutes * 60 + seconds).ok()? * 1_000_000;
            let total = total + i64::from(fraction);
            micros += if negative { -total } else { total };
        } else {
            let count: i64 = word.parse().ok()?;
            days += match words.next()? {
                "year" | "years" => count * 365,
                "mon" | "mons" => count * 30,
                "day" | "days" => count,
                _ => return None,
            };
        }
    }
    Some(interval(false, days, 0, micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays() {
        let check = |text: &str, items: Vec<Literal>| {
            assert_eq!(read_cell(1009, text), Literal::Array(items), "{text}");
        };
        check("{}", vec![]);
        check("{a,NULL}", vec![Literal::str("a"), Literal::Null]);
        check(
            r#"{"a,\"b\"","NULL",""}"#,
            vec![
                Literal::str("a,\"b\""),
                Literal::str("NULL"),
                Literal::str(""),
            ],
        );
        check("[0:0]={x}", vec![Literal::str("x")]);
        check(
            "{{a},{b}}",
            vec![
                Literal::Array(vec![Literal::str("a")]),
                Literal::Array(vec![Literal::str("b")]),
            ],
        );
        assert_eq!(read_cell(1007, "{1,x}"), Literal::str("{1,x}"));
    }

    #[test]
    fn intervals() {
        let check = |text: &str, days, seconds, microseconds| {
            assert_eq!(
                read_interval(text),
                Some(Interval {
                    days,
                    seconds,
                    microseconds
                }),
                "{text}"
            );
        };
        check("1 year 2 mons 3 days 04:05:06.7", 428, 14_706, 700_000);
        check("-00:00:01", -1, 86_399, 0);
        check("1 day -01:00:00", 0, 82_800, 0);
        check("00:00:00", 0, 0, 0);
    }

    #[test]
    fn bytes() {
        assert_eq!(read_bytes("\\x6100"), Some(vec![0x61, 0]));
        assert_eq!(read_bytes("a\\000\\\\"), Some(vec![0x61, 0, b'\\']));
    }
}
