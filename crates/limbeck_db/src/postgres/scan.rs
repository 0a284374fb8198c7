//! Just enough of PostgreSQL's lexical rules to find the last statement of a text.

use std::ops::Range;

/// The text before the last statement, and the last statement with what follows it.
pub(crate) fn split_last(sql: &str) -> (&str, &str) {
    let mut start = 0;
    let mut pending = None;
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let step = skip(rest);
        let blank = step.is_blank;
        if rest.starts_with(';') {
            pending = Some(at + 1);
        } else if !blank && let Some(next) = pending.take() {
            start = next;
        }
        at += step.length;
    }
    sql.split_at_checked(start).unwrap_or(("", sql))
}

/// The `$1`, `$2`, … outside quotes and comments.
pub(crate) fn placeholders(sql: &str) -> Vec<(Range<usize>, usize)> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let mut length = skip(rest).length;
        if let Some(tail) = rest.strip_prefix('$') {
            let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
            let number = tail
                .get(..digits)
                .and_then(|digits| digits.parse::<usize>().ok());
            if let Some(nth) = number.and_then(|number| number.checked_sub(1)) {
                length = digits + 1;
                places.push((at..at + length, nth));
            }
        }
        at += length;
    }
    places
}

/// True if a statement begins like one that returns rows.
pub(crate) fn may_return_rows(sql: &str) -> bool {
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let step = skip(rest);
        if !step.is_blank && !rest.starts_with(['(', ';']) {
            break;
        }
        at += step.length;
    }
    let rest = sql.get(at..).unwrap_or_default();
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    match word.to_ascii_lowercase().as_str() {
        "select" | "with" | "values" | "table" | "show" | "explain" | "fetch" | "execute" => true,
        "insert" | "update" | "delete" | "merge" => rest.to_ascii_lowercase().contains("returning"),
        _ => false,
    }
}

struct Step {
    length: usize,
    is_blank: bool,
}

/// The token at the start of a text that is not empty.
fn skip(rest: &str) -> Step {
    let token = |length: usize| Step {
        length: length.clamp(1, rest.len()),
        is_blank: false,
    };
    let blank = |length: usize| Step {
        length: length.clamp(1, rest.len()),
        is_blank: true,
    };
    let mut chars = rest.chars();
    let first = chars.next().unwrap_or(' ');
    let second = chars.next().unwrap_or(' ');
    match (first, second) {
        (c, _) if c.is_whitespace() => blank(c.len_utf8()),
        ('-', '-') => blank(rest.find('\n').map_or(rest.len(), |end| end + 1)),
        ('/', '*') => blank(comment_length(rest)),
        ('\'', _) => token(quoted_length(rest, '\'', false)),
        ('"', _) => token(quoted_length(rest, '"', false)),
        ('e' | 'E', '\'') => {
            token(1 + quoted_length(rest.get(1..).unwrap_or_default(), '\'', true))
        }
        ('$', _) => token(dollar_length(rest).unwrap_or(1)),
        (c, _) if c.is_alphanumeric() || c == '_' => {
            // A dollar sign inside a name does not open a quote.
            token(
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                    .unwrap_or(rest.len()),
            )
        }
        (c, _) => token(c.len_utf8()),
    }
}

fn comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted_length(rest: &str, quote: char, backslash: bool) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && backslash {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return at + 1;
            }
        }
    }
    rest.len()
}

fn dollar_length(rest: &str) -> Option<usize> {
    let body = rest.get(1..)?;
    let tag_end = body.find('$')?;
    let tag = body.get(..tag_end)?;
    let is_tag = tag.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !tag.starts_with(|c: char| c.is_ascii_digit());
    if !is_tag {
        return None;
    }
    let fence = rest.get(..tag_end + 2)?;
    let after = rest.get(fence.len()..)?;
    Some(
        after
            .find(fence)
            .map_or(rest.len(), |at| fence.len() + at + fence.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_statements() {
        let check = |sql: &str, last: &str| assert_eq!(split_last(sql).1, last, "{sql}");
        check("select 1", "select 1");
        check("select 1; ", "select 1; ");
        check("select 1; -- done\n", "select 1; -- done\n");
        check("a; b", " b");
        check("select ';'; select 2;", " select 2;");
        check("do $x$ a; b $x$", "do $x$ a; b $x$");
        check(r"select E'\';'; x", " x");
        check("select \";\"", "select \";\"");
        check("/* ; /* ; */ ; */ x", "/* ; /* ; */ ; */ x");
        check("", "");
    }

    #[test]
    fn numbered_places() {
        let check = |sql: &str, found: &[(usize, usize)]| {
            let places: Vec<_> = placeholders(sql)
                .iter()
                .map(|(range, nth)| (range.start, *nth))
                .collect();
            assert_eq!(places, found, "{sql}");
        };
        check("a = $1 and b = $12", &[(4, 0), (15, 11)]);
        check("'$1' $$ $2 $$ a$3 -- $4", &[]);
        check("$1::text", &[(0, 0)]);
    }

    #[test]
    fn rows() {
        assert!(may_return_rows("-- hi\n (SELECT 1)"));
        assert!(may_return_rows("insert into t values (1) RETURNING id"));
        assert!(!may_return_rows("insert into t values (1)"));
        assert!(!may_return_rows("create table t (a int)"));
        assert!(!may_return_rows(""));
    }
}
