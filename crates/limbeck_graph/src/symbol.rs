//! The texts that a user or a database row can name revisions with.

use std::fmt;

/// An argument that names revisions: nothing, one symbol, or several.
///
/// Alembic treats the three differently in places (a relative step such as `+1` is only recognised
/// in a single text), so the difference is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    /// Python's `None`: before the first revision.
    #[default]
    None,
    /// One symbol: `head`, `ae10`, `label@+1`, ….
    One(String),
    /// Several, such as the rows of the version table.
    Many(Vec<String>),
}

impl Target {
    /// Several symbols.
    pub fn many<S: Into<String>>(symbols: impl IntoIterator<Item = S>) -> Target {
        Target::Many(symbols.into_iter().map(Into::into).collect())
    }

    /// The symbols it is made of.
    #[must_use]
    pub fn symbols(&self) -> &[String] {
        match self {
            Target::None => &[],
            Target::One(symbol) => std::slice::from_ref(symbol),
            Target::Many(symbols) => symbols,
        }
    }

    /// True for what Python calls false: `None`, an empty text, no symbols.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Target::None => true,
            Target::One(symbol) => symbol.is_empty(),
            Target::Many(symbols) => symbols.is_empty(),
        }
    }
}

impl From<&str> for Target {
    fn from(symbol: &str) -> Target {
        Target::One(symbol.to_owned())
    }
}

impl From<String> for Target {
    fn from(symbol: String) -> Target {
        Target::One(symbol)
    }
}

impl From<Option<&str>> for Target {
    fn from(symbol: Option<&str>) -> Target {
        symbol.map_or(Target::None, Target::from)
    }
}

impl From<Vec<String>> for Target {
    fn from(symbols: Vec<String>) -> Target {
        Target::Many(symbols)
    }
}

/// The way Python's `%s` prints it: several symbols as a tuple.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::None => f.write_str("None"),
            Target::One(symbol) => f.write_str(symbol),
            Target::Many(symbols) => {
                f.write_str("(")?;
                for (index, symbol) in symbols.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "'{symbol}'")?;
                }
                f.write_str(if symbols.len() == 1 { ",)" } else { ")" })
            }
        }
    }
}

/// A relative symbol: `[label@][symbol](+|-)N`, the text after the number ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relative<'a> {
    /// The part before `@`.
    pub(crate) branch_label: Option<&'a str>,
    /// What the step counts from; the state of the database if absent.
    pub(crate) symbol: Option<&'a str>,
    /// The step as written, with its sign.
    pub(crate) text: &'a str,
    /// The step as a number.
    pub(crate) steps: i64,
}

/// Reads a relative symbol, by the rule of Alembic's `(?:(.+?)@)?(\w+)?((?:\+|-)\d+)` matched at
/// the start of the text.
pub(crate) fn parse_relative(text: &str) -> Option<Relative<'_>> {
    let line_end = text.find('\n').unwrap_or(text.len());
    let labelled = text
        .char_indices()
        .skip(1)
        .take_while(|(at, _)| *at < line_end)
        .filter(|(_, character)| *character == '@')
        .find_map(|(at, _)| Some((text.get(..at)?, parse_step(text.get(at + 1..)?)?)));
    match labelled {
        Some((label, relative)) => Some(Relative {
            branch_label: Some(label),
            ..relative
        }),
        None => parse_step(text),
    }
}

fn parse_step(text: &str) -> Option<Relative<'_>> {
    let symbol_end = text
        .char_indices()
        .find(|(_, character)| !(character.is_alphanumeric() || *character == '_'))
        .map_or(text.len(), |(at, _)| at);
    let (symbol, rest) = text.split_at(symbol_end);
    let digits = rest.strip_prefix(['+', '-'])?;
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 {
        return None;
    }
    let step = rest.get(..=length)?;
    let limit = if step.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    Some(Relative {
        branch_label: None,
        symbol: (!symbol.is_empty()).then_some(symbol),
        text: step,
        steps: step.parse().unwrap_or(limit),
    })
}

/// The value of `text` by the rules of Python's `int()`, if it is one and negative.
pub(crate) fn parse_negative(text: &str) -> Option<i64> {
    let digits = text.trim().strip_prefix('-')?;
    let well_formed = digits
        .split('_')
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    if !well_formed {
        return None;
    }
    let value: i64 = digits.replace('_', "").parse().unwrap_or(i64::MAX);
    (value > 0).then_some(-value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(Option<&str>, Option<&str>, &str)>) {
        let found = parse_relative(text).map(|it| (it.branch_label, it.symbol, it.text));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn relative_symbols_follow_the_regular_expression() {
        check("+2", Some((None, None, "+2")));
        check("-1", Some((None, None, "-1")));
        check("ae10+3", Some((None, Some("ae10"), "+3")));
        check("lab@+1", Some((Some("lab"), None, "+1")));
        check("lab@head-2", Some((Some("lab"), Some("head"), "-2")));
        check("a@b@head-2junk", Some((Some("a@b"), Some("head"), "-2")));
        check("+1garbage", Some((None, None, "+1")));
        check("@+1", None);
        check("lab@head", None);
        check("a b+1", None);
        check("+", None);
        check("", None);
    }

    #[test]
    fn negative_numbers_are_read_like_python_does() {
        assert_eq!(parse_negative(" -1_0 "), Some(-10));
        assert_eq!(parse_negative("-0"), None);
        assert_eq!(parse_negative("-1a"), None);
        assert_eq!(parse_negative("12"), None);
        assert_eq!(parse_negative("-"), None);
    }
}
