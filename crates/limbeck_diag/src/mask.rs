//! Passwords are not for diagnostics.

use std::borrow::Cow;

/// The text with every password of a URL (`scheme://user:password@host`) replaced by as many `*` as it has
/// bytes: places in the text stay where they are.
#[must_use]
pub fn mask_passwords(text: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(text);
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("://")) {
        let start = from + found + 3;
        from = start;
        let Some((begin, end)) = password(text.get(start..).unwrap_or_default()) else {
            continue;
        };
        let (begin, end) = (start + begin, start + end);
        masked
            .to_mut()
            .replace_range(begin..end, &"*".repeat(end - begin));
        from = end;
    }
    masked
}

/// Where the password is in what follows `://`. An `@`, `:` or `/` that should have been escaped is taken for a part
/// of it.
fn password(rest: &str) -> Option<(usize, usize)> {
    let is_end = |it: char| it.is_whitespace() || matches!(it, '\'' | '"' | '`');
    let url = rest.get(..rest.find(is_end).unwrap_or(rest.len()))?;
    let end = url.rfind('@')?;
    let begin = url.get(..end)?.find(':')? + 1;
    // Another URL begins before the `@`, which is not of this one.
    let is_other = url.get(begin..end)?.contains("://");
    (!is_other && !url.get(..begin)?.contains('/') && begin < end).then_some((begin, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_and_nothing_else() {
        let check = |text: &str, expected: &str| assert_eq!(mask_passwords(text), expected);
        check("no url", "no url");
        check("postgresql://u:pw@h/d", "postgresql://u:**@h/d");
        check("'a://u:p@ss/w:d@h' b", "'a://u:********@h' b");
        check("a://u:ä@h", "a://u:**@h");
        check("a://u@h:5432/d", "a://u@h:5432/d");
        check("http://h:80/p and x@y", "http://h:80/p and x@y");
        check("a://u:p@h, b://v:q@i", "a://u:*@h, b://v:*@i");
        check("a://h/p:q@r", "a://h/p:q@r");
        check("a://:p@h", "a://:*@h");
    }
}
