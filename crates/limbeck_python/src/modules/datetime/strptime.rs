//! `strptime`: the pattern becomes a regular expression, as in Python, so that the same text fits.

use std::rc::Rc;

use fancy_regex::{Captures, Regex};

use super::calendar::{civil, days, month_length};
use super::format::{MONTHS, Moment, WEEKDAYS, parse_offset};
use super::objects::Zone;
use super::{DAY, SECOND};

/// What reading a text as a pattern says comes to.
pub(crate) enum Parsed {
    Moment(Moment),
    /// `ValueError` with these words.
    Refused(String),
    /// What is not modelled.
    Unread(String),
}

/// `datetime.strptime(text, pattern)`.
pub(crate) fn strptime(text: &str, pattern: &str) -> Parsed {
    let source = match expression(pattern) {
        Ok(source) => source,
        Err(parsed) => return parsed,
    };
    let Ok(regex) = Regex::new(&source) else {
        return Parsed::Unread("this pattern of `strptime` is not modelled".to_owned());
    };
    let found = match regex.captures(text) {
        Ok(Some(found)) => found,
        Ok(None) => {
            return Parsed::Refused(format!(
                "time data {} does not match format {}",
                limbeck_schema::py_str(text),
                limbeck_schema::py_str(pattern)
            ));
        }
        Err(_) => return Parsed::Unread("this use of `strptime` is not modelled".to_owned()),
    };
    let end = found.get(0).map_or(0, |whole| whole.end());
    match text.get(end..) {
        Some("") | None => moment(&found),
        Some(rest) => Parsed::Refused(format!("unconverted data remains: {rest}")),
    }
}

fn alternatives(mut names: Vec<String>) -> String {
    // The longest first, so that `May` does not hide a longer name.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.join("|")
}

fn expression(pattern: &str) -> Result<String, Parsed> {
    let short = |names: &[&str]| {
        alternatives(
            names
                .iter()
                .map(|name| name.chars().take(3).collect())
                .collect(),
        )
    };
    let long = |names: &[&str]| alternatives(names.iter().map(|name| (*name).to_owned()).collect());
    let mut out = String::from(r"\A(?i)");
    let mut seen = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        if char.is_whitespace() {
            while chars.peek().is_some_and(|next| next.is_whitespace()) {
                chars.next();
            }
            out.push_str(r"\s+");
            continue;
        }
        if char != '%' {
            if !char.is_ascii_alphanumeric() && char.is_ascii() && char != '_' {
                out.push('\\');
            }
            out.push(char);
            continue;
        }
        let Some(code) = chars.next() else {
            return Err(Parsed::Refused(format!("stray % in format '{pattern}'")));
        };
        let part = match code {
            '%' => {
                out.push('%');
                continue;
            }
            'd' => r"3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9]".to_owned(),
            'f' => "[0-9]{1,6}".to_owned(),
            'H' => r"2[0-3]|[0-1]\d|\d".to_owned(),
            'I' | 'm' => "1[0-2]|0[1-9]|[1-9]".to_owned(),
            'j' => r"36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]".to_owned(),
            'M' => r"[0-5]\d|\d".to_owned(),
            'S' => r"6[0-1]|[0-5]\d|\d".to_owned(),
            'y' => r"\d\d".to_owned(),
            'Y' => r"\d\d\d\d".to_owned(),
            'z' => r"[+-]\d\d:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?|(?-i:Z)".to_owned(),
            'a' => short(&WEEKDAYS),
            'A' => long(&WEEKDAYS),
            'b' => short(&MONTHS),
            'B' => long(&MONTHS),
            'p' => "am|pm".to_owned(),
            'w' => "[0-6]".to_owned(),
            'c' | 'x' | 'X' | 'Z' | 'U' | 'W' | 'u' | 'V' | 'G' => {
                return Err(Parsed::Unread(format!(
                    "`strptime` with %{code} is not modelled"
                )));
            }
            other => {
                let shown = limbeck_schema::py_str(&other.to_string());
                let pattern = limbeck_schema::py_str(pattern);
                return Err(Parsed::Refused(format!(
                    "{shown} is a bad directive in format {pattern}"
                )));
            }
        };
        if seen.contains(&code) {
            return Err(Parsed::Unread(format!(
                "`strptime` with %{code} twice is not modelled"
            )));
        }
        seen.push(code);
        out.push_str(&format!("(?P<{code}>{part})"));
    }
    Ok(out)
}

