//! `alembic.ini` and `pyproject.toml` merged, as Alembic merges them.

use indexmap::IndexMap;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result, SourceFile};

use crate::hooks::PostWriteHook;
use crate::ini::{Ini, ProgramDefaults};
use crate::list::{split_legacy, split_on};
use crate::origin::{Origin, Setting};
use crate::pyproject::{Pyproject, TomlValue};
use crate::python_text::{parse_int, repr};

/// The files of a project's configuration, already read.
#[derive(Debug, Clone, Default)]
pub struct ConfigSources {
    /// `alembic.ini`; `None` if there is none.
    pub ini: Option<SourceFile>,
    /// `pyproject.toml`; `None` if there is none.
    pub toml: Option<SourceFile>,
    /// The folder of the ini file, absolute: `%(here)s`. Without an ini file the folder it would be in.
    pub here: String,
    /// The folder of `pyproject.toml`, absolute.
    pub toml_here: String,
    /// `-n`: the main section.
    pub section: String,
    /// The ini file as the user named it, for messages.
    pub ini_name: String,
}

/// How a list of paths is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathSeparator {
    /// One character.
    Char(char),
    /// Alembic's old way: spaces and commas (for `prepend_sys_path` colons, too).
    Legacy,
}

/// Where a folder of the project is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocationSpec {
    /// A path, absolute or relative to the current folder.
    Path(String),
    /// `pkg.sub:dir:file`: inside an importable Python package.
    Package {
        /// Dotted name of the package.
        package: String,
        /// The path below it.
        path: Vec<String>,
    },
}

impl LocationSpec {
    /// Alembic's rule: a colon makes it a package, unless the path is absolute.
    #[must_use]
    pub fn parse(text: &str) -> LocationSpec {
        let is_absolute = std::path::Path::new(text).is_absolute();
        match text.split_once(':') {
            Some((package, rest)) if !is_absolute => LocationSpec::Package {
                package: package.to_owned(),
                path: rest.split(':').map(str::to_owned).collect(),
            },
            _ => LocationSpec::Path(text.to_owned()),
        }
    }
}

/// The configuration in force.
#[derive(Debug, Clone)]
pub struct AlembicConfig {
    ini: Ini,
    toml: Pyproject,
    section: String,
    ini_name: String,
    has_ini: bool,
}

impl AlembicConfig {
    /// Reads both files.
    ///
    /// # Errors
    /// `ErrorKind::Config`, located: a syntax error in either.
    pub fn read(sources: &ConfigSources) -> Result<AlembicConfig> {
        let defaults =
            |here: &str| ProgramDefaults::from([("here".to_owned(), here.replace('%', "%%"))]);
        let ini = match &sources.ini {
            Some(file) => Ini::parse(file, defaults(&sources.here))?,
            // As Alembic: a file that is not there has no sections.
            None => Ini::new(defaults(&sources.here)),
        };
        let toml = match &sources.toml {
            Some(file) => Pyproject::parse(
                file,
                ProgramDefaults::from([("here".to_owned(), sources.toml_here.clone())]),
            )?,
            None => Pyproject::default(),
        };
        Ok(AlembicConfig {
            ini,
            toml,
            section: sources.section.clone(),
            ini_name: sources.ini_name.clone(),
            has_ini: sources.ini.is_some(),
        })
    }

    /// The ini file.
    #[must_use]
    pub fn ini(&self) -> &Ini {
        &self.ini
    }

    /// The name of the main section.
    #[must_use]
    pub fn main_section(&self) -> &str {
        &self.section
    }

    /// True if there is an ini file.
    #[must_use]
    pub fn has_ini(&self) -> bool {
        self.has_ini
    }

