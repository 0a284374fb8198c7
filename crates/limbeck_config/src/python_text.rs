//! The few rules of Python's `str` that settings depend on.

/// Python's `str.isspace` for one character.
pub(crate) fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// Python's `str.strip()`.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Python's `repr()` of a text.
pub(crate) fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // The characters without ink that turn up in files by accident.
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{feff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            '\u{a0}' | '\u{ad}' => quoted.push_str(&format!("\\x{:02x}", u32::from(character))),
            _ if character == quote => quoted.extend(['\\', quote]),
            _ if character.is_control() && u32::from(character) < 0x100 => {
                quoted.push_str(&format!("\\x{:02x}", u32::from(character)));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push(quote);
    quoted
}

/// What Python's `int()` makes of a text; `None` where it raises, or beyond 64 bits.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let text = strip(text);
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let well_formed = digits
        .split('_')
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    if !well_formed {
        return None;
    }
    let value: i64 = digits.replace('_', "").parse().ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_quotes_like_python() {
        assert_eq!(repr("a"), "'a'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("it's \"x\""), "'it\\'s \"x\"'");
        assert_eq!(repr("a\n\t\\\u{1}"), "'a\\n\\t\\\\\\x01'");
    }

    #[test]
    fn int_reads_like_python() {
        assert_eq!(parse_int(" 4_0 "), Some(40));
        assert_eq!(parse_int("-7"), Some(-7));
        assert_eq!(parse_int("4 # comment"), None);
        assert_eq!(parse_int(""), None);
    }
}
