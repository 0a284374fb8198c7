//! Dates and times between text and value.

use limbeck_schema::{Date, DateTime, Interval, Time};

/// `2020-01-31`, in Python's range of years.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next().filter(|part| is_digits(part));
    let year = next()?.parse().ok()?;
    let month = next()?.parse().ok()?;
    let day = next()?.parse().ok()?;
    let fits = (1..=9999).contains(&year) && day >= 1 && day <= days_in_month(year, month)?;
    fits.then_some(Date { year, month, day })
}

/// `12:30:00`, `12:30:00.5`, `12:30:00+02`, `12:30:00-03:30`.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    let (clock, utc_offset) = match text.find(['+', '-', 'Z']) {
        Some(at) => (text.get(..at)?, Some(parse_offset(text.get(at..)?)?)),
        None => (text, None),
    };
    let (hour, minute, second, microsecond) = parse_clock(clock)?;
    let fits = hour < 24 && minute < 60 && second < 60;
    fits.then_some(Time {
        hour: u8::try_from(hour).ok()?,
        minute: u8::try_from(minute).ok()?,
        second: u8::try_from(second).ok()?,
        microsecond,
        utc_offset,
    })
}

/// A date, a blank or `T`, and a time.
pub(crate) fn parse_datetime(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once([' ', 'T'])?;
    Some(DateTime {
        date: parse_date(date)?,
        time: parse_time(time)?,
    })
}

/// `hours:minutes:seconds.fraction`; the hours may be many.
pub(crate) fn parse_clock(text: &str) -> Option<(u64, u64, u64, u32)> {
    let mut parts = text.split(':');
    let hours = parts.next().filter(|part| is_digits(part))?.parse().ok()?;
    let minutes = parts.next().filter(|part| is_digits(part))?.parse().ok()?;
    let seconds = parts.next().unwrap_or("0");
    if parts.next().is_some() {
        return None;
    }
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    if !is_digits(seconds) || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let micros: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(6)
        .collect();
    Some((hours, minutes, seconds.parse().ok()?, micros.parse().ok()?))
}

/// Seconds east of UTC from `Z`, `+02`, `-03:30`, `+01:30:20`.
fn parse_offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let mut seconds = 0;
    for (part, unit) in rest.split(':').zip([3600, 60, 1]) {
        seconds += part.parse::<i32>().ok()? * unit;
    }
    Some(sign * seconds)
}

/// A length of time from its sign and parts, normalised as Python does.
pub(crate) fn interval(negative: bool, days: i64, seconds: i64, microseconds: i64) -> Interval {
    let total =
        (i128::from(days) * 86_400 + i128::from(seconds)) * 1_000_000 + i128::from(microseconds);
    let total = if negative { -total } else { total };
    let day = 86_400_000_000;
    let rest = total.rem_euclid(day);
    Interval {
        days: i64::try_from(total.div_euclid(day)).unwrap_or(i64::MAX),
        seconds: u32::try_from(rest / 1_000_000).unwrap_or_default(),
        microseconds: u32::try_from(rest % 1_000_000).unwrap_or_default(),
    }
}

/// The point in time that is this long after 1970-01-01, in Python's range of years.
pub(crate) fn since_epoch(interval: Interval) -> Option<DateTime> {
    Some(DateTime {
        date: civil_from_days(interval.days)?,
        time: Time {
            hour: u8::try_from(interval.seconds / 3600).ok()?,
            minute: u8::try_from(interval.seconds / 60 % 60).ok()?,
            second: u8::try_from(interval.seconds % 60).ok()?,
            microsecond: interval.microseconds,
            utc_offset: None,
        },
    })
}

/// The date a number of days after 1970-01-01, in Python's range of years.
fn civil_from_days(days: i64) -> Option<Date> {
    // Years start in March here, so that the leap day is the last day of a year.
    let days = days.checked_add(719_468)?;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let date = Date {
        year: i32::try_from(year).ok()?,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day_of_year - (153 * shifted_month + 2) / 5 + 1).ok()?,
    };
    (1..=9999).contains(&date.year).then_some(date)
}

/// `2020-01-31`
pub(crate) fn render_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// `12:30:00.000000+02:00`, with as many parts as `fraction` and the value ask for.
pub(crate) fn render_time(time: Time, fraction: Fraction, with_offset: bool) -> String {
    let mut text = format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    if fraction == Fraction::Always || time.microsecond != 0 {
        text.push_str(&format!(".{:06}", time.microsecond));
    }
    if let Some(offset) = time.utc_offset.filter(|_| with_offset) {
        let (sign, offset) = if offset < 0 {
            ('-', -offset)
        } else {
            ('+', offset)
        };
        text.push_str(&format!(
            "{sign}{:02}:{:02}",
            offset / 3600,
            offset % 3600 / 60
        ));
        if offset % 60 != 0 {
            text.push_str(&format!(":{:02}", offset % 60));
        }
    }
    text
}

/// Whether the fraction of a second is written when it is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fraction {
    /// Six digits, always.
    Always,
    /// Six digits, unless they are zero.
    IfAny,
}

/// The date and the time with `between` in the middle.
pub(crate) fn render_datetime(
    value: DateTime,
    between: char,
    fraction: Fraction,
    with_offset: bool,
) -> String {
    format!(
        "{}{between}{}",
        render_date(value.date),
        render_time(value.time, fraction, with_offset)
    )
}

/// `01234567-89ab-…`
pub(crate) fn render_uuid(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (idx, byte) in bytes.iter().enumerate() {
        if matches!(idx, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// Sixteen bytes from the usual text of a UUID.
pub(crate) fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let pairs: Vec<u8> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high * 16 + low),
            _ => None,
        })
        .collect::<Option<_>>()?;
    pairs.try_into().ok()
}

/// Two hexadecimal digits a byte.
pub(crate) fn render_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn days_in_month(year: i32, month: u8) -> Option<u8> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datetimes_round_trip() {
        for text in [
            "2020-02-29 12:30:00",
            "0001-01-01 00:00:00.000001",
            "2020-01-01 00:00:00-03:30",
        ] {
            let value = parse_datetime(text).unwrap();
            assert_eq!(render_datetime(value, ' ', Fraction::IfAny, true), text);
        }
        assert_eq!(parse_datetime("2021-02-29 00:00:00"), None);
        assert_eq!(parse_datetime("0000-00-00 00:00:00"), None);
        assert_eq!(parse_datetime("infinity"), None);
    }

    #[test]
    fn intervals_normalise_as_timedelta() {
        let value = interval(true, 0, 25 * 3600 + 377, 0);
        assert_eq!(
            (value.days, value.seconds, value.microseconds),
            (-2, 82_423, 0)
        );
    }

    #[test]
    fn uuids_round_trip() {
        let text = "01234567-89ab-cdef-0123-456789abcdef";
        assert_eq!(render_uuid(parse_uuid(text).unwrap()), text);
        assert_eq!(parse_uuid("0123"), None);
    }

    #[test]
    fn days_since_the_epoch() {
        let check = |days, text: &str| {
            assert_eq!(
                civil_from_days(days).map(render_date).as_deref(),
                Some(text)
            );
        };
        check(0, "1970-01-01");
        check(-1, "1969-12-31");
        check(11_016, "2000-02-29");
        check(2_932_896, "9999-12-31");
        assert_eq!(civil_from_days(2_932_897), None);
    }
}
