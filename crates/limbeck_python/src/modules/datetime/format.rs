//! Text of dates and times: ISO 8601, `strftime`.

use std::rc::Rc;

use super::calendar::{civil, days, month_length, weekday};
use super::objects::Zone;
use super::{DAY, SECOND};

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// A moment with its zone.
pub(crate) type Moment = (i64, Option<Rc<Zone>>);

pub(crate) fn date_text(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

pub(crate) fn clock_text(micros: i64) -> String {
    let (seconds, fraction) = (micros.div_euclid(SECOND), micros.rem_euclid(SECOND));
    let text = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if fraction == 0 {
        text
    } else {
        format!("{text}.{fraction:06}")
    }
}

/// `+01:00`.
pub(crate) fn offset_text(offset: i64, colon: bool) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let seconds = offset.abs() / SECOND;
    let colon = if colon { ":" } else { "" };
    let mut text = format!("{sign}{:02}{colon}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 {
        text.push_str(&format!("{colon}{:02}", seconds % 60));
    }
    text
}

fn digits(text: &str, from: usize, count: usize) -> Option<i64> {
    let part = text.get(from..from + count)?;
    if part.bytes().all(|byte| byte.is_ascii_digit()) {
        part.parse().ok()
    } else {
        None
    }
}

fn checked_date(year: i64, month: i64, day: i64) -> Option<i64> {
    let fits = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && day >= 1
        && day <= month_length(year, month);
    fits.then(|| days(year, month, day))
}

pub(crate) fn parse_date(text: &str) -> Option<i64> {
    if text.len() == 8 && !text.contains('-') {
        return checked_date(
            digits(text, 0, 4)?,
            digits(text, 4, 2)?,
            digits(text, 6, 2)?,
        );
    }
    if text.len() != 10 || text.get(4..5)? != "-" || text.get(7..8)? != "-" {
        return None;
    }
    checked_date(
        digits(text, 0, 4)?,
        digits(text, 5, 2)?,
        digits(text, 8, 2)?,
    )
}

/// What Python says about a text that is no ISO 8601; none where it may read more than we do.
pub(crate) fn iso_fault(text: &str) -> Option<String> {
    let shown = limbeck_schema::py_str(text);
    let is_long = text.get(4..5) == Some("-");
    let (month_at, day_at, end) = if is_long { (5, 8, 10) } else { (4, 6, 8) };
    let parts = (
        digits(text, 0, 4),
        digits(text, month_at, 2),
        digits(text, day_at, 2),
    );
    let is_iso = |char: char| char.is_ascii_digit() || ":.,+-WTZ ".contains(char);
    match parts {
        _ if text.contains('W') || text.starts_with('T') => None,
        (Some(year), Some(month), Some(day)) if text.len() == end => {
            Some(if !(1..=9999).contains(&year) {
                format!("year {year} is out of range")
            } else if !(1..=12).contains(&month) {
                "month must be in 1..12".to_owned()
            } else if day < 1 || day > month_length(year, month) {
                "day is out of range for month".to_owned()
            } else {
                format!("Invalid isoformat string: {shown}")
            })
        }
        (Some(_), Some(_), Some(_)) if text.chars().all(is_iso) => None,
        _ if text.contains(':') && text.chars().all(is_iso) => None,
        _ => Some(format!("Invalid isoformat string: {shown}")),
    }
}

pub(crate) fn parse_time(text: &str) -> Option<Moment> {
    let cut = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let (clock, zone) = (text.get(..cut)?, text.get(cut..)?);
    let (clock, fraction) = clock
        .split_once(['.', ','])
        .map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let plain = clock.replace(':', "");
    if !matches!(plain.len(), 2 | 4 | 6) {
        return None;
    }
    let part = |from: usize| {
        if plain.len() > from {
            digits(&plain, from, 2)
        } else {
            Some(0)
        }
    };
    let (hour, minute, second) = (part(0)?, part(2)?, part(4)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut micros = ((hour * 60 + minute) * 60 + second) * SECOND;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let padded: String = fraction.chars().chain("000000".chars()).take(6).collect();
        micros += padded.parse::<i64>().ok()?;
    }
    let zone = match zone {
        "" => None,
        "Z" => Some(Rc::new(Zone::utc())),
        zone => Some(Rc::new(parse_offset(zone)?)),
    };
    Some((micros, zone))
}

