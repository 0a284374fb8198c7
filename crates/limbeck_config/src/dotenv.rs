//! `.env` files, as `python-dotenv` and pydantic-settings read them.

use limbeck_diag::{Location, SourceFile, Span};

/// One variable of a `.env` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value with quotes and escapes taken off and `${NAME}` filled in; `None` for a name that
    /// stands without `=`.
    pub value: Option<String>,
    /// Where the value is written.
    pub location: Location,
}

/// The variables of a file in its order; a later one of the same name wins. `known` are the variables of
/// the environment, which `${NAME}` finds first.
///
/// A line that is no assignment is left out, as python-dotenv does.
pub fn parse_dotenv(file: &SourceFile, known: impl Fn(&str) -> Option<String>) -> Vec<Variable> {
    let mut reader = Reader {
        text: file.text(),
        at: 0,
    };
    let mut found: Vec<Variable> = Vec::new();
    while reader.at < reader.text.len() {
        let Some(binding) = reader.binding() else {
            continue;
        };
        let value = binding.value.map(|value| {
            expand(&value, |name| {
                let earlier = || found.iter().rev().find(|it| it.name == name);
                known(name).or_else(|| earlier().and_then(|it| it.value.clone()))
            })
        });
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span::new(offset(binding.start), offset(binding.end));
        found.push(Variable {
            name: binding.name,
            value,
            location: Location::new(file.clone(), span),
        });
    }
    found
}

struct Binding {
    name: String,
    value: Option<String>,
    start: usize,
    end: usize,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let taken = self.rest().get(..length).unwrap_or_default();
        self.at += length.min(self.rest().len());
        taken
    }

    fn skip(&mut self, is_skipped: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.take(rest.find(|it| !is_skipped(it)).unwrap_or(rest.len()));
    }

    fn is_blank(character: char) -> bool {
        character.is_whitespace() && !matches!(character, '\n' | '\r')
    }

    fn line_end(&self) -> usize {
        self.rest().find(['\n', '\r']).unwrap_or(self.rest().len())
    }

    /// The next assignment; `None` for a comment or a line that is none. Always goes on.
    fn binding(&mut self) -> Option<Binding> {
        self.skip(char::is_whitespace);
        if self.rest().is_empty() {
            return None;
        }
        let found = if self.rest().starts_with('#') {
            None
        } else {
            self.assignment()
        };
        // What is left of the line is a comment or nonsense.
        self.skip(Self::is_blank);
        let left = self.line_end();
        let leftover = self.take(left);
        found.filter(|_| leftover.is_empty() || leftover.starts_with('#'))
    }

    fn assignment(&mut self) -> Option<Binding> {
        if let Some(after) = self.rest().strip_prefix("export")
            && after.starts_with(Self::is_blank)
        {
            self.take("export".len());
            self.skip(Self::is_blank);
        }
        let name = match self.rest().strip_prefix('\'') {
            Some(quoted) => {
                let length = quoted.find('\'').filter(|length| *length > 0)?;
                let name = quoted.get(..length)?;
                self.take(length + 2);
                name
            }
            None => {
                let is_end = |it: char| it == '=' || it == '#' || it.is_whitespace();
                let length = self.rest().find(is_end).unwrap_or(self.rest().len());
                if length == 0 {
                    return None;
                }
                self.take(length)
            }
        };
        self.skip(Self::is_blank);
        let start = self.at;
        let mut binding = Binding {
            name: name.to_owned(),
            value: None,
            start,
            end: start,
        };
        if !self.rest().starts_with('=') {
            return Some(binding);
        }
        self.take(1);
        self.skip(Self::is_blank);
        binding.start = self.at;
        let rest = self.rest();
        binding.value = Some(match rest.chars().next() {
            Some(quote @ ('\'' | '"')) => {
                let length = quoted_length(rest, quote)?;
                let inside = rest.get(1..length - 1)?;
                self.take(length);
                unescape(inside, quote)
            }
            _ => {
                let line = self.take(self.line_end());
                let comment = line.char_indices().find(|(at, character)| {
                    let before = line.get(..*at).and_then(|it| it.chars().next_back());
                    *character == '#' && before.is_some_and(char::is_whitespace)
                });
                let value = comment.map_or(line, |(at, _)| line.get(..at).unwrap_or_default());
                value.trim_end().to_owned()
            }
        });
        binding.end = self.at;
        Some(binding)
    }
}

/// The length of a quoted text with its quotes; `None` if it does not end.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn unescape(text: &str, quote: char) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some(escaped @ ('\\' | '\'')) => plain.push(escaped),
            Some(escaped) if quote == '"' => match escaped {
                '"' => plain.push('"'),
                'n' => plain.push('\n'),
                't' => plain.push('\t'),
                'r' => plain.push('\r'),
                'a' => plain.push('\u{7}'),
                'b' => plain.push('\u{8}'),
                'f' => plain.push('\u{c}'),
                'v' => plain.push('\u{b}'),
                other => plain.extend(['\\', other]),
            },
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}

/// Fills in `${NAME}` and `${NAME:-default}`.
fn expand(text: &str, lookup: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once("${") {
        filled.push_str(plain);
        let Some((inside, after)) = after.split_once('}') else {
            filled.push_str("${");
            rest = after;
            continue;
        };
        let (name, default) = inside.split_once(":-").unwrap_or((inside, ""));
        filled.push_str(&lookup(name).unwrap_or_else(|| default.to_owned()));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<&str>)]) {
        let file = SourceFile::new(".env", text);
        let known = |name: &str| (name == "HOME").then(|| "/srv/me".to_owned());
        let found = parse_dotenv(&file, known);
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.name.as_str(), it.value.as_deref()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn assignments() {
        check(
            "A=1\nB = two words  \n\n# C=3\nexport D=4\n",
            &[("A", Some("1")), ("B", Some("two words")), ("D", Some("4"))],
        );
        check(
            "A=b # c\nB=b#c\nC=\nD\nE=#x",
            &[
                ("A", Some("b")),
                ("B", Some("b#c")),
                ("C", Some("")),
                ("D", None),
                ("E", Some("#x")),
            ],
        );
        check(
            "A='x # \\' y' # z\nB=\"a\\n\\\"b\nc\"\r\nC=2",
            &[
                ("A", Some("x # ' y")),
                ("B", Some("a\n\"b\nc")),
                ("C", Some("2")),
            ],
        );
        check(
            "A='x' y\nB=\"open\nC=3\n=4\n'D'=5",
            &[("C", Some("3")), ("D", Some("5"))],
        );
        check("export=1", &[("export", Some("1"))]);
    }

    #[test]
    fn references() {
        check(
            "A=${HOME}/x\nB='${A}'\nC=${NO:-d}${NO}$A${\n",
            &[
                ("A", Some("/srv/me/x")),
                ("B", Some("/srv/me/x")),
                ("C", Some("d$A${")),
            ],
        );
    }

    #[test]
    fn the_value_is_located() {
        let file = SourceFile::new(".env", "A = 'x'\n");
        let found = parse_dotenv(&file, |_| None);
        let span = found[0].location.span;
        assert_eq!((span.start, span.end), (4, 7));
    }
}
