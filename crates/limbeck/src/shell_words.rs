//! `shlex.split`.

/// Splits a command line into words as Python's `shlex.split(text)` does in POSIX mode.
///
/// # Errors
/// Python's words: `No closing quotation`, `No escaped character`.
pub(crate) fn split(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => {
                let escaped = chars.next().ok_or("No escaped character")?;
                word.get_or_insert_default().push(escaped);
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or("No closing quotation")? {
                        '\'' => break,
                        inner => word.push(inner),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or("No closing quotation")? {
                        '"' => break,
                        '\\' => {
                            let escaped = chars.next().ok_or("No escaped character")?;
                            if !matches!(escaped, '"' | '\\') {
                                word.push('\\');
                            }
                            word.push(escaped);
                        }
                        inner => word.push(inner),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_shlex() {
        let check = |text: &str, words: &[&str]| {
            assert_eq!(split(text).unwrap(), words, "{text}");
        };
        check("", &[]);
        check("-l 79  X", &["-l", "79", "X"]);
        check(r#"a"b c"d 'e f' "" '\'"#, &["ab cd", "e f", "", r"\"]);
        check(r#""a\"b\n" c\ d"#, &[r#"a"b\n"#, "c d"]);
        assert_eq!(split("'a"), Err("No closing quotation"));
        assert_eq!(split("a\\"), Err("No escaped character"));
    }
}
