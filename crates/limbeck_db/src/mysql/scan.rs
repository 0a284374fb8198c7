//! Just enough of MySQL's lexical rules to find placeholders.

use std::ops::Range;

/// The `?` outside quotes and comments, numbered in order.
pub(crate) fn placeholders(sql: &str) -> Vec<(Range<usize>, usize)> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let length = match first {
            '\'' | '"' | '`' => quoted_length(rest, first),
            '#' => line_length(rest),
            '-' if is_comment(rest) => line_length(rest),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '?' => {
                places.push((at..at + 1, places.len()));
                1
            }
            c => c.len_utf8(),
        };
        at += length;
    }
    places
}

/// Two dashes begin a comment only before a blank.
fn is_comment(rest: &str) -> bool {
    rest.starts_with("--") && rest.chars().nth(2).is_none_or(char::is_whitespace)
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').map_or(rest.len(), |end| end + 1)
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote != '`' {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let check = |sql: &str, starts: &[usize]| {
            let found: Vec<usize> = placeholders(sql)
                .iter()
                .map(|(range, _)| range.start)
                .collect();
            assert_eq!(found, starts, "{sql}");
        };
        check("a = ? and b = ?", &[4, 14]);
        check("'?' = ? -- ?\n and ?", &[6, 18]);
        check(r"'it\'s ?' `?` ?", &[14]);
        check("/* ? */ # ?\n?", &[12]);
        check("1--? ", &[3]);
    }
}