    /// `config.get_section_option`: from the ini file only.
    ///
    /// # Errors
    /// Where the main section is missing (Alembic's words), or the value cannot be interpolated.
    pub fn get_section_option(&self, section: &str, name: &str) -> Result<Option<Setting<String>>> {
        if !self.ini.has_section(section) {
            let message = format!(
                "No config file {} found, or file has no '[{section}]' section",
                repr(&self.ini_name)
            );
            let mut diagnostic = Diagnostic::error("no-section", message);
            if self.has_ini {
                diagnostic = diagnostic.help(format!(
                    "add a section `[{section}]`, or name the right one with `-n`"
                ));
            } else {
                diagnostic = diagnostic
                    .help("name the ini file with `-c`, or make a project with `limbeck init`");
            }
            return Err(Error::new(ErrorKind::Command, diagnostic));
        }
        self.ini.get(section, name)
    }

    /// `config.get_main_option`: from the main section of the ini file.
    ///
    /// # Errors
    /// As [`AlembicConfig::get_section_option`].
    pub fn get_main_option(&self, name: &str) -> Result<Option<Setting<String>>> {
        self.get_section_option(&self.section, name)
    }

    /// All options of a section with those of `[DEFAULT]`; `None` if it is not there.
    ///
    /// # Errors
    /// Where a value cannot be interpolated.
    pub fn get_section(&self, section: &str) -> Result<Option<IndexMap<String, Setting<String>>>> {
        self.ini.items(section)
    }

    /// Sets an option, as env.py may.
    ///
    /// # Errors
    /// Where configparser refuses the value: a `%` that stands alone.
    pub fn set_section_option(&mut self, section: &str, name: &str, value: &str) -> Result<()> {
        self.ini.set(section, name, value, Origin::Set(None))
    }

    /// `config.get_alembic_option` as text: the ini file, then `pyproject.toml`.
    ///
    /// # Errors
    /// Where a value cannot be interpolated, or is of a type that is no text.
    pub fn alembic_option(&self, name: &str) -> Result<Option<Setting<String>>> {
        if self.ini.has_option(&self.section, name) {
            return self.get_main_option(name);
        }
        match self.toml.get(name)? {
            Some(setting) => {
                let text = match &setting.value {
                    TomlValue::String(text) => text.clone(),
                    TomlValue::Boolean(flag) => flag.to_string(),
                    TomlValue::Integer(number) => number.to_string(),
                    TomlValue::Array(_) | TomlValue::Table(_) | TomlValue::Unsupported => {
                        return Err(type_error(name, &setting, "a text"));
                    }
                };
                Ok(Some(setting.map(|_| text)))
            }
            None => Ok(None),
        }
    }

    /// Where the value of an option in force comes from: the ini file, then `pyproject.toml`, then Alembic's default.
    #[must_use]
    pub fn origin(&self, name: &str) -> Origin {
        if let Some(value) = self.ini.raw(&self.section, name) {
            return value.origin.clone();
        }
        self.toml
            .raw(name)
            .map_or(Origin::Default, |setting| setting.origin.clone())
    }

    /// `script_location`.
    ///
    /// # Errors
    /// Alembic's words if no file has it.
    pub fn script_location(&self) -> Result<Setting<String>> {
        match self.alembic_option("script_location")? {
            Some(found) => Ok(found),
            None => {
                let mut diagnostic = Diagnostic::error(
                    "no-script-location",
                    "No 'script_location' key found in configuration.",
                )
                .at_maybe(
                    self.ini.section_location(&self.section).cloned(),
                    "this section lacks it",
                );
                diagnostic = if !self.has_ini {
                    diagnostic
                        .note(format!("there is no file {}", self.ini_name))
                        .help("name the ini file with `-c`, or make a project with `limbeck init`")
                } else if !self.ini.has_section(&self.section) {
                    diagnostic.note(format!("{} has no section [{}]", self.ini_name, self.section)).help(
                        "add the section with `script_location` in it, or name the right one with `-n`",
                    )
                } else {
                    diagnostic.help(
                        "add `script_location = %(here)s/migrations`, the folder that env.py is in",
                    )
                };
                Err(Error::new(ErrorKind::Command, diagnostic))
            }
        }
    }

