//! The logging sections of `alembic.ini`, as `logging.config.fileConfig` understands them: which lines
//! appear, in which format, on which stream.

use std::collections::BTreeMap;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Result, closest};

use crate::ini::Ini;
use crate::log_format::{Style, render_line};
use crate::python_text::{parse_int, repr, strip};

/// Where a handler writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
    /// Something else, such as a file: Limbeck does not write there.
    Other,
}

/// A configured handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// Lines below this level do not appear.
    pub level: u32,
    /// Where lines go.
    pub stream: Stream,
    /// `format` of its formatter.
    pub format: String,
    /// `style` of its formatter: how fields are marked in `format`.
    pub style: Style,
    /// `datefmt` of its formatter.
    pub datefmt: Option<String>,
}

/// A configured logger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logger {
    /// `qualname`; empty for the root.
    pub name: String,
    /// Lines below this level are dropped; `None` and zero ask the parent.
    pub level: Option<u32>,
    /// Its own handlers.
    pub handlers: Vec<Handler>,
    /// Whether the handlers of its parents get the lines, too.
    pub propagate: bool,
}

/// The logging configuration in force. Without loggers it is Python's own: warnings and errors go to
/// standard error, only their text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logging {
    loggers: Vec<Logger>,
    keeps_existing: bool,
}

/// One line for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Name of the logger; `root` is the root.
    pub logger: &'a str,
    /// Python's level number.
    pub level: u32,
    /// Python's level name.
    pub level_name: &'a str,
    /// The text.
    pub message: &'a str,
    /// The time as `2026-03-04 05:06:07,089`, local; a handler with a `datefmt` shows it by that.
    pub asctime: &'a str,
}

const LEVELS: [(&str, u32); 8] = [
    ("CRITICAL", 50),
    ("FATAL", 50),
    ("ERROR", 40),
    ("WARN", 30),
    ("WARNING", 30),
    ("INFO", 20),
    ("DEBUG", 10),
    ("NOTSET", 0),
];

/// The level of the root logger, and of the handler that stands in where there is none.
const WARNING: u32 = 30;

/// The number of a level name: `INFO` is 20. `NOTSET` and unknown names are zero.
#[must_use]
pub fn level_number(name: &str) -> u32 {
    known_level(name).unwrap_or(0)
}

fn known_level(name: &str) -> Option<u32> {
    LEVELS
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, level)| level)
}

impl Logging {
    /// Reads the configuration; `None` if there is none, or none that `fileConfig` would take.
    #[must_use]
    pub fn read(ini: &Ini) -> Option<Logging> {
        Logging::parse(ini).ok()
    }

    /// Reads the sections `[loggers]`, `[handlers]`, `[formatters]` and those they name.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config`, located: a section, an option, a level or a reference that is wrong or
    /// missing. `fileConfig` raises a `KeyError` or `ValueError` there.
    pub fn parse(ini: &Ini) -> Result<Logging> {
        let sections = Sections { ini };
        let formatters = sections.formatters()?;
        let handlers = sections.handlers(&formatters)?;
        let loggers = sections.loggers(&handlers)?;
        Ok(Logging {
            loggers,
            keeps_existing: false,
        })
    }

    /// As with `disable_existing_loggers=False`: the loggers that the configuration does not name stay
    /// on. `fileConfig` turns them off unless it is told this.
    #[must_use]
    pub fn keep_existing(self) -> Logging {
        Logging {
            keeps_existing: true,
            ..self
        }
    }

    /// The configured loggers.
    #[must_use]
    pub fn loggers(&self) -> &[Logger] {
        &self.loggers
    }

