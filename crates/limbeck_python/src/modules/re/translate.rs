//! Python's regular expressions in the words of the library.

use super::{ASCII, DOTALL, IGNORECASE, MULTILINE, VERBOSE};

/// The letters that are an `i` in another case, and in Python only.
pub(super) const TURKISH: [char; 2] = ['\u{130}', '\u{131}'];

/// True for text in which Python and the library find different words and spaces.
pub(super) fn is_wide(text: &str) -> bool {
    text.bytes()
        .any(|byte| !byte.is_ascii() || (0x1c..=0x1f).contains(&byte))
}

/// Python's class of a letter after a backslash, as the inside of brackets.
fn class_of(letter: char, is_ascii: bool) -> Option<&'static str> {
    Some(match (letter.to_ascii_lowercase(), is_ascii) {
        ('w', false) => r"\p{L}\p{N}_",
        ('w', true) => "a-zA-Z0-9_",
        ('s', false) => r"\s\x1c-\x1f",
        ('s', true) => r"\x20\t\n\r\f\x0b",
        ('d', false) => r"\p{Nd}",
        ('d', true) => "0-9",
        _ => return None,
    })
}

/// Python's syntax in the library's; none for what differs. `wide` for text that is not only ASCII.
pub(super) fn translate(source: &str, flags: i64, wide: bool) -> Option<String> {
    let is_ascii = flags & ASCII != 0;
    if source.contains(TURKISH) && (flags & IGNORECASE != 0 || source.contains("(?")) {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    if is_ascii && wide && flags & IGNORECASE != 0 {
        return None;
    }
    let mut verbose = flags & VERBOSE != 0;
    let multi_line = flags & MULTILINE != 0;
    let mut out = String::new();
    let chars: Vec<char> = source.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let mut index = 0;
    let mut in_class = false;
    let mut inline_multi = multi_line;
    while let Some(char) = at(index) {
        index += 1;
        match char {
            '\\' => {
                let next = at(index)?;
                index += 1;
                match next {
                    'Z' if !in_class => out.push_str(r"\z"),
                    'w' | 'W' | 's' | 'S' | 'd' | 'D' if wide => {
                        let class = class_of(next, is_ascii)?;
                        match (next.is_ascii_uppercase(), in_class) {
                            (false, true) => out.push_str(class),
                            (false, false) => out.push_str(&format!("[{class}]")),
                            (true, _) => out.push_str(&format!("[^{class}]")),
                        }
                    }
                    'b' | 'B' if wide && !in_class => {
                        let word = class_of('w', is_ascii)?;
                        let (at_end, at_start) = if next == 'b' { ("!", "=") } else { ("=", "!") };
                        out.push_str(&format!(
                            "(?:(?<=[{word}])(?{at_end}[{word}])|(?<![{word}])(?{at_start}[{word}]))"
                        ));
                    }
                    // Here the library also reads digits in braces.
                    'x' | 'u' | 'U' if !at(index).is_some_and(|it| it.is_ascii_hexdigit()) => {
                        return None;
                    }
                    'A' | 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'n' | 'r' | 't' | 'f'
                    | 'v' | 'a' | 'x' | 'u' | 'U' => {
                        if in_class && next == 'b' {
                            out.push_str(r"\x08");
                        } else {
                            out.push('\\');
                            out.push(next);
                        }
                    }
                    // More digits make it a number of base eight.
                    '0' if at(index).is_some_and(|it| it.is_ascii_digit()) => return None,
                    '0' => out.push_str(r"\x00"),
                    '1'..='9' => {
                        if in_class {
                            return None;
                        }
                        out.push('\\');
                        out.push(next);
                        // A digit after a reference must not join it.
                        if at(index).is_some_and(|char| char.is_ascii_digit()) {
                            return None;
                        }
                    }
                    next if next.is_alphanumeric() => return None,
                    ' ' | '/' | '"' | '\'' | '\n' | '%' | '@' | '!' | ',' | ';' | ':' | '='
                    | '_' | '`' | '<' | '>' => {
                        if verbose && next.is_whitespace() {
                            out.push_str(&format!(r"\x{:02x}", u32::from(next)));
                        } else {
                            out.push(next);
                        }
                    }
                    next if next.is_ascii() => {
                        out.push('\\');
                        out.push(next);
                    }
                    next => out.push(next),
                }
            }
            '[' if in_class => out.push_str(r"\["),
            // The library leaves these out of a class, too.
            ' ' | '\t' | '\n' | '\r' | '#' if in_class && verbose => {
                out.push_str(&format!(r"\x{:02x}", u32::from(char)));
            }
            '[' => {
                in_class = true;
                out.push('[');
                if at(index) == Some('^') {
                    out.push('^');
                    index += 1;
                }
                if at(index) == Some(']') {
                    out.push_str(r"\]");
                    index += 1;
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            // Set operations of the library that Python does not have.
            '&' | '~' if in_class && at(index) == Some(char) => {
                out.push('\\');
                out.push(char);
            }
            // A range to or from a `-`, which the library would read as a difference.
            '-' if in_class && at(index) == Some('-') => return None,
            '$' if !in_class => out.push_str(if inline_multi {
                r"(?=\n|\z)"
            } else {
                r"(?=\n?\z)"
            }),
            '(' if !in_class && at(index) == Some('?') => match (at(index + 1), at(index + 2)) {
                (Some('P'), Some('<')) => {
                    let name: String = chars
                        .iter()
                        .skip(index + 3)
                        .take_while(|char| **char != '>')
                        .collect();
                    let is_name = name.chars().all(|it| it.is_alphanumeric() || it == '_')
                        && !name.starts_with(|it: char| it.is_numeric())
                        && !name.is_empty();
                    if !is_name || names.contains(&name) {
                        return None;
                    }
                    names.push(name);
                    out.push_str("(?P<");
                    index += 3;
                }
                (Some('P'), Some('=')) => {
                    let end = chars.iter().skip(index).position(|char| *char == ')')? + index;
                    let name: String = chars.get(index + 3..end)?.iter().collect();
                    out.push_str(&format!(r"\k<{name}>"));
                    index = end + 1;
                }
                (Some(':' | '=' | '!'), _) | (Some('<'), Some('=' | '!')) => out.push('('),
                (Some('#'), _) => {
                    let end = chars.iter().skip(index).position(|char| *char == ')')? + index;
                    index = end + 1;
                }
                (Some('>'), _) => out.push('('),
                (Some('a'..='z'), _) => {
                    let end = chars
                        .iter()
                        .skip(index)
                        .position(|char| matches!(char, ')' | ':'))?
                        + index;
                    let letters: String = chars.get(index + 1..end)?.iter().collect();
                    // Flags of the whole stand at its start.
                    if at(end) == Some(')') && index != 1 {
                        return None;
                    }
                    if letters.contains(['a', 'L', 'u'])
                        || !letters
                            .chars()
                            .all(|char| matches!(char, 'i' | 'm' | 's' | 'x'))
                    {
                        return None;
                    }
                    if letters.contains('m') {
                        inline_multi = true;
                    }
                    verbose |= letters.contains('x');
                    out.push('(');
                }
                _ => return None,
            },
            '#' if !in_class && !verbose => out.push_str(r"\#"),
            '{' if !in_class => {
                let rest: String = chars
                    .iter()
                    .skip(index)
                    .take_while(|char| **char != '}')
                    .collect();
                let bounds = rest
                    .chars()
                    .all(|char| char.is_ascii_digit() || char == ',')
                    && rest.chars().any(|char| char.is_ascii_digit());
                out.push_str(match bounds {
                    true if rest.starts_with(',') => "{0",
                    true => "{",
                    false => r"\{",
                });
            }
            '}' if !in_class => {
                let open = out.rfind('{').is_some_and(|open| {
                    let inside = out.get(open + 1..).unwrap_or_default();
                    !inside.is_empty()
                        && inside
                            .chars()
                            .all(|char| char.is_ascii_digit() || char == ',')
                });
                out.push_str(if open { "}" } else { r"\}" });
            }
            char => out.push(char),
        }
    }
    let mut letters = String::new();
    for (bit, letter) in [
        (IGNORECASE, 'i'),
        (MULTILINE, 'm'),
        (DOTALL, 's'),
        (VERBOSE, 'x'),
    ] {
        if flags & bit != 0 {
            letters.push(letter);
        }
    }
    Some(if letters.is_empty() {
        out
    } else {
        format!("(?{letters}){out}")
    })
}

/// A translated expression in a frame, in whose place it stands for `X`; flags at the start hold for the whole.
pub(super) fn framed(translated: &str, flags: i64, frame: &str) -> String {
    let split = translated
        .strip_prefix("(?")
        .and_then(|rest| rest.split_once(')'));
    let (letters, body) = match split {
        Some((letters, body))
            if letters
                .chars()
                .all(|char| matches!(char, 'i' | 'm' | 's' | 'x')) =>
        {
            (format!("(?{letters})"), body)
        }
        _ => (String::new(), translated),
    };
    let newline = if flags & VERBOSE != 0 { "\n" } else { "" };
    format!(
        "{letters}{}",
        frame.replace('X', &format!("{body}{newline}"))
    )
}