    fn separator(&self, names: &[&str]) -> Result<PathSeparator> {
        for name in names {
            let Some(setting) = self.ini_option(name)? else {
                continue;
            };
            return match setting.value.as_str() {
                "space" => Ok(PathSeparator::Char(' ')),
                "newline" => Ok(PathSeparator::Char('\n')),
                "os" => Ok(PathSeparator::Char(if cfg!(windows) { ';' } else { ':' })),
                ":" => Ok(PathSeparator::Char(':')),
                ";" => Ok(PathSeparator::Char(';')),
                other => {
                    let message = format!(
                        "'{other}' is not a valid value for {name}; expected 'space', 'newline', 'os', ':', ';'"
                    );
                    let diagnostic = Diagnostic::error("path-separator", message)
                        .at_maybe(setting.origin.location().cloned(), "")
                        .help("a comment must stand on a line of its own");
                    Err(Error::new(ErrorKind::Config, diagnostic))
                }
            };
        }
        Ok(PathSeparator::Legacy)
    }

    fn ini_option(&self, name: &str) -> Result<Option<Setting<String>>> {
        if self.ini.has_section(&self.section) {
            self.ini.get(&self.section, name)
        } else {
            Ok(None)
        }
    }

    /// A list of paths: split text of the ini file, or an array of `pyproject.toml`.
    fn paths(
        &self,
        name: &str,
        separators: &[&str],
        legacy_colons: bool,
    ) -> Result<Option<Vec<String>>> {
        // An empty text of the ini file does not hide the array of `pyproject.toml`.
        if let Some(setting) = self.ini_option(name)?.filter(|it| !it.value.is_empty()) {
            return Ok(Some(match self.separator(separators)? {
                PathSeparator::Char(separator) => split_on(&setting.value, separator),
                PathSeparator::Legacy => split_legacy(&setting.value, legacy_colons),
            }));
        }
        let Some(setting) = self.toml.get(name)? else {
            return Ok(None);
        };
        match &setting.value {
            TomlValue::String(text) => Ok(Some(vec![text.clone()])),
            TomlValue::Array(items) => {
                let text = |item: &Setting<TomlValue>| match &item.value {
                    TomlValue::String(text) => Ok(text.clone()),
                    _ => Err(type_error(name, item, "a list of texts")),
                };
                items.iter().map(text).collect::<Result<_>>().map(Some)
            }
            _ => Err(type_error(name, &setting, "a list of texts")),
        }
    }

    /// `version_locations`; `None` means the folder `versions` of the script location.
    ///
    /// # Errors
    /// A separator that Alembic does not know, or a value of a wrong type.
    pub fn version_locations(&self) -> Result<Option<Vec<String>>> {
        let separators = &["path_separator", "version_path_separator"];
        let locations = self.paths("version_locations", separators, false)?;
        Ok(locations.filter(|it| !it.is_empty()))
    }

    /// `prepend_sys_path`.
    ///
    /// # Errors
    /// As [`AlembicConfig::version_locations`].
    pub fn prepend_sys_path(&self) -> Result<Vec<String>> {
        Ok(self
            .paths("prepend_sys_path", &["path_separator"], true)?
            .unwrap_or_default())
    }

    /// `file_template`.
    ///
    /// # Errors
    /// Where the value cannot be interpolated.
    pub fn file_template(&self) -> Result<Setting<String>> {
        let default = || Setting::new("%(rev)s_%(slug)s".to_owned(), Origin::Default);
        Ok(self
            .alembic_option("file_template")?
            .unwrap_or_else(default))
    }

    /// `output_encoding`, `utf-8` unless it is given.
    ///
    /// # Errors
    /// Where the value cannot be interpolated.
    pub fn output_encoding(&self) -> Result<Setting<String>> {
        let default = || Setting::new("utf-8".to_owned(), Origin::Default);
        Ok(self
            .alembic_option("output_encoding")?
            .unwrap_or_else(default))
    }

    /// `timezone`.
    ///
    /// # Errors
    /// Where the value cannot be interpolated.
    pub fn timezone(&self) -> Result<Option<Setting<String>>> {
        self.alembic_option("timezone")
    }