    /// The configured loggers of a name, the closest first, the root last.
    fn chain(&self, name: &str) -> Vec<&Logger> {
        let is_above = |logger: &&Logger| {
            let rest = name.strip_prefix(&logger.name);
            logger.name.is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with('.'))
        };
        let mut found: Vec<&Logger> = self.loggers.iter().filter(is_above).collect();
        found.sort_by_key(|it| std::cmp::Reverse(it.name.len()));
        found
    }

    /// True if `fileConfig` turned the logger off: it was there before, as those of Alembic and
    /// SQLAlchemy are, and no section is for it or for one above it.
    fn is_disabled(&self, name: &str, chain: &[&Logger]) -> bool {
        let packages = ["alembic", "sqlalchemy"];
        let was_there = name
            .split('.')
            .next()
            .is_some_and(|it| packages.contains(&it));
        was_there
            && !self.keeps_existing
            && !self.loggers.is_empty()
            && chain.iter().all(|logger| logger.name.is_empty())
    }

    /// The lines that a record becomes, with the streams they go to.
    #[must_use]
    pub fn render(&self, record: &Record<'_>) -> Vec<(Stream, String)> {
        let name = if record.logger == "root" {
            ""
        } else {
            record.logger
        };
        let chain = self.chain(name);
        let own_level = |logger: &&Logger| logger.level.filter(|level| *level > 0);
        let root_level = chain.last().and_then(|root| root.level).unwrap_or(WARNING);
        let effective = chain.iter().find_map(own_level).unwrap_or(root_level);
        if record.level < effective || self.is_disabled(name, &chain) {
            return Vec::new();
        }
        let end = chain
            .iter()
            .position(|logger| !logger.propagate)
            .map_or(chain.len(), |it| it + 1);
        let mut handlers = chain
            .iter()
            .take(end)
            .flat_map(|logger| &logger.handlers)
            .peekable();
        if handlers.peek().is_none() {
            // Python's handler of last resort, for whom no logger on the way has a handler.
            let is_silent = has_null_handler(name, chain.get(..end).unwrap_or_default());
            let line = || (Stream::Stderr, record.message.to_owned());
            let is_shown = record.level >= WARNING && !is_silent;
            return is_shown.then(line).into_iter().collect();
        }
        handlers
            .filter(|handler| record.level >= handler.level)
            .map(|handler| (handler.stream, render_line(handler, record)))
            .collect()
    }
}

/// Alembic gives its logger `alembic` a handler that does nothing; a section for that logger takes it
/// away.
fn has_null_handler(name: &str, way: &[&Logger]) -> bool {
    let is_alembics = name == "alembic" || name.starts_with("alembic.");
    let is_reached = way
        .last()
        .is_none_or(|last| last.propagate || last.name.is_empty());
    is_alembics && is_reached && way.iter().all(|logger| logger.name != "alembic")
}

struct Formatter {
    format: String,
    style: Style,
    datefmt: Option<String>,
}

struct Sections<'a> {
    ini: &'a Ini,
}

