//! `[tool.alembic]` of `pyproject.toml`.

use indexmap::IndexMap;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Result, SourceFile, Span, closest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::ini::ProgramDefaults;
use crate::origin::{Origin, Setting};
use crate::percent::{Argument, format_mapping};
use crate::python_text::repr;

/// A value of `[tool.alembic]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TomlValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Setting<TomlValue>>),
    /// A table.
    Table(IndexMap<String, Setting<TomlValue>>),
    /// A type that Alembic has no use for: float, date or time.
    Unsupported,
}

/// The settings in `pyproject.toml`.
#[derive(Debug, Clone, Default)]
pub struct Pyproject {
    values: IndexMap<String, Setting<TomlValue>>,
    args: ProgramDefaults,
}

impl Pyproject {
    /// Reads the text of the file; `args` are what `%(name)s` can refer to, such as `here`.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config`, located: it is not TOML, or `tool.alembic` is not a table.
    pub fn parse(file: &SourceFile, args: ProgramDefaults) -> Result<Pyproject> {
        let document = parse_document(file)?;
        let Some(tool) = document.get_ref().get("tool") else {
            return Ok(Pyproject {
                args,
                ..Pyproject::default()
            });
        };
        let DeValue::Table(tables) = tool.get_ref() else {
            return Err(incorrect(file, tool));
        };
        let values = match tables.get("alembic") {
            None => IndexMap::new(),
            Some(value) => match read_value(file, value).value {
                TomlValue::Table(values) => values,
                _ => return Err(incorrect(file, value)),
            },
        };
        Ok(Pyproject { values, args })
    }

    /// True if there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The keys in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The value as it is written, `%` untouched.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&Setting<TomlValue>> {
        self.values.get(name)
    }

    /// The value with the texts in it formatted: `%(here)s` filled in, `%%` made `%`.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config`, located: a `%` that stands for nothing, or a type that Alembic does
    /// not take.
    pub fn get(&self, name: &str) -> Result<Option<Setting<TomlValue>>> {
        let Some(setting) = self.values.get(name) else {
            return Ok(None);
        };
        let value = match &setting.value {
            TomlValue::String(_) | TomlValue::Boolean(_) | TomlValue::Integer(_) => {
                self.format(name, setting)?.value
            }
            TomlValue::Array(items) => {
                let mut formatted = Vec::with_capacity(items.len());
                for item in items {
                    formatted.push(match &item.value {
                        TomlValue::Table(fields) => item
                            .clone()
                            .map(|_| TomlValue::Table(IndexMap::new()))
                            .map_table(self.format_fields(name, fields)?),
                        _ => self.format_text(name, item)?,
                    });
                }
                TomlValue::Array(formatted)
            }
            TomlValue::Table(fields) => TomlValue::Table(self.format_fields(name, fields)?),
            TomlValue::Unsupported => {
                let message = format!("unsupported TOML value type for key: {}", repr(name));
                let diagnostic = Diagnostic::error("toml-type", message)
                    .at_maybe(setting.origin.location().cloned(), "");
                return Err(Error::new(ErrorKind::Command, diagnostic));
            }
        };
        Ok(Some(Setting::new(value, setting.origin.clone())))
    }

    fn format_fields(
        &self,
        name: &str,
        fields: &IndexMap<String, Setting<TomlValue>>,
    ) -> Result<IndexMap<String, Setting<TomlValue>>> {
        let mut formatted = IndexMap::with_capacity(fields.len());
        for (key, field) in fields {
            formatted.insert(key.clone(), self.format_text(name, field)?);
        }
        Ok(formatted)
    }

    /// Formats a value that has to be a text.
    fn format_text(&self, name: &str, setting: &Setting<TomlValue>) -> Result<Setting<TomlValue>> {
        if let TomlValue::String(_) = setting.value {
            return self.format(name, setting);
        }
        let message = format!("the values of `tool.alembic.{name}` must be strings");
        let diagnostic = Diagnostic::error("toml-type", message)
            .at_maybe(setting.origin.location().cloned(), "not a string");
        Err(Error::new(ErrorKind::Config, diagnostic))
    }

    fn format(&self, name: &str, setting: &Setting<TomlValue>) -> Result<Setting<TomlValue>> {
        let TomlValue::String(text) = &setting.value else {
            return Ok(setting.clone());
        };
        let lookup = |key: &str| self.args.get(key).cloned().map(Argument::Text);
        let formatted = format_mapping(text, lookup).map_err(|why| {
            let message = format!("`tool.alembic.{name}` can't be formatted: {why}");
            let known = self
                .args
                .keys()
                .map(|key| format!("%({key})s"))
                .collect::<Vec<_>>();
            let diagnostic = Diagnostic::error("toml-interpolation", message)
                .at_maybe(setting.origin.location().cloned(), "")
                .help(format!(
                    "write `%%` for a percent sign, or use {}",
                    known.join(", ")
                ));
            Error::new(ErrorKind::Config, diagnostic)
        })?;
        Ok(Setting::new(
            TomlValue::String(formatted),
            setting.origin.clone(),
        ))
    }

    /// The key that was probably meant by `name`.
    #[must_use]
    pub fn closest_key(&self, name: &str) -> Option<&str> {
        closest(name, self.keys())
    }
}

