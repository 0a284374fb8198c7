//! Named values in statement text, as `sqlalchemy.text()` reads them.

use std::ops::Range;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

use limbeck_schema::Literal;

/// Statement text with its `:name` places filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The text to send.
    pub(crate) sql: String,
    /// Where pieces of `sql` come from: (start in `sql`, start in the given text, copied verbatim).
    pieces: Vec<(usize, usize, bool)>,
}

impl Bound {
    /// The byte in the given text that a byte of the sent text comes from.
    pub(crate) fn origin(&self, offset: usize) -> usize {
        let piece = self
            .pieces
            .iter()
            .rev()
            .find(|(start, _, _)| *start <= offset);
        match piece {
            Some((start, origin, true)) => origin + (offset - start),
            Some((_, origin, false)) => *origin,
            None => offset,
        }
    }
}

/// Puts literals in the place of placeholders, given as byte ranges in order, each with the index of
/// its value.
///
/// # Errors
/// A placeholder has no value, a value no placeholder, or `render` refuses a value.
pub(crate) fn fill_placeholders(
    text: &str,
    places: &[(Range<usize>, usize)],
    values: &[Literal],
    mut render: impl FnMut(&Literal) -> Result<String>,
) -> Result<Bound> {
    let highest = places.iter().map(|(_, nth)| nth + 1).max().unwrap_or(0);
    if highest != values.len() {
        return Err(Error::message(
            ErrorKind::Internal,
            "placeholder-count",
            format!(
                "{} values for a statement with {highest} placeholders",
                values.len()
            ),
        ));
    }
    let mut bound = Bound {
        sql: String::with_capacity(text.len()),
        pieces: vec![(0, 0, true)],
    };
    let mut at = 0;
    for (range, nth) in places {
        bound
            .sql
            .push_str(text.get(at..range.start).unwrap_or_default());
        bound.pieces.push((bound.sql.len(), range.start, false));
        bound
            .sql
            .push_str(&render(values.get(*nth).unwrap_or(&Literal::Null))?);
        bound.pieces.push((bound.sql.len(), range.end, true));
        at = range.end;
    }
    bound.sql.push_str(text.get(at..).unwrap_or_default());
    Ok(bound)
}

/// Replaces every `:name` by what `render` makes of its value, and `\:` by `:`.
///
/// A name follows the rule of SQLAlchemy's compiler: not after a colon, a word character, `$` or a
/// backslash, and not before a colon. Quotes and comments are not looked at, as there.
///
/// # Errors
/// A name has no value, or `render` refuses the value.
pub(crate) fn render_binds(
    text: &str,
    values: &[(String, Literal)],
    mut render: impl FnMut(&Literal) -> Result<String>,
) -> Result<Bound> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let at = |idx: usize| chars.get(idx).map(|&(_, c)| c);
    let end_of = |idx: usize| chars.get(idx).map_or(text.len(), |&(offset, _)| offset);

    let mut bound = Bound {
        sql: String::with_capacity(text.len()),
        pieces: vec![(0, 0, true)],
    };
    let mut idx = 0;
    while let Some(c) = at(idx) {
        if c == '\\' && at(idx + 1) == Some(':') {
            // `\:word` loses its backslash, unless another colon follows the word.
            let mut stop = idx + 2;
            while at(stop).is_some_and(is_word) {
                stop += 1;
            }
            if at(stop) != Some(':') || stop == idx + 2 {
                bound.pieces.push((bound.sql.len(), end_of(idx + 1), true));
                bound
                    .sql
                    .push_str(text.get(end_of(idx + 1)..end_of(stop)).unwrap_or_default());
                idx = stop;
                continue;
            }
        }
        let opens = c == ':'
            && at(idx + 1).is_some_and(is_word)
            && idx
                .checked_sub(1)
                .and_then(at)
                .is_none_or(|p| !(is_word(p) || p == ':' || p == '\\'));
        if opens {
            let mut stop = idx + 1;
            while at(stop).is_some_and(is_word) {
                stop += 1;
            }
            if at(stop) != Some(':') {
                let name = text.get(end_of(idx + 1)..end_of(stop)).unwrap_or_default();
                let Some((_, value)) = values.iter().find(|(key, _)| key == name) else {
                    return Err(missing_value(name));
                };
                bound.pieces.push((bound.sql.len(), end_of(idx), false));
                bound.sql.push_str(&render(value)?);
                bound.pieces.push((bound.sql.len(), end_of(stop), true));
                idx = stop;
                continue;
            }
        }
        bound.sql.push(c);
        idx += 1;
    }
    Ok(bound)
}

/// SQLAlchemy's words for a name without a value.
fn missing_value(name: &str) -> Error {
    Error::new(
        ErrorKind::Database,
        Diagnostic::error(
            "bind-value-missing",
            format!("A value is required for bind parameter '{name}'"),
        )
        .help(format!(
            "pass a value for `{name}`, or write `\\:{name}` for a plain colon"
        )),
    )
}

/// A value that has no form on a server.
pub(crate) fn unadaptable(server: &str, value: &str) -> Error {
    Error::new(
        ErrorKind::Database,
        Diagnostic::error(
            "bind-value-type",
            format!("can't adapt a value of type {value} for {server}"),
        )
        .help("convert it to text, a number or JSON text before passing it"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let values = vec![
            ("a".to_owned(), Literal::Str("A".into())),
            ("b1".to_owned(), Literal::Str("B".into())),
        ];
        let bound = render_binds(text, &values, |value| match value {
            Literal::Str(text) => Ok(format!("<{text}>")),
            _ => Ok(String::new()),
        });
        assert_eq!(bound.unwrap().sql, expected, "{text}");
    }

    #[test]
    fn places() {
        check("select :a, :b1", "select <A>, <B>");
        check("select x::text, :a", "select x::text, <A>");
        check(r"select '\:a'", "select ':a'");
        check(r"select '12\:30\:00'", "select '12:30:00'");
        check("select 12:30", "select 12:30");
        check("x = ':a'", "x = '<A>'");
        check("ü:a :a", "ü:a <A>");
        check("a[1:2] :a:", "a[1:2] :a:");
    }

    #[test]
    fn origins_survive() {
        let text = "select :a, nope";
        let values = vec![("a".to_owned(), Literal::Null)];
        let bound = render_binds(text, &values, |_| Ok("'something long'".to_owned())).unwrap();
        let sent = bound.sql.find("nope").unwrap();
        assert_eq!(bound.origin(sent), text.find("nope").unwrap());
    }

    #[test]
    fn a_missing_value_is_named() {
        let error = render_binds("select :nope", &[], |_| Ok(String::new())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "A value is required for bind parameter 'nope'"
        );
    }
}