impl Sections<'_> {
    fn formatters(&self) -> Result<BTreeMap<String, Formatter>> {
        let mut formatters = BTreeMap::new();
        for name in self.keys("formatters", "keys")? {
            let section = format!("formatter_{name}");
            self.section(&section)?;
            // Formats are read raw: `%(message)s` is no interpolation.
            let raw = |option: &str| self.ini.raw(&section, option).map(|it| it.raw.clone());
            let style = match raw("style").as_deref() {
                None | Some("%") => Style::Percent,
                Some("{") => Style::Brace,
                Some("$") => Style::Dollar,
                Some(other) => {
                    let message = format!("Style must be one of: %, {{, $; not {}", repr(other));
                    return Err(error(message, self.value_at(&section, "style")));
                }
            };
            let format = raw("format").unwrap_or_else(|| style.default_format().to_owned());
            formatters.insert(
                name,
                Formatter {
                    format,
                    style,
                    datefmt: raw("datefmt"),
                },
            );
        }
        Ok(formatters)
    }

    fn handlers(
        &self,
        formatters: &BTreeMap<String, Formatter>,
    ) -> Result<BTreeMap<String, Handler>> {
        let mut handlers = BTreeMap::new();
        for name in self.keys("handlers", "keys")? {
            let section = format!("handler_{name}");
            self.section(&section)?;
            let class = self.required(&section, "class")?;
            let args = self.get(&section, "args")?.unwrap_or_default();
            let stream = match class.strip_prefix("logging.").unwrap_or(&class) {
                "StreamHandler" if args.contains("stdout") => Stream::Stdout,
                "StreamHandler" => Stream::Stderr,
                _ => Stream::Other,
            };
            let named = self.get(&section, "formatter")?.filter(|it| !it.is_empty());
            let formatter = match &named {
                None => None,
                Some(name) => Some(formatters.get(name).ok_or_else(|| {
                    self.unknown(
                        "formatter",
                        name,
                        formatters.keys(),
                        self.value_at(&section, "formatter"),
                    )
                })?),
            };
            handlers.insert(
                name,
                Handler {
                    level: self.level(&section)?.unwrap_or(0),
                    stream,
                    format: formatter.map_or("%(message)s", |it| &it.format).to_owned(),
                    style: formatter.map_or(Style::Percent, |it| it.style),
                    datefmt: formatter.and_then(|it| it.datefmt.clone()),
                },
            );
        }
        Ok(handlers)
    }

    fn loggers(&self, handlers: &BTreeMap<String, Handler>) -> Result<Vec<Logger>> {
        let names = self.keys("loggers", "keys")?;
        if !names.iter().any(|name| name == "root") {
            let place = self.value_at("loggers", "keys");
            return Err(error(
                "the `keys` of `[loggers]` must name `root`".to_owned(),
                place,
            ));
        }
        let mut loggers = Vec::new();
        for name in names {
            let section = format!("logger_{name}");
            self.section(&section)?;
            let is_root = name == "root";
            let own = self.required(&section, "handlers")?;
            let own = if own.is_empty() {
                Vec::new()
            } else {
                split(&own)
            };
            let mut own_handlers = Vec::with_capacity(own.len());
            for handler in own {
                own_handlers.push(handlers.get(&handler).cloned().ok_or_else(|| {
                    self.unknown(
                        "handler",
                        &handler,
                        handlers.keys(),
                        self.value_at(&section, "handlers"),
                    )
                })?);
            }
            loggers.push(Logger {
                name: if is_root {
                    String::new()
                } else {
                    self.required(&section, "qualname")?
                },
                level: self.level(&section)?,
                handlers: own_handlers,
                propagate: is_root || self.propagates(&section)?,
            });
        }
        Ok(loggers)
    }

    fn propagates(&self, section: &str) -> Result<bool> {
        let Some(text) = self.get(section, "propagate")? else {
            return Ok(true);
        };
        let number = parse_int(&text).ok_or_else(|| {
            error(
                format!("invalid literal for int() with base 10: {}", repr(&text)),
                self.value_at(section, "propagate"),
            )
        })?;
        Ok(number != 0)
    }

    fn level(&self, section: &str) -> Result<Option<u32>> {
        let Some(text) = self.get(section, "level")? else {
            return Ok(None);
        };
        if let Some(level) = known_level(&text) {
            return Ok(Some(level));
        }
        let mut failure = error(
            format!("Unknown level: {}", repr(&text)),
            self.value_at(section, "level"),
        );
        let upper = text.to_uppercase();
        let names = LEVELS.map(|(name, _)| name);
        let near = names
            .into_iter()
            .find(|it| *it == upper)
            .or_else(|| closest(&upper, names));
        if let Some(near) = near {
            failure = failure.map_diagnostic(|it| it.help(format!("did you mean `{near}`?")));
        }
        Err(failure)
    }

    fn keys(&self, section: &str, option: &str) -> Result<Vec<String>> {
        self.section(section)?;
        let text = self.required(section, option)?;
        Ok(if text.is_empty() {
            Vec::new()
        } else {
            split(&text)
        })
    }

    fn section(&self, section: &str) -> Result<()> {
        if self.ini.has_section(section) {
            return Ok(());
        }
        let message = format!("the logging configuration has no section `[{section}]`");
        Err(error(message, None))
    }

    fn get(&self, section: &str, option: &str) -> Result<Option<String>> {
        Ok(self.ini.get(section, option)?.map(|it| it.value))
    }

    fn required(&self, section: &str, option: &str) -> Result<String> {
        self.get(section, option)?.ok_or_else(|| {
            let message = format!("section `[{section}]` has no option `{option}`");
            error(message, self.ini.section_location(section).cloned())
        })
    }

    fn value_at(&self, section: &str, option: &str) -> Option<Location> {
        self.ini
            .raw(section, option)
            .and_then(|it| it.origin.location().cloned())
    }

    fn unknown<'a>(
        &self,
        kind: &str,
        name: &str,
        known: impl Iterator<Item = &'a String>,
        at: Option<Location>,
    ) -> Error {
        let message = format!(
            "the `keys` of `[{kind}s]` do not name a {kind} {}",
            repr(name)
        );
        let failure = error(message, at);
        match closest(name, known.map(String::as_str)) {
            Some(near) => failure.map_diagnostic(|it| it.help(format!("did you mean `{near}`?"))),
            None => failure,
        }
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(|it| strip(it).to_owned()).collect()
}

fn error(message: String, at: Option<Location>) -> Error {
    Error::new(
        ErrorKind::Config,
        Diagnostic::error("logging", message).at_maybe(at, ""),
    )
}