impl Setting<TomlValue> {
    fn map_table(self, fields: IndexMap<String, Setting<TomlValue>>) -> Setting<TomlValue> {
        self.map(|_| TomlValue::Table(fields))
    }
}

/// True if the text of a `pyproject.toml` has a table `tool.alembic`, as `init` asks before it adds one.
///
/// # Errors
///
/// `ErrorKind::Config`, located: it is not TOML.
pub fn has_tool_alembic(name: &str, text: &str) -> Result<bool> {
    let file = SourceFile::new(name, text);
    let document = parse_document(&file)?;
    Ok(match document.get_ref().get("tool").map(Spanned::get_ref) {
        Some(DeValue::Table(tools)) => tools.contains_key("alembic"),
        _ => false,
    })
}

fn parse_document(file: &SourceFile) -> Result<Spanned<DeTable<'_>>> {
    DeTable::parse(file.text()).map_err(|error| {
        let message = format!("{} is not valid TOML: {}", file.name(), error.message());
        let location = error.span().map(|span| locate(file, &span));
        let diagnostic = Diagnostic::error("toml-syntax", message).at_maybe(location, "");
        Error::new(ErrorKind::Config, diagnostic)
    })
}

fn read_value(file: &SourceFile, value: &Spanned<DeValue<'_>>) -> Setting<TomlValue> {
    let read = match value.get_ref() {
        DeValue::String(text) => TomlValue::String(text.to_string()),
        DeValue::Boolean(value) => TomlValue::Boolean(*value),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(TomlValue::Unsupported, TomlValue::Integer),
        DeValue::Array(items) => {
            TomlValue::Array(items.iter().map(|item| read_value(file, item)).collect())
        }
        DeValue::Table(fields) => {
            let read = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let key: &std::borrow::Cow<'_, str> = key.get_ref();
                (key.to_string(), read_value(file, value))
            };
            TomlValue::Table(fields.iter().map(read).collect())
        }
        DeValue::Float(_) | DeValue::Datetime(_) => TomlValue::Unsupported,
    };
    Setting::new(read, Origin::File(locate(file, &value.span())))
}

fn locate(file: &SourceFile, span: &std::ops::Range<usize>) -> Location {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Location::new(
        file.clone(),
        Span::new(offset(span.start), offset(span.end)),
    )
}

fn incorrect(file: &SourceFile, value: &Spanned<DeValue<'_>>) -> Error {
    let diagnostic = Diagnostic::error("toml-format", "Incorrect TOML format").at(
        locate(file, &value.span()),
        "`tool.alembic` must be a table",
    );
    Error::new(ErrorKind::Command, diagnostic)
}
