//! `.env` files, by python-dotenv's rules, and its `load_dotenv`.

/// The variables of a `.env` file, in order; none for a name without `=`. `${NAME}` is taken from the
/// environment first and then from the file, as `load_dotenv()` does it.
pub(crate) fn parse(
    text: &str,
    env: impl Fn(&str) -> Option<String>,
) -> Vec<(String, Option<String>)> {
    let mut variables: Vec<(String, Option<String>)> = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while !rest.is_empty() {
        let (binding, after) = next_binding(rest);
        rest = after;
        let Some((name, value)) = binding else {
            continue;
        };
        let value = value.map(|value| match value {
            Text::Raw(text) => text,
            Text::Expanding(text) => expand(&text, &env, &variables),
        });
        variables.push((name, value));
    }
    variables
}

enum Text {
    /// In single quotes: still expanded by python-dotenv, which does not remember the quotes.
    Expanding(String),
    Raw(String),
}

/// One line (or a quoted value over several) and what follows it.
fn next_binding(text: &str) -> (Option<(String, Option<Text>)>, &str) {
    let line_end = |from: &str| from.find(['\n', '\r']).unwrap_or(from.len());
    let trimmed = text.trim_start();
    if trimmed.is_empty() {
        return (None, "");
    }
    let skip_line = |from: &'_ str| from.get(line_end(from)..).unwrap_or_default().len();
    if trimmed.starts_with('#') {
        return (None, tail(trimmed, skip_line(trimmed)));
    }
    let mut at = trimmed;
    if let Some(after) = at.strip_prefix("export")
        && after.starts_with([' ', '\t'])
    {
        at = after.trim_start_matches([' ', '\t']);
    }
    let name_end = at.find(['=', '#', '\n', '\r']).unwrap_or(at.len());
    let name = at
        .get(..name_end)
        .unwrap_or_default()
        .trim()
        .trim_matches('\'')
        .to_owned();
    let after_name = at.get(name_end..).unwrap_or_default();
    let Some(value) = after_name.strip_prefix('=') else {
        let rest = tail(trimmed, skip_line(after_name));
        return (
            if name.is_empty() {
                None
            } else {
                Some((name, None))
            },
            rest,
        );
    };
    let value = value.trim_start_matches([' ', '\t']);
    for quote in ['\'', '"'] {
        let Some(inner) = value.strip_prefix(quote) else {
            continue;
        };
        let Some((content, after)) = quoted(inner, quote) else {
            break;
        };
        let rest = after.get(line_end(after)..).unwrap_or_default();
        return (Some((name, Some(Text::Expanding(content)))), rest);
    }
    let end = line_end(value);
    let line = value.get(..end).unwrap_or_default();
    let rest = value.get(end..).unwrap_or_default();
    // A comment starts at a `#` that follows a blank.
    let comment = line.char_indices().find(|&(at, it)| {
        it == '#'
            && line
                .get(..at)
                .is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    let text = comment
        .map_or(line, |(at, _)| line.get(..at).unwrap_or_default())
        .trim_end()
        .to_owned();
    (
        Some((
            name,
            Some(if text.contains("${") {
                Text::Expanding(text)
            } else {
                Text::Raw(text)
            }),
        )),
        rest,
    )
}

/// The last `length` bytes of `text`.
fn tail(text: &str, length: usize) -> &str {
    text.get(text.len() - length..).unwrap_or_default()
}

/// A quoted value after its opening quote: the content with escapes resolved, and what follows.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, it)) = chars.next() {
        match it {
            '\\' => match chars.next() {
                Some((_, next)) if quote == '\'' => {
                    if next != '\'' && next != '\\' {
                        content.push('\\');
                    }
                    content.push(next);
                }
                Some((_, next)) => match next {
                    'n' => content.push('\n'),
                    'r' => content.push('\r'),
                    't' => content.push('\t'),
                    '\\' | '"' | '\'' => content.push(next),
                    other => {
                        content.push('\\');
                        content.push(other);
                    }
                },
                None => return None,
            },
            it if it == quote => return Some((content, text.get(at + 1..).unwrap_or_default())),
            it => content.push(it),
        }
    }
    None
}

/// Replaces `${NAME}` and `${NAME:-default}`.
fn expand(
    text: &str,
    env: &impl Fn(&str) -> Option<String>,
    known: &[(String, Option<String>)],
) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let inner = rest.get(start + 2..).unwrap_or_default();
        let Some(end) = inner.find('}') else { break };
        out.push_str(rest.get(..start).unwrap_or_default());
        let body = inner.get(..end).unwrap_or_default();
        let (name, default) = body.split_once(":-").unwrap_or((body, ""));
        let in_file = || {
            known
                .iter()
                .rev()
                .find(|(key, _)| key == name)
                .and_then(|(_, value)| value.clone())
        };
        out.push_str(
            &env(name)
                .or_else(in_file)
                .unwrap_or_else(|| default.to_owned()),
        );
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<&str>)]) {
        let found = parse(text, |name| (name == "HOME").then(|| "/h".to_owned()));
        let found: Vec<_> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn files_are_read_as_python_dotenv_reads_them() {
        check(
            "A=1\nexport B = two # note\n# c\nC\n",
            &[("A", Some("1")), ("B", Some("two")), ("C", None)],
        );
        check(
            "A='x # y' # z\nB=\"l\\n2\"\nC=a#b\n",
            &[
                ("A", Some("x # y")),
                ("B", Some("l\n2")),
                ("C", Some("a#b")),
            ],
        );
        check(
            "A=1\nB=${A}-${HOME}-${X:-d}\n",
            &[("A", Some("1")), ("B", Some("1-/h-d"))],
        );
        check("A=\nB=\"a\nb\"\n", &[("A", Some("")), ("B", Some("a\nb"))]);
    }
}
