//! How far a script is read, without a database.

use limbeck_diag::{Error, ErrorKind, Location, Result};
use limbeck_graph::Direction;
use limbeck_python::{Found, Host, LogLevel, LogSource, Look, Rows};
use limbeck_schema::{Execute, SourcedOp};

use super::evaluate::Evaluation;
use crate::Script;

/// What it takes to read a script; the later, the more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScriptLevel {
    /// Calls of `op.…` with literal arguments.
    Plain,
    /// Evaluated to its end before anything runs.
    Evaluated,
    /// Asks the database what tables there are: evaluated on the connection.
    Inspects,
    /// Reads rows: evaluated on the connection.
    Reads,
    /// Not understood.
    Unread,
}

impl ScriptLevel {
    /// `L0` to `L4`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            ScriptLevel::Plain => "L0",
            ScriptLevel::Evaluated => "L1",
            ScriptLevel::Inspects => "L2",
            ScriptLevel::Reads => "L3",
            ScriptLevel::Unread => "L4",
        }
    }

    /// What it means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            ScriptLevel::Plain => "operations with literal arguments",
            ScriptLevel::Evaluated => "evaluated before anything runs",
            ScriptLevel::Inspects => "looks at the tables of the database",
            ScriptLevel::Reads => "reads rows of the database",
            ScriptLevel::Unread => "not read",
        }
    }
}

/// Reads one direction of a script, and gives what stands in the way. Never [`ScriptLevel::Plain`] where
/// something does.
pub(crate) fn read_level(
    evaluation: &Evaluation<'_>,
    script: &Script,
    direction: Direction,
) -> (ScriptLevel, Option<Error>) {
    let mut probe = Probe {
        dialect: evaluation.dialect,
        has_inspected: false,
    };
    match evaluation.run(script, direction, &mut probe) {
        Ok(()) => (ScriptLevel::Plain, None),
        Err(error) => {
            let level = match error.kind {
                ErrorKind::NeedsDatabase if probe.has_inspected => ScriptLevel::Inspects,
                ErrorKind::NeedsDatabase => ScriptLevel::Reads,
                // An exception that the script raises is understood.
                ErrorKind::Python => ScriptLevel::Evaluated,
                _ => ScriptLevel::Unread,
            };
            (level, Some(error))
        }
    }
}

/// A host that does nothing, and notes what is asked of it.
struct Probe<'a> {
    dialect: &'a str,
    has_inspected: bool,
}

impl Host for Probe<'_> {
    fn log(&mut self, _level: LogLevel, _source: LogSource, _text: &str) {}

    fn dialect_name(&self) -> &str {
        self.dialect
    }

    // It is only asked whether it can be quoted.
    fn quote(&self, name: &str) -> Option<String> {
        Some(name.to_owned())
    }

    fn is_offline(&self) -> bool {
        false
    }

    fn defers(&self) -> bool {
        true
    }

    fn emit(&mut self, _op: SourcedOp) -> Result<()> {
        Ok(())
    }

    fn query(&mut self, _statement: Execute, _origin: Option<Location>) -> Result<Option<Rows>> {
        Ok(None)
    }

    fn inspect(&mut self, _look: &Look<'_>) -> Result<Option<Found>> {
        self.has_inspected = true;
        Ok(None)
    }
}
