//! Errors as values that a program can branch on.

use std::fmt;

use crate::diagnostic::Diagnostic;

/// What kind of failure it is, for code that must decide what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Alembic's `CommandError`: the request makes no sense in this project (exit code 255).
    Command,
    /// A setting is missing or wrong.
    Config,
    /// A file could not be read or written.
    Io,
    /// A revision graph is broken (cycle, missing parent, duplicate id or label).
    Graph,
    /// A revision, label or relative step was not found, or is ambiguous.
    Resolution,
    /// Python source has a syntax error, or raises when evaluated.
    Python,
    /// Python source that Limbeck cannot read; the project's own Python may.
    Unreadable,
    /// The answer depends on a live database and there is none (offline mode).
    NeedsDatabase,
    /// An operation cannot be expressed for this dialect.
    Compile,
    /// The server could not be reached or refused the login.
    Connection,
    /// The server rejected a statement.
    Database,
    /// The database is not in the state that the request needs.
    State,
    /// A lock was not obtained in time.
    LockTimeout,
    /// A bug in Limbeck.
    Internal,
}

/// A failure: its kind, and the diagnostic that explains it.
#[derive(Debug, Clone)]
pub struct Error {
    /// For control flow.
    pub kind: ErrorKind,
    /// For people.
    pub diagnostic: Box<Diagnostic>,
}

/// The result of anything that can fail with a diagnostic.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure of `kind` explained by `diagnostic`.
    #[must_use]
    pub fn new(kind: ErrorKind, diagnostic: Diagnostic) -> Error {
        Error {
            kind,
            diagnostic: Box::new(diagnostic),
        }
    }

    /// A failure of `kind` with only a code and a message.
    pub fn message(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Error {
        Error::new(kind, Diagnostic::error(code, message))
    }

    /// The same failure with its diagnostic changed.
    #[must_use]
    pub fn map_diagnostic(mut self, change: impl FnOnce(Diagnostic) -> Diagnostic) -> Error {
        *self.diagnostic = change(*self.diagnostic);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Error {}
