//! Commands that run after a revision file was written.

use indexmap::IndexMap;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

use crate::origin::{Origin, Setting};
use crate::python_text::repr;

/// Stands for the path of the new file in the options of a hook.
pub const REVISION_SCRIPT_TOKEN: &str = "REVISION_SCRIPT_FILENAME";

/// One of the post-write hooks, with its options as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostWriteHook {
    /// Its name.
    pub name: String,
    /// Its options without the name in front: `type`, `entrypoint`, `options`, `cwd`, ….
    pub options: IndexMap<String, Setting<String>>,
    /// Where it is named.
    pub origin: Origin,
}

/// What a hook runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookKind {
    /// The console script of an installed Python package, in a new Python process.
    ConsoleScripts {
        /// The name of the script.
        entrypoint: String,
    },
    /// A program found on the path.
    Exec {
        /// The program.
        executable: String,
    },
    /// `python -m`.
    Module {
        /// The module.
        module: String,
    },
    /// A name that env.py may have registered. If it has not, Alembic says
    /// `No formatter with name '…' registered`.
    Custom(String),
}

impl PostWriteHook {
    /// Its `type`.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Command` with Alembic's text if it has none.
    pub fn type_name(&self) -> Result<&str> {
        let name = &self.name;
        match self.options.get("type") {
            Some(kind) => Ok(&kind.value),
            None => Err(self
                .error(format!(
                    "Key '{name}.type' (or 'type' in toml) is required for post write hook {}",
                    repr(name)
                ))
                .map_diagnostic(|diagnostic| {
                    diagnostic.help("one of: exec, module, console_scripts")
                })),
        }
    }

    /// What it runs.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Command` with Alembic's text if `type` or the option that the type needs is
    /// missing.
    pub fn kind(&self) -> Result<HookKind> {
        Ok(match self.type_name()? {
            "console_scripts" => HookKind::ConsoleScripts {
                entrypoint: self.required("entrypoint")?,
            },
            "exec" => HookKind::Exec {
                executable: self.required("executable")?,
            },
            "module" => HookKind::Module {
                module: self.required("module")?,
            },
            other => HookKind::Custom(other.to_owned()),
        })
    }

    /// The directory to run it in, if it is given.
    #[must_use]
    pub fn cwd(&self) -> Option<&str> {
        self.options.get("cwd").map(|cwd| cwd.value.as_str())
    }

    /// The arguments after the program: the option `options` split as a shell does, with the path
    /// of the new file put in, or put first.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if a quotation is not closed.
    pub fn arguments(&self, path: &str) -> Result<Vec<String>> {
        let options = self.options.get("options");
        let mut text = options.map_or(String::new(), |options| options.value.clone());
        if !text.contains(REVISION_SCRIPT_TOKEN) {
            text = format!("{REVISION_SCRIPT_TOKEN} {text}");
        }
        let split = split_shell(&text).map_err(|why| {
            let message = format!("the options of post write hook {}: {why}", repr(&self.name));
            let location = options.and_then(|it| it.origin.location().cloned());
            let diagnostic = Diagnostic::error("post-write-hook", message).at_maybe(location, "");
            Error::new(ErrorKind::Config, diagnostic)
        })?;
        Ok(split
            .into_iter()
            .map(|it| it.replace(REVISION_SCRIPT_TOKEN, path))
            .collect())
    }

    fn required(&self, option: &str) -> Result<String> {
        match self.options.get(option) {
            Some(value) => Ok(value.value.clone()),
            None => Err(self.error(format!(
                "Key {}.{option} is required for post write hook {}",
                self.name,
                repr(&self.name)
            ))),
        }
    }

    fn error(&self, message: String) -> Error {
        let diagnostic = Diagnostic::error("post-write-hook", message)
            .at_maybe(self.origin.location().cloned(), "");
        Error::new(ErrorKind::Command, diagnostic)
    }
}

/// Splits a command line by the rules of a POSIX shell, as Python's `shlex.split` does.
///
/// # Errors
///
/// Python's text if a quotation or an escape is not finished.
pub fn split_shell(text: &str) -> std::result::Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next() {
                        Some('\'') => break,
                        Some(quoted) => word.push(quoted),
                        None => return Err("No closing quotation"),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next() {
                        Some('"') => break,
                        Some('\\') => match characters.next() {
                            Some(escaped @ ('"' | '\\')) => word.push(escaped),
                            Some(other) => word.extend(['\\', other]),
                            None => return Err("No escaped character"),
                        },
                        Some(quoted) => word.push(quoted),
                        None => return Err("No closing quotation"),
                    }
                }
            }
            '\\' => match characters.next() {
                Some(escaped) => word.get_or_insert_default().push(escaped),
                None => return Err("No escaped character"),
            },
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected lists are those of Python's `shlex.split`.
    #[test]
    fn shell_words() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(split_shell(text).unwrap(), expected);
        check("-l 79  --fast", &["-l", "79", "--fast"]);
        check(r#"a "b c" 'd "e' f\ g"#, &["a", "b c", "d \"e", "f g"]);
        check(r#""a\"b\n" '' x"y"z"#, &["a\"b\\n", "", "xyz"]);
        check("", &[]);
        assert_eq!(split_shell("'a"), Err("No closing quotation"));
        assert_eq!(split_shell("a\\"), Err("No escaped character"));
    }
}
