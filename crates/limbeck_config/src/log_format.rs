//! How one line of the log is written: Python's three styles of format, and `datefmt`.

use std::fmt::Write as _;

use crate::logging::{Handler, Record};
use crate::percent::{Argument, format_mapping};

/// How the fields of a format are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `%(message)s`
    Percent,
    /// `{message}`
    Brace,
    /// `$message` or `${message}`
    Dollar,
}

impl Style {
    pub(crate) fn default_format(self) -> &'static str {
        match self {
            Style::Percent => "%(message)s",
            Style::Brace => "{message}",
            Style::Dollar => "${message}",
        }
    }
}

/// The line; a format that Python would fail at gives the message alone.
pub(crate) fn render_line(handler: &Handler, record: &Record<'_>) -> String {
    let field = |name: &str| field(name, handler, record);
    let line = match handler.style {
        Style::Percent => format_mapping(&handler.format, field).ok(),
        Style::Brace => render_braces(&handler.format, field),
        Style::Dollar => render_dollars(&handler.format, field),
    };
    line.unwrap_or_else(|| record.message.to_owned())
}

fn field(name: &str, handler: &Handler, record: &Record<'_>) -> Option<Argument> {
    let module = || {
        record
            .logger
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    Some(match name {
        "levelname" => Argument::Text(record.level_name.to_owned()),
        "levelno" => Argument::Number(i64::from(record.level)),
        "name" => Argument::Text(record.logger.to_owned()),
        "message" => Argument::Text(record.message.to_owned()),
        "asctime" => Argument::Text(match &handler.datefmt {
            Some(format) if !format.is_empty() => render_date(format, record.asctime),
            _ => record.asctime.to_owned(),
        }),
        "module" => Argument::Text(module()),
        "filename" => Argument::Text(format!("{}.py", module())),
        "threadName" => Argument::Text("MainThread".to_owned()),
        "processName" => Argument::Text("MainProcess".to_owned()),
        // What belongs to Python's own frames and processes is not known here.
        "pathname" | "funcName" => Argument::Text(String::new()),
        "lineno" | "process" | "thread" | "msecs" => Argument::Number(0),
        _ => return None,
    })
}

fn text_of(argument: Argument) -> String {
    match argument {
        Argument::Text(text) => text,
        Argument::Number(number) => number.to_string(),
    }
}

/// `str.format` with `{name}` and `{name:<8.5}`.
fn render_braces(format: &str, field: impl Fn(&str) -> Option<Argument>) -> Option<String> {
    let mut line = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        let (plain, marked) = rest.split_at(at);
        line.push_str(plain);
        if let Some(after) = marked.strip_prefix("{{") {
            line.push('{');
            rest = after;
        } else if let Some(after) = marked.strip_prefix("}}") {
            line.push('}');
            rest = after;
        } else {
            let (inside, after) = marked.strip_prefix('{')?.split_once('}')?;
            let (name, spec) = inside.split_once(':').unwrap_or((inside, ""));
            let argument = field(name)?;
            let is_number = matches!(argument, Argument::Number(_));
            line.push_str(&pad(
                &text_of(argument),
                spec.trim_end_matches(['s', 'd']),
                is_number,
            )?);
            rest = after;
        }
    }
    line.push_str(rest);
    Some(line)
}

/// `[[fill]align][width][.precision]`
fn pad(text: &str, spec: &str, is_number: bool) -> Option<String> {
    let is_align = |it: char| matches!(it, '<' | '>' | '^');
    let mut characters = spec.chars();
    let (first, second) = (characters.next(), characters.next());
    let (fill, align, rest) = match (first, second) {
        (Some(fill), Some(align)) if is_align(align) => {
            (fill, align, spec.get(fill.len_utf8() + 1..)?)
        }
        (Some(align), _) if is_align(align) => (' ', align, spec.get(1..)?),
        _ => (' ', if is_number { '>' } else { '<' }, spec),
    };
    let (width, precision) = match rest.split_once('.') {
        Some((width, precision)) => (width, Some(precision.parse::<usize>().ok()?)),
        None => (rest, None),
    };
    let width: usize = if width.is_empty() {
        0
    } else {
        width.parse().ok()?
    };
    let cut: String = text.chars().take(precision.unwrap_or(usize::MAX)).collect();
    // A width beyond any screen is a mistake, not a wish.
    let missing = width.min(1_000).saturating_sub(cut.chars().count());
    let before = match align {
        '>' => missing,
        '^' => missing / 2,
        _ => 0,
    };
    let fills = |count: usize| fill.to_string().repeat(count);
    Some(format!("{}{cut}{}", fills(before), fills(missing - before)))
}