    /// `truncate_slug_length`, 40 unless it is given.
    ///
    /// # Errors
    /// Where it is no number.
    pub fn truncate_slug_length(&self) -> Result<i64> {
        let Some(setting) = self.alembic_option("truncate_slug_length")? else {
            return Ok(40);
        };
        match parse_int(&setting.value) {
            // Python's `or 40`: zero is as good as nothing.
            Some(0) => Ok(40),
            Some(number) => Ok(number),
            None => {
                let message = format!(
                    "invalid literal for int() with base 10: {}",
                    repr(&setting.value)
                );
                let diagnostic = Diagnostic::error("truncate-slug-length", message).at_maybe(
                    setting.origin.location().cloned(),
                    "`truncate_slug_length` must be a number",
                );
                Err(Error::new(ErrorKind::Config, diagnostic))
            }
        }
    }

    /// `revision_environment`, by SQLAlchemy's words for true.
    ///
    /// # Errors
    /// Where it is neither true nor false.
    pub fn revision_environment(&self) -> Result<bool> {
        let Some(setting) = self.alembic_option("revision_environment")? else {
            return Ok(false);
        };
        match setting.value.trim().to_lowercase().as_str() {
            "true" | "yes" | "on" | "y" | "t" | "1" => Ok(true),
            "false" | "no" | "off" | "n" | "f" | "0" => Ok(false),
            _ => {
                let message = format!("String is not true/false: {}", repr(&setting.value));
                let diagnostic = Diagnostic::error("revision-environment", message)
                    .at_maybe(setting.origin.location().cloned(), "");
                Err(Error::new(ErrorKind::Config, diagnostic))
            }
        }
    }

    /// `recursive_version_locations` or `sourceless`: true only for the exact text `true`.
    ///
    /// # Errors
    /// A value in `pyproject.toml` that is no boolean.
    pub fn exact_flag(&self, name: &str) -> Result<bool> {
        if let Some(setting) = self.ini_option(name)? {
            return Ok(setting.value == "true");
        }
        match self.toml.get(name)? {
            None => Ok(false),
            Some(setting) => match setting.value {
                TomlValue::Boolean(flag) => Ok(flag),
                _ => {
                    let message =
                        format!("boolean value expected for TOML parameter {}", repr(name));
                    let diagnostic = Diagnostic::error("toml-type", message)
                        .at_maybe(setting.origin.location().cloned(), "");
                    Err(Error::new(ErrorKind::Command, diagnostic))
                }
            },
        }
    }

    /// The post-write hooks: of the ini file if it has the section, else of `pyproject.toml`.
    ///
    /// # Errors
    /// Where a value cannot be interpolated, or a hook has no name.
    pub fn post_write_hooks(&self) -> Result<Vec<PostWriteHook>> {
        if let Some(section) = self.ini.items("post_write_hooks")? {
            let Some(hooks) = section.get("hooks") else {
                return Ok(Vec::new());
            };
            let names = split_legacy(&hooks.value, false)
                .into_iter()
                .filter(|it| !it.is_empty());
            let hook = |name: String| {
                let prefix = format!("{name}.");
                let options = section
                    .iter()
                    .filter_map(|(key, value)| {
                        Some((key.strip_prefix(&prefix)?.to_owned(), value.clone()))
                    })
                    .collect();
                PostWriteHook {
                    name,
                    options,
                    origin: hooks.origin.clone(),
                }
            };
            return Ok(names.map(hook).collect());
        }
        let Some(setting) = self.toml.get("post_write_hooks")? else {
            return Ok(Vec::new());
        };
        let TomlValue::Array(items) = &setting.value else {
            return Err(type_error("post_write_hooks", &setting, "a list of tables"));
        };
        let mut hooks = Vec::new();
        for item in items {
            let TomlValue::Table(fields) = &item.value else {
                return Err(type_error("post_write_hooks", item, "a list of tables"));
            };
            let mut options: IndexMap<String, Setting<String>> = IndexMap::new();
            for (key, value) in fields {
                let TomlValue::String(text) = &value.value else {
                    return Err(type_error("post_write_hooks", value, "tables of texts"));
                };
                options.insert(
                    key.clone(),
                    Setting::new(text.clone(), value.origin.clone()),
                );
            }
            let Some(name) = options.shift_remove("name") else {
                return Err(type_error("post_write_hooks", item, "tables with a `name`"));
            };
            hooks.push(PostWriteHook {
                name: name.value,
                options,
                origin: item.origin.clone(),
            });
        }
        Ok(hooks)
    }
}