pub(super) fn parse_offset(text: &str) -> Option<Zone> {
    let negative = text.starts_with('-');
    let plain = text.get(1..)?.replace(':', "");
    let hours = digits(&plain, 0, 2)?;
    let minutes = if plain.len() >= 4 {
        digits(&plain, 2, 2)?
    } else {
        0
    };
    let seconds = match plain.len() {
        6 => digits(&plain, 4, 2)?,
        0..=4 => 0,
        _ => return None,
    };
    let offset = ((hours * 60 + minutes) * 60 + seconds) * SECOND;
    let offset = if negative { -offset } else { offset };
    Some(if offset == 0 {
        Zone::utc()
    } else {
        Zone {
            offset,
            name: None,
            is_utc: false,
        }
    })
}

pub(crate) fn parse_datetime(text: &str) -> Option<Moment> {
    let cut = if text.get(4..5)? == "-" { 10 } else { 8 };
    let date = parse_date(text.get(..cut)?)?;
    let rest = text.get(cut..)?;
    if rest.is_empty() {
        return Some((date * DAY, None));
    }
    let mut chars = rest.chars();
    chars.next()?;
    let (micros, zone) = parse_time(chars.as_str())?;
    Some((date * DAY + micros, zone))
}

/// `strftime`; the error is a code that is not modelled.
pub(crate) fn strftime(micros: i64, zone: Option<&Zone>, pattern: &str) -> Result<String, char> {
    let date = micros.div_euclid(DAY);
    let clock = micros.rem_euclid(DAY);
    let (year, month, day) = civil(date);
    let seconds = clock / SECOND;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let month_name = usize::try_from(month - 1)
        .ok()
        .and_then(|index| MONTHS.get(index))
        .copied()
        .unwrap_or_default();
    let day_name = usize::try_from(weekday(date))
        .ok()
        .and_then(|index| WEEKDAYS.get(index))
        .copied()
        .unwrap_or_default();
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        if char != '%' {
            out.push(char);
            continue;
        }
        match chars.next().unwrap_or('%') {
            // As the C library does it: no padding of years.
            'Y' if year >= 1000 => out.push_str(&year.to_string()),
            'y' => out.push_str(&format!("{:02}", year % 100)),
            'm' => out.push_str(&format!("{month:02}")),
            'd' => out.push_str(&format!("{day:02}")),
            'H' => out.push_str(&format!("{hour:02}")),
            'I' => out.push_str(&format!("{twelve:02}")),
            'M' => out.push_str(&format!("{minute:02}")),
            'S' => out.push_str(&format!("{second:02}")),
            'f' => out.push_str(&format!("{:06}", clock % SECOND)),
            'p' => out.push_str(if hour < 12 { "AM" } else { "PM" }),
            'B' => out.push_str(month_name),
            'b' | 'h' => out.push_str(month_name.get(..3).unwrap_or_default()),
            'A' => out.push_str(day_name),
            'a' => out.push_str(day_name.get(..3).unwrap_or_default()),
            'j' => out.push_str(&format!("{:03}", date - days(year, 1, 1) + 1)),
            'w' => out.push_str(&((weekday(date) + 1) % 7).to_string()),
            'z' => out.push_str(
                &zone
                    .map(|zone| offset_text(zone.offset, false))
                    .unwrap_or_default(),
            ),
            'Z' => out.push_str(&zone.map(Zone::text).unwrap_or_default()),
            'F' if year >= 1000 => out.push_str(&date_text(date)),
            'T' => out.push_str(&clock_text(clock - clock % SECOND)),
            '%' => out.push('%'),
            other => return Err(other),
        }
    }
    Ok(out)
}
