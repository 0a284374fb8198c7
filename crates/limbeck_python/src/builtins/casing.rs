//! Upper and lower case of characters, as `str` sees it.

/// True for a letter of two of which the first is a capital.
fn is_title(char: char) -> bool {
    matches!(
        char,
        '\u{1c5}'
            | '\u{1c8}'
            | '\u{1cb}'
            | '\u{1f2}'
            | '\u{1f88}'
            ..='\u{1f8f}'
                | '\u{1f98}'
            ..='\u{1f9f}'
                | '\u{1fa8}'
            ..='\u{1faf}'
                | '\u{1fbc}'
                | '\u{1fcc}'
                | '\u{1ffc}'
    )
}

/// True for a letter that has a case.
fn is_cased(char: char) -> bool {
    char.is_lowercase() || char.is_uppercase() || is_title(char)
}

/// What stands between letters without parting them.
fn is_ignorable(char: char) -> bool {
    matches!(
        char,
        '\'' | '.'
            | ':'
            | '^'
            | '`'
            | '\u{a8}'
            | '\u{ad}'
            | '\u{af}'
            | '\u{b4}'
            | '\u{b7}'
            | '\u{b8}'
            | '\u{2019}'
    ) || unicode_normalization::char::is_combining_mark(char)
}

/// The lower case of the character at a position: a sigma at the end of a word has its own.
fn lower_at(chars: &[char], at: usize, out: &mut String) {
    let Some(char) = chars.get(at) else { return };
    if *char != 'Σ' {
        out.extend(char.to_lowercase());
        return;
    }
    let before = chars.get(..at).unwrap_or_default();
    let after = chars.get(at + 1..).unwrap_or_default();
    let parts = |char: &&char| !is_ignorable(**char);
    let follows = before.iter().rev().find(parts).copied();
    let leads = after.iter().find(parts).copied();
    let ends = follows.is_some_and(is_cased) && !leads.is_some_and(is_cased);
    out.push(if ends { 'ς' } else { 'σ' });
}

fn push_title(char: char, out: &mut String) {
    let code = char as u32;
    let upper = || -> Vec<char> { char.to_uppercase().collect() };
    match char {
        // Letters of two, of which only the first becomes a capital.
        'ß' | '\u{fb00}'..='\u{fb06}' | '\u{fb13}'..='\u{fb17}' | '\u{587}' => {
            for (index, letter) in upper().into_iter().enumerate() {
                if index == 0 {
                    out.push(letter);
                } else {
                    out.extend(letter.to_lowercase());
                }
            }
        }
        '\u{1c4}'..='\u{1c6}' => out.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => out.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => out.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => out.push('\u{1f2}'),
        // Greek letters with an iota below.
        _ if is_title(char) => out.push(char),
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            out.extend(char::from_u32(code + 8));
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => out.extend(char::from_u32(code + 9)),
        '\u{1fb2}' | '\u{1fb4}' | '\u{1fb7}' | '\u{1fc2}' | '\u{1fc4}' | '\u{1fc7}'
        | '\u{1ff2}' | '\u{1ff4}' | '\u{1ff7}' => {
            let letters = upper();
            let kept = letters.len().saturating_sub(1);
            out.extend(letters.into_iter().take(kept));
            out.push('\u{345}');
        }
        '\u{10d0}'..='\u{10ff}' => out.push(char),
        _ => out.extend(upper()),
    }
}

pub(super) fn title(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut after_letter = false;
    for (at, char) in chars.iter().enumerate() {
        if after_letter {
            lower_at(&chars, at, &mut out);
        } else {
            push_title(*char, &mut out);
        }
        after_letter = is_cased(*char);
    }
    out
}

pub(super) fn capitalize(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, char) in chars.iter().enumerate() {
        if at == 0 {
            push_title(*char, &mut out);
        } else {
            lower_at(&chars, at, &mut out);
        }
    }
    out
}

pub(super) fn swap(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, char) in chars.iter().enumerate() {
        if char.is_uppercase() {
            lower_at(&chars, at, &mut out);
        } else if char.is_lowercase() {
            out.extend(char.to_uppercase());
        } else {
            out.push(*char);
        }
    }
    out
}

/// `str.casefold`: for most letters the lower case of the upper case.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        let code = char as u32;
        match char {
            '\u{131}' | '\u{13a0}'..='\u{13f5}' => out.push(char),
            '\u{13f8}'..='\u{13fd}' => out.extend(char::from_u32(code - 8)),
            '\u{ab70}'..='\u{abbf}' => out.extend(char::from_u32(code - 0xab70 + 0x13a0)),
            'ẞ' => out.push_str("ss"),
            _ => {
                let lower = char.to_lowercase();
                let upper = lower.flat_map(char::to_uppercase);
                out.extend(upper.flat_map(char::to_lowercase));
            }
        }
    }
    out
}

pub(super) fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase)
        && !text
            .chars()
            .any(|char| char.is_uppercase() || is_title(char))
}

pub(super) fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase)
        && !text
            .chars()
            .any(|char| char.is_lowercase() || is_title(char))
}

/// `str.istitle`.
pub(super) fn is_titled(text: &str) -> bool {
    let (mut found, mut after_letter) = (false, false);
    for char in text.chars() {
        let begins = char.is_uppercase() || is_title(char);
        if begins == after_letter && is_cased(char) {
            return false;
        }
        after_letter = is_cased(char);
        found |= after_letter;
    }
    found
}

/// True for a letter: unlike for Unicode's alphabetic, neither for a mark nor for a number.
pub(super) fn is_letter(char: char) -> bool {
    char.is_alphabetic()
        && (char.is_ascii()
            || !(char.is_numeric()
                || unicode_normalization::char::is_combining_mark(char)
                || matches!(char, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}')))
}
