//! How an evaluation ends early: a Python exception that Python code may catch, or a failure that it
//! may not.

use limbeck_diag::{Error, ErrorKind, Location};

use crate::value::{Unknown, Value};

/// What unwinds through evaluation.
#[derive(Debug)]
pub enum Flow {
    /// A Python exception. `try`/`except` of the evaluated program may catch it.
    Raise(Box<Raised>),
    /// Evaluation cannot go on: a value that is not known was needed, a limit was reached, or the
    /// host failed. Python code cannot catch it.
    Fatal(Box<Error>),
}

/// A Python exception under way.
#[derive(Debug, Clone)]
pub struct Raised {
    /// The exception instance.
    pub value: Value,
    /// Where it was raised.
    pub location: Option<Location>,
    /// True for one that a `raise` statement raises.
    pub is_stated: bool,
}

/// The result of evaluating something.
pub type R<T = Value> = Result<T, Flow>;

impl Flow {
    /// A failure that Python code cannot catch.
    #[must_use]
    pub fn fatal(error: Error) -> Flow {
        Flow::Fatal(Box::new(error))
    }

    /// True for the failure "this depends on what the database holds".
    pub(crate) fn needs_database(&self) -> bool {
        matches!(self, Flow::Fatal(error) if error.kind == ErrorKind::NeedsDatabase)
    }

    /// The failure "a value that is not known was needed for `what`".
    #[must_use]
    pub fn needs(unknown: &Unknown, what: &str, location: Option<Location>) -> Flow {
        Flow::fatal(unknown.error(what, location))
    }
}

impl From<Error> for Flow {
    fn from(error: Error) -> Flow {
        Flow::fatal(error)
    }
}
