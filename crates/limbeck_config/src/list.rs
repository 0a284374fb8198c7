//! Settings that hold several values in one text.

/// Splits on a comma with the spaces after it, or on a run of spaces: Alembic's `, *|(?: +)`.
/// With `colons`, a colon splits, too.
pub(crate) fn split_legacy(text: &str, colons: bool) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ',' | ' ' => {
                while characters.next_if_eq(&' ').is_some() {}
                parts.push(std::mem::take(&mut part));
            }
            ':' if colons => parts.push(std::mem::take(&mut part)),
            _ => part.push(character),
        }
    }
    parts.push(part);
    parts
}

/// Splits on one character and strips each part; parts that are empty before that are left out.
pub(crate) fn split_on(text: &str, separator: char) -> Vec<String> {
    let parts = text.split(separator).filter(|part| !part.is_empty());
    parts
        .map(|part| crate::python_text::strip(part).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected lists are those of Python's `re.split`.
    #[test]
    fn legacy_separators_keep_empty_parts() {
        assert_eq!(split_legacy("a, b  c", false), ["a", "b", "c"]);
        assert_eq!(split_legacy("a ,b", false), ["a", "", "b"]);
        assert_eq!(split_legacy("", false), [""]);
        assert_eq!(split_legacy("a:b c", true), ["a", "b", "c"]);
        assert_eq!(split_legacy("a:b", false), ["a:b"]);
    }

    #[test]
    fn a_separator_keeps_blank_parts() {
        assert_eq!(split_on("/a:: /b ", ':'), ["/a", "/b"]);
        assert_eq!(split_on("a\n \nb", '\n'), ["a", "", "b"]);
    }
}
