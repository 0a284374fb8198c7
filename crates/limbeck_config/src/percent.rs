//! Python's `%` formatting with a mapping, as `file_template` and the values of `pyproject.toml`
//! go through it.

/// A value that can be formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(String),
    Number(i64),
}

/// One `%(key)…` of a template.
#[derive(Debug, Default)]
struct Conversion {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// Formats `template`; the error is Python's text, or ours where Python's would not help.
pub(crate) fn format_mapping(
    template: &str,
    lookup: impl Fn(&str) -> Option<Argument>,
) -> Result<String, String> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        let (plain, marked) = rest.split_at(at);
        text.push_str(plain);
        let after = marked.get(1..).unwrap_or_default();
        if let Some(after) = after.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        let Some(keyed) = after.strip_prefix('(') else {
            return Err("`%` must be followed by `%` or `(name)`".to_owned());
        };
        let Some(end) = key_length(keyed) else {
            return Err("incomplete format key".to_owned());
        };
        let (key, after) = (keyed.get(..end).unwrap_or_default(), keyed.get(end + 1..));
        let (conversion, kind, after) = parse_conversion(after.unwrap_or_default())?;
        let Some(argument) = lookup(key) else {
            return Err(format!("there is no value named `{key}`"));
        };
        text.push_str(&conversion.render(kind, &argument)?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// The length of a key up to its closing parenthesis; keys may hold balanced parentheses.
fn key_length(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, character) in text.char_indices() {
        match character {
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            '(' => depth += 1,
            _ => {}
        }
    }
    None
}

fn parse_conversion(text: &str) -> Result<(Conversion, char, &str), String> {
    let mut conversion = Conversion::default();
    let mut rest = text;
    while let Some(flag) = rest.chars().next() {
        match flag {
            '-' => conversion.left = true,
            '+' => conversion.plus = true,
            ' ' => conversion.space = true,
            '0' => conversion.zero = true,
            '#' => {}
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    (conversion.width, rest) = parse_digits(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = parse_digits(after)?;
        conversion.precision = Some(precision);
        rest = after;
    }
    rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
    let mut characters = rest.chars();
    match characters.next() {
        Some(kind) => Ok((conversion, kind, characters.as_str())),
        None => Err("incomplete format".to_owned()),
    }
}

fn parse_digits(text: &str) -> Result<(usize, &str), String> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Ok((0, rest));
    }
    match digits.parse() {
        Ok(number) if number <= 1000 => Ok((number, rest)),
        _ => Err("the width is too large".to_owned()),
    }
}

impl Conversion {
    fn render(&self, kind: char, argument: &Argument) -> Result<String, String> {
        match (kind, argument) {
            ('s', Argument::Text(text)) => Ok(self.pad_text(text)),
            ('s', Argument::Number(number)) => Ok(self.pad_text(&number.to_string())),
            ('r' | 'a', Argument::Number(number)) => Ok(self.pad_text(&number.to_string())),
            ('r', Argument::Text(text)) => Ok(self.pad_text(&crate::python_text::repr(text))),
            ('d' | 'i' | 'u', Argument::Number(number)) => {
                Ok(self.pad_number(*number, number.unsigned_abs().to_string()))
            }
            ('x', Argument::Number(number)) => {
                Ok(self.pad_number(*number, format!("{:x}", number.unsigned_abs())))
            }
            ('X', Argument::Number(number)) => {
                Ok(self.pad_number(*number, format!("{:X}", number.unsigned_abs())))
            }
            ('o', Argument::Number(number)) => {
                Ok(self.pad_number(*number, format!("{:o}", number.unsigned_abs())))
            }
            ('d' | 'i' | 'u', Argument::Text(_)) => Err(format!(
                "%{kind} format: a real number is required, not str"
            )),
            ('x' | 'X' | 'o', Argument::Text(_)) => {
                Err(format!("%{kind} format: an integer is required, not str"))
            }
            _ => Err(format!("unsupported format character '{kind}'")),
        }
    }

    fn pad_text(&self, text: &str) -> String {
        let limit = self.precision.unwrap_or(usize::MAX);
        self.pad(&text.chars().take(limit).collect::<String>())
    }

    fn pad_number(&self, number: i64, digits: String) -> String {
        let sign = match number {
            ..0 => "-",
            _ if self.plus => "+",
            _ if self.space => " ",
            _ => "",
        };
        let zeros = match self.precision {
            Some(precision) => precision,
            None if self.zero && !self.left => self.width.saturating_sub(sign.len()),
            None => 0,
        };
        self.pad(&format!("{sign}{digits:0>zeros$}"))
    }

    fn pad(&self, text: &str) -> String {
        let width = self.width;
        if self.left {
            format!("{text:<width$}")
        } else {
            format!("{text:>width$}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, expected: Result<&str, &str>) {
        let lookup = |key: &str| match key {
            "rev" => Some(Argument::Text("ab12".to_owned())),
            "month" => Some(Argument::Number(3)),
            _ => None,
        };
        let found = format_mapping(template, lookup);
        assert_eq!(
            found.as_deref().map_err(String::as_str),
            expected,
            "{template}"
        );
    }

    // The expected texts are those of CPython 3.11.
    #[test]
    fn formats_like_python() {
        check("%(month).2d-%(rev)s", Ok("03-ab12"));
        check(
            "%(month)02d|%(month)5d|%(month)-5d|%(month)+d",
            Ok("03|    3|3    |+3"),
        );
        check(
            "%(month)5.2d|%(month)05d|%(month)s|%(month)x",
            Ok("   03|00003|3|3"),
        );
        check("%(rev).2s|%(rev)6s|%(rev)-6s|", Ok("ab|  ab12|ab12  |"));
        check("100%% %(month)ld", Ok("100% 3"));
        check(
            "%(rev)d",
            Err("%d format: a real number is required, not str"),
        );
        check("%(nope)s", Err("there is no value named `nope`"));
        check("%(rev", Err("incomplete format key"));
        check("%(rev)", Err("incomplete format"));
        check("%d", Err("`%` must be followed by `%` or `(name)`"));
        check("%(rev)k", Err("unsupported format character 'k'"));
    }
}