fn moment(found: &Captures<'_>) -> Parsed {
    let group = |name: &str| found.name(name).map(|group| group.as_str());
    let number = |name: &str| -> Result<Option<i64>, Parsed> {
        match group(name).map(|text| text.trim().parse()) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            // Digits of other scripts fit too.
            Some(Err(_)) => Err(Parsed::Unread(
                "these digits are not modelled for `strptime`".to_owned(),
            )),
        }
    };
    let named = |name: &str, names: &[&str]| {
        let text = group(name)?.to_lowercase();
        let index = names
            .iter()
            .position(|name| name.to_lowercase().starts_with(&text))?;
        i64::try_from(index + 1).ok()
    };
    let read = || -> Result<Moment, Parsed> {
        let year = match (number("Y")?, number("y")?) {
            (None, None) => None,
            (Some(year), None) => Some(year),
            (None, Some(year)) => Some(if year <= 68 { 2000 + year } else { 1900 + year }),
            (Some(_), Some(_)) => {
                return Err(Parsed::Unread(
                    "`strptime` with two years is not modelled".to_owned(),
                ));
            }
        };
        let months = [number("m")?, named("b", &MONTHS), named("B", &MONTHS)];
        if months.iter().flatten().count() > 1 {
            return Err(Parsed::Unread(
                "`strptime` with two months is not modelled".to_owned(),
            ));
        }
        let month = months.into_iter().flatten().next().unwrap_or(1);
        let day = number("d")?.unwrap_or(1);
        let hour = match (number("H")?, number("I")?) {
            (hour, None) => hour.unwrap_or(0),
            (None, Some(hour)) => {
                let is_pm = group("p").is_some_and(|text| text.eq_ignore_ascii_case("pm"));
                hour % 12 + if is_pm { 12 } else { 0 }
            }
            (Some(_), Some(_)) => {
                return Err(Parsed::Unread(
                    "`strptime` with two hours is not modelled".to_owned(),
                ));
            }
        };
        let minute = number("M")?.unwrap_or(0);
        let second = number("S")?.unwrap_or(0);
        let micro = match group("f") {
            Some(text) => format!("{text:0<6}").parse().unwrap_or(0),
            None => 0,
        };
        let refused = |words: &str| Err(Parsed::Refused(words.to_owned()));
        // A 29 February without a year is looked at in a leap year, and then refused in 1900.
        let year = year.unwrap_or(1900);
        if year == 0 {
            return Err(Parsed::Refused(format!("year {year} is out of range")));
        }
        let mut date = days(year, month, day);
        match number("j")? {
            Some(of_year) => {
                date = days(year, 1, 1) + of_year - 1;
                if civil(date).0 > 9999 {
                    return Err(Parsed::Unread(
                        "a date of this size is not modelled".to_owned(),
                    ));
                }
            }
            None if day > month_length(year, month) => {
                return refused("day is out of range for month");
            }
            None => {}
        }
        if second > 59 {
            return refused("second must be in 0..59");
        }
        let zone = match group("z") {
            None => None,
            Some("Z") => Some(Zone::utc()),
            Some(text) if text.contains('.') || text.replace(':', "").len() > 5 => {
                return Err(Parsed::Unread(
                    "an offset with seconds is not modelled for `strptime`".to_owned(),
                ));
            }
            Some(text) => match parse_offset(text) {
                Some(zone) if zone.offset.abs() < DAY => Some(zone),
                _ => {
                    return Err(Parsed::Unread(
                        "this offset is not modelled for `strptime`".to_owned(),
                    ));
                }
            },
        };
        let clock = ((hour * 60 + minute) * 60 + second) * SECOND + micro;
        Ok((date * DAY + clock, zone.map(Rc::new)))
    };
    match read() {
        Ok(moment) => Parsed::Moment(moment),
        Err(parsed) => parsed,
    }
}
