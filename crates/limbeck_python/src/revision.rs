//! One direction of a migration script to operations.

use std::path::Path;
use std::rc::Rc;

use limbeck_diag::Error;
use limbeck_schema::{NamingConvention, SourcedOp};

use crate::args::Args;
use crate::env::TargetMetadata;
use crate::eval::{Interp, World};
use crate::host::{Host, LogLevel, LogSource};
use crate::script::Script;
use crate::value::{Str, Value};

/// What to evaluate, and for which database.
#[derive(Debug, Clone, Copy)]
pub struct RevisionRequest<'a> {
    /// The script's path, absolute.
    pub path: &'a Path,
    /// Its text.
    pub text: &'a str,
    /// `upgrade` or `downgrade`.
    pub function: &'a str,
    /// SQLAlchemy's name of the dialect.
    pub dialect: &'a str,
    /// `--sql`: nothing can be asked.
    pub is_offline: bool,
    /// Arguments of the function, valid in the world.
    pub kwargs: &'a [(String, Value)],
}

/// What a script did.
#[derive(Debug, Clone, Default)]
pub struct RevisionOutcome {
    /// Its operations, in order.
    pub ops: Vec<SourcedOp>,
    /// What it printed and logged.
    pub logs: Vec<(LogLevel, LogSource, String)>,
    /// What made it non-deterministic, such as `uuid.uuid4()`.
    pub nondeterministic: Option<&'static str>,
}

/// Takes down what a script does.
struct Collector<'a> {
    request: RevisionRequest<'a>,
    outcome: RevisionOutcome,
}

impl Host for Collector<'_> {
    fn log(&mut self, level: LogLevel, source: LogSource, text: &str) {
        self.outcome.logs.push((level, source, text.to_owned()));
    }

    fn dialect_name(&self) -> &str {
        self.request.dialect
    }

    fn is_offline(&self) -> bool {
        self.request.is_offline
    }

    fn emit(&mut self, op: SourcedOp) -> Result<(), Error> {
        self.outcome.ops.push(op);
        Ok(())
    }
}

/// Evaluates one direction of a script.
///
/// # Errors
/// What cannot be read ([`limbeck_diag::ErrorKind::Unreadable`]), an exception that it raises, or a question that only a
/// live database answers ([`limbeck_diag::ErrorKind::NeedsDatabase`]); at its line.
pub fn evaluate_revision(
    world: &Rc<World>,
    request: &RevisionRequest<'_>,
) -> Result<RevisionOutcome, Error> {
    let script = Script::parse(request.path, request.text)?;
    world.clear_nondeterministic();
    let mut collector = Collector {
        request: *request,
        outcome: RevisionOutcome::default(),
    };
    let mut ev = Interp::new(world, &mut collector);
    let module = script.load(&mut ev)?;
    let keywords = request
        .kwargs
        .iter()
        .map(|(name, value)| (Str::from(name.as_str()), value.clone()))
        .collect();
    Script::run_function(
        &mut ev,
        &module,
        request.function,
        Args {
            positional: Vec::new(),
            keywords,
        },
    )?;
    let mut outcome = collector.outcome;
    outcome.nondeterministic = world.nondeterministic();
    Ok(outcome)
}

/// The naming convention of the target metadata. SQLAlchemy's default where there is none.
///
/// # Errors
/// The metadata could not be read, and the project mentions a convention.
pub fn naming_convention(
    _world: &Rc<World>,
    metadata: &TargetMetadata,
) -> Result<NamingConvention, Error> {
    match metadata {
        TargetMetadata::None | TargetMetadata::Unknown { .. } | TargetMetadata::Known(_) => {
            Ok(NamingConvention::default())
        }
    }
}
