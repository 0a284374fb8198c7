//! Reading the texts that servers give for parts of a table.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use fancy_regex::{Captures, Regex};

/// A pattern of this crate, compiled once in the life of the process.
pub(super) fn pattern(text: &str) -> Regex {
    static COMPILED: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = compiled.get(text) {
        return pattern.clone();
    }
    let pattern = one_time_pattern(text);
    compiled.insert(text.to_owned(), pattern.clone());
    pattern
}

/// A pattern with a name in it (escaped).
pub(super) fn one_time_pattern(text: &str) -> Regex {
    #[expect(
        clippy::expect_used,
        reason = "a pattern that does not compile fails every test of its server"
    )]
    Regex::new(text).expect("a pattern of limbeck_db")
}

/// Every match, left to right; a text too hard to match has none.
pub(super) fn find_all<'t>(pattern: &Regex, text: &'t str) -> Vec<Captures<'t>> {
    pattern.captures_iter(text).map_while(Result::ok).collect()
}

/// The first match.
pub(super) fn find<'t>(pattern: &Regex, text: &'t str) -> Option<Captures<'t>> {
    pattern.captures(text).ok().flatten()
}

/// The text of a group; `None` if it did not take part.
pub(super) fn group<'t>(captures: &Captures<'t>, at: usize) -> Option<&'t str> {
    captures.get(at).map(|it| it.as_str())
}

/// Where the parenthesis that is open at `start` is closed. Quoted text is skipped.
pub(super) fn matching_paren(text: &str, start: usize) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            // A doubled quote closes and opens again, which comes to the same.
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Without one layer of parentheses around the whole; else as it is.
pub(super) fn strip_outer_parens(text: &str) -> &str {
    let stripped = text.trim();
    if stripped.len() < 2 || !stripped.starts_with('(') || !stripped.ends_with(')') {
        return text;
    }
    if matching_paren(stripped, 0) == Some(stripped.len() - 1) {
        stripped.get(1..stripped.len() - 1).unwrap_or(text)
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_parens() {
        let check = |text: &str, stripped: &str| assert_eq!(strip_outer_parens(text), stripped);
        check("(a IS NOT NULL)", "a IS NOT NULL");
        check("(a) AND (b)", "(a) AND (b)");
        check("a NOT NULL", "a NOT NULL");
        check("(a = '(' AND b = ')')", "a = '(' AND b = ')'");
        check("(a = 'it''s (')", "a = 'it''s ('");
        check("(", "(");
    }
}
