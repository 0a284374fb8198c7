//! The logging sections of `alembic.ini`, as `logging.config.fileConfig` understands them: which lines
//! appear, in which format, on which stream.

use crate::ini::Ini;
use crate::python_text::strip;

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
    /// `datefmt` of its formatter.
    pub datefmt: Option<String>,
}

/// A configured logger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logger {
    /// `qualname`; empty for the root.
    pub name: String,
    /// Lines below this level are dropped; zero asks the parent.
    pub level: u32,
    /// Its own handlers.
    pub handlers: Vec<Handler>,
    /// Whether the handlers of its parents get the lines, too.
    pub propagate: bool,
}

/// The logging configuration in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logging {
    loggers: Vec<Logger>,
}

/// One line for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Name of the logger.
    pub logger: &'a str,
    /// Python's level number.
    pub level: u32,
    /// Python's level name.
    pub level_name: &'a str,
    /// The text.
    pub message: &'a str,
    /// The time, as `asctime` shows it.
    pub asctime: &'a str,
}

/// The number of a level name: `INFO` is 20. `NOTSET` and unknown names are zero.
#[must_use]
pub fn level_number(name: &str) -> u32 {
    match name {
        "DEBUG" => 10,
        "INFO" => 20,
        "WARNING" | "WARN" => 30,
        "ERROR" => 40,
        "CRITICAL" | "FATAL" => 50,
        _ => 0,
    }
}

fn keys(ini: &Ini, section: &str, option: &str) -> Vec<String> {
    let text = text(ini, section, option).unwrap_or_default();
    text.split(',')
        .map(|it| strip(it).to_owned())
        .filter(|it| !it.is_empty())
        .collect()
}

/// Formats are read raw: `%(message)s` is no interpolation.
fn text(ini: &Ini, section: &str, option: &str) -> Option<String> {
    ini.raw(section, option).map(|it| it.raw.clone())
}

impl Logging {
    /// Reads the sections `[loggers]`, `[handlers]`, `[formatters]` and those they name; `None` if there are none.
    #[must_use]
    pub fn read(ini: &Ini) -> Option<Logging> {
        if !ini.has_section("loggers") {
            return None;
        }
        let handler = |name: &String| {
            let section = format!("handler_{name}");
            let class = text(ini, &section, "class").unwrap_or_default();
            let args = text(ini, &section, "args").unwrap_or_default();
            let stream = match class.trim_start_matches("logging.") {
                "StreamHandler" if args.contains("stdout") => Stream::Stdout,
                "StreamHandler" => Stream::Stderr,
                _ => Stream::Other,
            };
            let formatter = text(ini, &section, "formatter").unwrap_or_default();
            let section_of_format = format!("formatter_{formatter}");
            Handler {
                level: level_number(&text(ini, &section, "level").unwrap_or_default()),
                stream,
                format: text(ini, &section_of_format, "format")
                    .unwrap_or_else(|| "%(message)s".to_owned()),
                datefmt: text(ini, &section_of_format, "datefmt"),
            }
        };
        let logger = |name: String| {
            let section = format!("logger_{name}");
            Logger {
                name: if name == "root" {
                    String::new()
                } else {
                    text(ini, &section, "qualname").unwrap_or(name)
                },
                level: level_number(&text(ini, &section, "level").unwrap_or_default()),
                handlers: keys(ini, &section, "handlers")
                    .iter()
                    .map(handler)
                    .collect(),
                propagate: text(ini, &section, "propagate").is_none_or(|it| it.trim() != "0"),
            }
        };
        Some(Logging {
            loggers: keys(ini, "loggers", "keys")
                .into_iter()
                .map(logger)
                .collect(),
        })
    }

    /// The configured loggers of a name, the closest first, the root last.
    fn chain<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Logger> {
        let mut found: Vec<&Logger> = self
            .loggers
            .iter()
            .filter(|it| {
                it.name.is_empty()
                    || name == it.name
                    || name
                        .strip_prefix(&it.name)
                        .is_some_and(|rest| rest.starts_with('.'))
            })
            .collect();
        found.sort_by_key(|it| std::cmp::Reverse(it.name.len()));
        found.into_iter()
    }

    /// The lines that a record becomes, with the streams they go to.
    #[must_use]
    pub fn render(&self, record: &Record<'_>) -> Vec<(Stream, String)> {
        let effective = self
            .chain(record.logger)
            .map(|it| it.level)
            .find(|level| *level > 0)
            .unwrap_or(30);
        if record.level < effective {
            return Vec::new();
        }
        let mut lines = Vec::new();
        for logger in self.chain(record.logger) {
            for handler in logger.handlers.iter().filter(|it| record.level >= it.level) {
                lines.push((handler.stream, render_format(&handler.format, record)));
            }
            if !logger.propagate {
                break;
            }
        }
        lines
    }
}

fn render_format(format: &str, record: &Record<'_>) -> String {
    use crate::percent::{Argument, format_mapping};
    let lookup = |name: &str| {
        Some(match name {
            "levelname" => Argument::Text(record.level_name.to_owned()),
            "levelno" => Argument::Number(i64::from(record.level)),
            "name" => Argument::Text(record.logger.to_owned()),
            "message" => Argument::Text(record.message.to_owned()),
            "asctime" => Argument::Text(record.asctime.to_owned()),
            "process" => Argument::Number(i64::from(std::process::id())),
            "module" => Argument::Text(
                record
                    .logger
                    .rsplit('.')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            ),
            // What belongs to Python's own frames is not known here.
            "filename" | "pathname" | "funcName" | "threadName" | "processName" => {
                Argument::Text(String::new())
            }
            "lineno" | "thread" | "msecs" => Argument::Number(0),
            _ => return None,
        })
    };
    format_mapping(format, lookup).unwrap_or_else(|_| record.message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use limbeck_diag::SourceFile;

    #[test]
    fn lines_appear_as_the_stock_ini_asks() {
        let text = "[loggers]\nkeys = root,alembic\n[handlers]\nkeys = console\n[formatters]\nkeys = generic\n\
            [logger_root]\nlevel = WARNING\nhandlers = console\nqualname =\n[logger_alembic]\nlevel = INFO\nhandlers =\n\
            qualname = alembic\n[handler_console]\nclass = StreamHandler\nargs = (sys.stderr,)\nlevel = NOTSET\n\
            formatter = generic\n[formatter_generic]\nformat = %(levelname)-5.5s [%(name)s] %(message)s\n";
        let ini = Ini::parse(
            &SourceFile::new("alembic.ini", text),
            crate::ini::ProgramDefaults::new(),
        )
        .unwrap();
        let logging = Logging::read(&ini).unwrap();
        let record = |logger, level, level_name| Record {
            logger,
            level,
            level_name,
            message: "hello",
            asctime: "",
        };
        let line = |text: &str| vec![(Stream::Stderr, text.to_owned())];
        assert_eq!(
            logging.render(&record("alembic.runtime.migration", 20, "INFO")),
            line("INFO  [alembic.runtime.migration] hello")
        );
        assert_eq!(
            logging.render(&record("alembic.x", 30, "WARNING")),
            line("WARNI [alembic.x] hello")
        );
        assert_eq!(logging.render(&record("myapp", 20, "INFO")), vec![]);
        assert_eq!(logging.render(&record("alembics", 20, "INFO")), vec![]);
    }
}
