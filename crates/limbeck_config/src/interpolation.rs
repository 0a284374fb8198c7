//! `%(key)s` and `%%` in values, by configparser's `BasicInterpolation`.

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result, closest};

use crate::ini::{Ini, IniValue};
use crate::origin::Origin;
use crate::python_text::repr;

/// How deep values may refer to each other.
const MAX_DEPTH: usize = 10;

struct Interpolation<'a> {
    ini: &'a Ini,
    section: &'a str,
    option: &'a str,
    value: &'a IniValue,
}

/// The value of `option` with everything it refers to filled in.
pub(crate) fn interpolate(
    ini: &Ini,
    section: &str,
    option: &str,
    value: &IniValue,
) -> Result<String> {
    let mut text = String::new();
    Interpolation {
        ini,
        section,
        option,
        value,
    }
    .expand(&mut text, &value.raw, 1)?;
    Ok(text)
}

/// Checks a value that is set while running.
pub(crate) fn check(raw: &str, origin: &Origin) -> Result<()> {
    let mut rest = String::new();
    let mut left = raw.replace("%%", "");
    while let Some(at) = left.find("%(") {
        let after = left.split_off(at);
        rest.push_str(&left);
        match key_end(&after) {
            Some(end) => left = after.get(end..).unwrap_or_default().to_owned(),
            None => {
                rest.push('%');
                left = after.get(1..).unwrap_or_default().to_owned();
            }
        }
    }
    rest.push_str(&left);
    let Some(at) = rest.find('%') else {
        return Ok(());
    };
    let position = rest.get(..at).unwrap_or_default().chars().count();
    let message = format!(
        "invalid interpolation syntax in {} at position {position}",
        repr(raw)
    );
    let diagnostic = Diagnostic::error("ini-interpolation", message)
        .at_maybe(origin.location().cloned(), "")
        .help("write `%%` for a percent sign");
    Err(Error::new(ErrorKind::Config, diagnostic))
}

impl Interpolation<'_> {
    fn expand(&self, into: &mut String, raw: &str, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!(
                "Recursion limit exceeded in value substitution: option {} in section {} contains \
                 an interpolation key which cannot be substituted in {MAX_DEPTH} steps. Raw value: \
                 {}",
                repr(self.option),
                repr(self.section),
                repr(&self.value.raw)
            )));
        }
        let mut rest = raw;
        while let Some(at) = rest.find('%') {
            let (plain, marked) = rest.split_at(at);
            into.push_str(plain);
            let after = marked.get(1..).unwrap_or_default();
            rest = if let Some(after) = after.strip_prefix('%') {
                into.push('%');
                after
            } else if after.starts_with('(') {
                let Some(end) = key_end(marked) else {
                    return Err(self.error(format!(
                        "bad interpolation variable reference {}",
                        repr(marked)
                    )));
                };
                let key = marked.get(2..end - 2).unwrap_or_default().to_lowercase();
                let Some(referred) = self.ini.raw(self.section, &key) else {
                    return Err(self.missing(&key));
                };
                if referred.raw.contains('%') {
                    self.expand(into, &referred.raw, depth + 1)?;
                } else {
                    into.push_str(&referred.raw);
                }
                marked.get(end..).unwrap_or_default()
            } else {
                return Err(self
                    .error(format!(
                        "'%' must be followed by '%' or '(', found: {}",
                        repr(marked)
                    ))
                    .map_diagnostic(|it| it.help("write `%%` for a percent sign")));
            };
        }
        into.push_str(rest);
        Ok(())
    }

    fn missing(&self, key: &str) -> Error {
        let error = self.error(format!(
            "Bad value substitution: option {} in section {} contains an interpolation key {} \
             which is not a valid option name. Raw value: {}",
            repr(self.option),
            repr(self.section),
            repr(key),
            repr(&self.value.raw)
        ));
        let known = self.ini.option_names(self.section);
        let close = closest(key, known.iter().map(String::as_str)).map(str::to_owned);
        error.map_diagnostic(|it| match close {
            Some(close) => it.help(format!("did you mean `%({close})s`?")),
            None => it
                .note("environment variables are not interpolated")
                .help("write `%%` for a percent sign"),
        })
    }

    fn error(&self, message: String) -> Error {
        let diagnostic = Diagnostic::error("ini-interpolation", message)
            .at_maybe(self.value.origin.location().cloned(), "");
        Error::new(ErrorKind::Config, diagnostic)
    }
}

/// Where the reference `%(key)s` at the start of `text` ends.
fn key_end(text: &str) -> Option<usize> {
    let key = text.strip_prefix("%(")?;
    let length = key.find(')').filter(|length| *length > 0)?;
    key.get(length..)?.starts_with(")s").then_some(length + 4)
}