fn type_error(name: &str, setting: &Setting<TomlValue>, expected: &str) -> Error {
    let message = format!("`tool.alembic.{name}` must be {expected}");
    let diagnostic =
        Diagnostic::error("toml-type", message).at_maybe(setting.origin.location().cloned(), "");
    Error::new(ErrorKind::Config, diagnostic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(ini: Option<&str>, toml: Option<&str>) -> AlembicConfig {
        AlembicConfig::read(&ConfigSources {
            ini: ini.map(|text| SourceFile::new("alembic.ini", text)),
            toml: toml.map(|text| SourceFile::new("pyproject.toml", text)),
            here: "/p%q".to_owned(),
            toml_here: "/p".to_owned(),
            section: "alembic".to_owned(),
            ini_name: "alembic.ini".to_owned(),
        })
        .unwrap()
    }

    #[test]
    fn the_ini_wins_over_pyproject() {
        let toml = "[tool.alembic]\nscript_location = \"%(here)s/t\"\ntimezone = \"UTC\"\n\
            version_locations = [\"%(here)s/a\", \"b\"]\nrecursive_version_locations = true\n";
        let both = config(
            Some("[alembic]\nscript_location = %(here)s/m\n"),
            Some(toml),
        );
        assert_eq!(both.script_location().unwrap().value, "/p%q/m");
        assert_eq!(both.timezone().unwrap().unwrap().value, "UTC");
        assert_eq!(both.version_locations().unwrap().unwrap(), ["/p/a", "b"]);
        assert!(both.exact_flag("recursive_version_locations").unwrap());
        let none = config(None, Some(toml));
        assert_eq!(none.script_location().unwrap().value, "/p/t");
    }

    #[test]
    fn what_is_missing_is_told_in_alembics_words() {
        let check = |config: AlembicConfig, message: &str| {
            assert_eq!(
                config.script_location().unwrap_err().diagnostic.message,
                message
            );
        };
        check(
            config(Some("[alembic]\n"), None),
            "No 'script_location' key found in configuration.",
        );
        check(
            config(Some("[other]\n"), None),
            "No 'script_location' key found in configuration.",
        );
        let other = config(Some("[other]\n"), None);
        assert_eq!(
            other.get_main_option("x").unwrap_err().diagnostic.message,
            "No config file 'alembic.ini' found, or file has no '[alembic]' section"
        );
    }

    #[test]
    fn lists_of_paths() {
        let ini = |separator: &str| {
            config(
                Some(&format!(
                    "[alembic]\n{separator}\nversion_locations = a:b c\nprepend_sys_path = .:x\n"
                )),
                None,
            )
        };
        assert_eq!(
            ini("path_separator = os")
                .version_locations()
                .unwrap()
                .unwrap(),
            ["a", "b c"]
        );
        assert_eq!(
            ini("version_path_separator = space")
                .version_locations()
                .unwrap()
                .unwrap(),
            ["a:b", "c"]
        );
        assert_eq!(ini("").prepend_sys_path().unwrap(), [".", "x"]);
        assert!(ini("path_separator = os # x").version_locations().is_err());
        assert_eq!(
            LocationSpec::parse("pkg.x:dir"),
            LocationSpec::Package {
                package: "pkg.x".to_owned(),
                path: vec!["dir".to_owned()]
            }
        );
    }
}