/// `string.Template.substitute`
fn render_dollars(format: &str, field: impl Fn(&str) -> Option<Argument>) -> Option<String> {
    let mut line = String::new();
    let mut rest = format;
    while let Some((plain, after)) = rest.split_once('$') {
        line.push_str(plain);
        if let Some(after) = after.strip_prefix('$') {
            line.push('$');
            rest = after;
            continue;
        }
        let (name, after) = match after.strip_prefix('{') {
            Some(inside) => inside.split_once('}')?,
            None => {
                let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
                let end = after.find(|it| !is_name(it)).unwrap_or(after.len());
                after.split_at(end)
            }
        };
        line.push_str(&text_of(field(name)?));
        rest = after;
    }
    line.push_str(rest);
    Some(line)
}

/// `time.strftime` in the C locale, of a time as `2026-03-04 05:06:07,089`. What it does not know stays
/// as it is.
fn render_date(format: &str, asctime: &str) -> String {
    let mut numbers = asctime
        .split(['-', ' ', ':', ','])
        .map(|it| it.parse::<i64>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    let (year, month, day, hour, minute, second) = (next(), next(), next(), next(), next(), next());
    let months = [
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
    let days = [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ];
    let named = |names: &[&'static str], at: i64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| names.get(at).copied())
            .unwrap_or_default()
    };
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let half = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut text = String::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        let written = match characters.next() {
            Some('Y') => write!(text, "{year}"),
            Some('y') => write!(text, "{:02}", year.rem_euclid(100)),
            Some('m') => write!(text, "{month:02}"),
            Some('d') => write!(text, "{day:02}"),
            Some('H') => write!(text, "{hour:02}"),
            Some('I') => write!(text, "{half:02}"),
            Some('M') => write!(text, "{minute:02}"),
            Some('S') => write!(text, "{second:02}"),
            Some('p') => write!(text, "{}", if hour < 12 { "AM" } else { "PM" }),
            Some('B') => write!(text, "{}", named(&months, month - 1)),
            Some('b' | 'h') => write!(text, "{}", short(named(&months, month - 1))),
            Some('A') => write!(text, "{}", named(&days, weekday(year, month, day))),
            Some('a') => write!(text, "{}", short(named(&days, weekday(year, month, day)))),
            Some('F') => write!(text, "{year}-{month:02}-{day:02}"),
            Some('T') => write!(text, "{hour:02}:{minute:02}:{second:02}"),
            Some('R') => write!(text, "{hour:02}:{minute:02}"),
            Some('D') => write!(text, "{month:02}/{day:02}/{:02}", year.rem_euclid(100)),
            Some('%') => write!(text, "%"),
            Some(other) => write!(text, "%{other}"),
            None => write!(text, "%"),
        };
        // Writing to a text cannot fail.
        let _ = written;
    }
    text
}

/// Sunday is zero (Sakamoto's rule).
fn weekday(year: i64, month: i64, day: i64) -> i64 {
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let offset = usize::try_from(month - 1)
        .ok()
        .and_then(|at| offsets.get(at).copied())
        .unwrap_or(0);
    let year = if month < 3 { year - 1 } else { year };
    (year + year / 4 - year / 100 + year / 400 + offset + day).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let check = |format: &str, expected: &str| {
            assert_eq!(render_date(format, "2026-03-04 15:06:07,089"), expected);
        };
        check("%H:%M:%S", "15:06:07");
        check("%Y-%m-%dT%H:%M:%S%%", "2026-03-04T15:06:07%");
        check("%a %d %b %y, %I %p %Q%", "Wed 04 Mar 26, 03 PM %Q%");
        check(
            "%A %B %F %T %D %R",
            "Wednesday March 2026-03-04 15:06:07 03/04/26 15:06",
        );
    }

    #[test]
    fn braces() {
        let check = |format: &str, expected: Option<&str>| {
            let field = |name: &str| match name {
                "levelno" => Some(Argument::Number(20)),
                "name" => Some(Argument::Text("alembic".to_owned())),
                _ => None,
            };
            assert_eq!(render_braces(format, field).as_deref(), expected);
        };
        check(
            "{{{name:>9}|{name:-^9.5s}|{levelno:4}}}",
            Some("{  alembic|--alemb--|  20}"),
        );
        check("{nothing}", None);
        check("{name", None);
    }
}
