//! What happens while a command runs, told to whoever shows it.

use limbeck_diag::Diagnostic;

/// How important a log line is: Python's levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each variant is Python's level of the same name"
)]
pub enum Level {
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}

impl Level {
    /// Python's `levelname`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
            Level::Critical => "CRITICAL",
        }
    }

    /// Python's `levelno`.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Level::Debug => 10,
            Level::Info => 20,
            Level::Warning => 30,
            Level::Error => 40,
            Level::Critical => 50,
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Part of a command's answer, without the final line break (Alembic's `print_stdout`).
    Output(&'a str),
    /// SQL or text that an offline run writes, with its line breaks.
    Static(&'a str),
    /// A remark to the user (Alembic's `msg`): wrapped on a terminal.
    Message(&'a str),
    /// Something begins that will end with [`Event::StatusEnd`]: `Generating … ...`.
    StatusBegin {
        /// The text, without the dots.
        text: &'a str,
        /// The end goes to a line of its own, because others may write in between.
        newline: bool,
    },
    /// What began ended.
    StatusEnd {
        /// Whether it worked.
        ok: bool,
    },
    /// A line for the log; shown if the project's logging configuration asks for it.
    Log {
        /// Its level.
        level: Level,
        /// The Python logger it would come from.
        logger: &'a str,
        /// Its text.
        message: &'a str,
    },
    /// Text that a script printed to standard error, with its line breaks.
    ScriptStderr(&'a str),
    /// Something the user should know though the run goes on.
    Warning(&'a Diagnostic),
    /// Another run holds the lock; this one waits.
    Waiting {
        /// Who or what is waited for, in words.
        holder: &'a str,
    },
    /// A revision is about to be run by the project's own Python.
    Delegating {
        /// The revision.
        revision: &'a str,
        /// Why: what could not be read, and where.
        reason: &'a Diagnostic,
    },
    /// The project's logging is configured from here on.
    LoggingConfigured(&'a crate::Logging),
}

/// Someone who is told what happens.
pub trait Reporter {
    /// Takes notice of one event.
    fn report(&mut self, event: Event<'_>);
}

/// Takes no notice of anything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn report(&mut self, _event: Event<'_>) {}
}

impl<F: FnMut(Event<'_>)> Reporter for F {
    fn report(&mut self, event: Event<'_>) {
        self(event);
    }
}

/// Runs `work` between a beginning and an end that say whether it worked.
pub(crate) fn with_status<T>(
    reporter: &mut dyn Reporter,
    text: &str,
    work: impl FnOnce(&mut dyn Reporter) -> limbeck_diag::Result<T>,
) -> limbeck_diag::Result<T> {
    status(reporter, text, false, work)
}

/// The same, with the end on a line of its own.
pub(crate) fn with_status_line<T>(
    reporter: &mut dyn Reporter,
    text: &str,
    work: impl FnOnce(&mut dyn Reporter) -> limbeck_diag::Result<T>,
) -> limbeck_diag::Result<T> {
    status(reporter, text, true, work)
}

fn status<T>(
    reporter: &mut dyn Reporter,
    text: &str,
    newline: bool,
    work: impl FnOnce(&mut dyn Reporter) -> limbeck_diag::Result<T>,
) -> limbeck_diag::Result<T> {
    reporter.report(Event::StatusBegin { text, newline });
    let result = work(reporter);
    reporter.report(Event::StatusEnd { ok: result.is_ok() });
    result
}
