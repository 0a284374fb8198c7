//! From a place in a statement to the place in the source that the statement was written in.

use std::ops::Range;

/// Finds the token at `offset` of a statement in the source of the call that made it: `source` is the whole file, `span` the call.
///
/// The statement need not stand there as it is: a string literal has escapes, is cut into lines, or is put together. The place
/// whose surroundings agree with the token's for longest is the one, blanks aside; `None` if there is none or more than one.
#[must_use]
pub fn locate_token(
    sql: &str,
    offset: usize,
    source: &str,
    span: Range<usize>,
) -> Option<Range<usize>> {
    let call = source.get(span.clone())?;
    let token = token_at(sql, offset)?;
    let text = sql.get(token.clone())?;
    let mut best: Option<(usize, usize)> = None;
    let mut tied = false;
    for (at, _) in call.match_indices(text) {
        let end = at + text.len();
        if !stands_alone(call, at, end) {
            continue;
        }
        let before = agreement(
            sql.get(..token.start)?.chars().rev(),
            call.get(..at)?.chars().rev(),
        );
        let after = agreement(sql.get(token.end..)?.chars(), call.get(end..)?.chars());
        let score = before + after;
        match best {
            Some((known, _)) if known > score => {}
            Some((known, _)) if known == score => tied = true,
            Some(_) | None => {
                best = Some((score, at));
                tied = false;
            }
        }
    }
    let (_, at) = best.filter(|_| !tied)?;
    let start = span.start + at;
    Some(start..start + text.len())
}

/// The word or sign that begins at, or holds, a byte.
fn token_at(sql: &str, offset: usize) -> Option<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let rest = sql.get(offset..)?;
    let first = rest.chars().next()?;
    if !is_word(first) {
        return Some(offset..offset + first.len_utf8());
    }
    let before = sql.get(..offset)?;
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_word(*c))
        .last()
        .map_or(offset, |(at, _)| at);
    let end = offset + rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    Some(start..end)
}

/// A word is not a part of a longer one.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let inside = text.get(start..end).unwrap_or_default();
    if !inside.starts_with(is_word) {
        return true;
    }
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    // `\nSELECT` in source: the letter belongs to the escape.
    let escape = before.is_some_and(|c| matches!(c, 'n' | 't' | 'r'))
        && text
            .get(..start)
            .is_some_and(|text| text.chars().rev().nth(1) == Some('\\'));
    (escape || !before.is_some_and(is_word)) && !after.is_some_and(is_word)
}

/// How many characters agree, blanks aside.
fn agreement(left: impl Iterator<Item = char>, right: impl Iterator<Item = char>) -> usize {
    let solid = |c: &char| !c.is_whitespace();
    left.filter(solid)
        .zip(right.filter(solid))
        .take_while(|(left, right)| left == right)
        .count()
}

#[cfg(test)]
mod tests {
    use super::locate_token;

    #[track_caller]
    fn check(source: &str, sql: &str, token: &str, nth: usize, expected: Option<usize>) {
        let (offset, _) = sql.match_indices(token).nth(nth).unwrap_or((0, ""));
        let found = locate_token(sql, offset, source, 0..source.len());
        assert_eq!(found.map(|range| range.start), expected, "{source}");
    }

    #[test]
    fn tokens_are_found_where_they_were_written() {
        check(
            "op.execute(\"update t set x = y\")",
            "update t set x = y",
            "x",
            0,
            Some(25),
        );
        let source = "op.execute(\"\"\"\n    select a\n    from missing\n\"\"\")";
        check(
            source,
            "select a\n    from missing",
            "missing",
            0,
            source.find("missing"),
        );
        // The second `a` of two.
        let source = "op.execute('select a, b from a')";
        check(source, "select a, b from a", "a", 1, source.rfind('a'));
        // Made by an expression: it stands nowhere.
        check(
            "op.execute(t.update().values(n='x'))",
            "UPDATE t SET nope='x'",
            "nope",
            0,
            None,
        );
        let source = "op.execute('a\\nSELECT nope')";
        check(source, "a\nSELECT nope", "SELECT", 0, source.find("SELECT"));
    }
}
