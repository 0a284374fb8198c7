//! What happens, shown on standard output and standard error as Alembic shows it.

use std::io::{self, IsTerminal, Write};

use limbeck::{Diagnostic, Error, ErrorKind, Event, Level, Logging, Record, Reporter, Stream};
use limbeck_diag::render_text;

use crate::args::Format;
use crate::json;

/// The logger of Alembic's messages.
const MESSAGING: &str = "alembic.util.messaging";

/// The terminal, or what stands in its place.
pub(crate) struct Console {
    quiet: bool,
    format: Format,
    /// True when the answer in JSON stands on standard output.
    answered: bool,
    logging: Option<Logging>,
}

impl Console {
    pub(crate) fn new(quiet: bool, format: Format) -> Console {
        Console {
            quiet,
            format,
            answered: false,
            logging: None,
        }
    }

    /// Standard output has its one document: a failure from here on only decides the exit code.
    pub(crate) fn has_answered(&mut self) {
        self.answered = true;
    }

    /// Text that is not the answer: where the answer is JSON, it must not stand in it.
    fn aside(&self, text: &str) {
        match self.format {
            Format::Text => out(text),
            Format::Json => err(text),
        }
    }

    fn log(&mut self, level: Level, logger: &str, message: &str) {
        let Some(logging) = &self.logging else {
            return;
        };
        let asctime = limbeck::local_time_text();
        let record = Record {
            logger,
            level: level.number(),
            level_name: level.name(),
            message,
            asctime: &asctime,
        };
        for (stream, line) in logging.render(&record) {
            match stream {
                Stream::Stdout => self.aside(&format!("{line}\n")),
                Stream::Stderr => err(&format!("{line}\n")),
                Stream::Other => {}
            }
        }
    }

    /// A failure: Alembic's line where it is a matter of the command, and everything that is known about it.
    /// Gives the exit code.
    pub(crate) fn fail(&mut self, error: &Error, raise: bool) -> u8 {
        let diagnostic = &error.diagnostic;
        let is_command = matches!(
            error.kind,
            ErrorKind::Command
                | ErrorKind::Graph
                | ErrorKind::Resolution
                | ErrorKind::State
                | ErrorKind::LockTimeout
        );
        if self.format == Format::Json && !self.answered {
            out(&json::render(&json::failure(error)));
        }
        if raise || !is_command {
            err(&render(diagnostic));
            return 1;
        }
        if !self.quiet {
            self.aside(&format!("FAILED: {}\n", diagnostic.message));
        }
        self.log(Level::Error, MESSAGING, &diagnostic.message);
        let has_more = !(diagnostic.labels.is_empty() && diagnostic.help.is_empty());
        if has_more {
            err(&render(diagnostic));
        }
        255
    }
}

fn render(diagnostic: &Diagnostic) -> String {
    format!("{}\n", render_text(diagnostic, io::stderr().is_terminal()))
}

/// Writes to standard output. A pipe that is closed is nobody's fault.
pub(crate) fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// Writes to standard error.
pub(crate) fn err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

impl Reporter for Console {
    fn report(&mut self, event: Event<'_>) {
        match event {
            Event::Output(text) if !self.quiet => self.aside(&format!("{text}\n")),
            Event::Static(text) => self.aside(text),
            Event::Message(text) if !self.quiet => self.aside(&format!("{text}\n")),
            Event::StatusBegin { text, newline } if !self.quiet => {
                self.aside(&format!("{text} ...{}", if newline { "\n" } else { "" }));
            }
            Event::StatusEnd { ok } if !self.quiet => {
                self.aside(if ok { "  done\n" } else { "  FAILED\n" });
            }
            Event::Log {
                level,
                logger,
                message,
            } => self.log(level, logger, message),
            Event::ScriptStderr(text) => err(text),
            Event::Warning(diagnostic) => err(&render(diagnostic)),
            Event::Waiting { holder } => err(&format!("waiting for {holder} to end\n")),
            Event::Delegating { revision, reason } => {
                err(&format!(
                    "revision {revision} is run by the project's own Python:\n{}",
                    render(reason)
                ));
            }
            Event::LoggingConfigured(logging) => self.logging = Some(logging.clone()),
            _ => {}
        }
    }
}
