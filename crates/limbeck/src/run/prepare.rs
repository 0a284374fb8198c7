//! What is known of the scripts of a run before any of them runs.

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_graph::{Direction, Step};
use limbeck_python::RevisionOutcome;

use super::delegate::Delegate;
use super::evaluate::Evaluation;
use crate::Project;

/// What is done for a step besides changing the version table.
pub(super) enum Work {
    /// Nothing: it is a stamp.
    Nothing,
    /// These operations.
    Operations(RevisionOutcome),
    /// The script is evaluated on the connection: it reads the database.
    Live,
    /// The project's own Python runs it; why.
    Delegate(Error),
    /// The script raises an exception: the run ends when it is its turn, as with Alembic.
    Fail(Error),
}

/// Evaluates the scripts of all steps, in order.
///
/// # Errors
/// A script can be run neither natively nor by the project's own Python: nothing must be begun then.
pub(super) fn prepare(
    project: &Project,
    evaluation: &Evaluation<'_>,
    steps: Vec<Step>,
    can_undo: bool,
) -> Result<Vec<(Step, Work)>> {
    let mut delegate = None;
    let mut delegated = |error| {
        if delegate.is_none() {
            delegate = Some(Delegate::find(project, &error)?);
        }
        Ok::<Work, Error>(Work::Delegate(error))
    };
    let mut prepared = Vec::with_capacity(steps.len());
    for step in steps {
        let work = match &step {
            Step::Stamp(_) => Work::Nothing,
            Step::Revision(step) => {
                let script = project.script(step.revision);
                match evaluation.outcome(script, step.direction) {
                    Ok(outcome) => Work::Operations(outcome),
                    Err(error) if error.kind == ErrorKind::NeedsDatabase => {
                        // Where nothing can be undone, a script must be known to be readable to its end.
                        let probed = match can_undo {
                            true => Ok(()),
                            false => evaluation.probe(script, step.direction),
                        };
                        match probed {
                            Ok(()) => Work::Live,
                            Err(error) => delegated(error)?,
                        }
                    }
                    Err(error) if error.kind == ErrorKind::Unreadable => delegated(error)?,
                    // Alembic looks for the functions of all scripts first.
                    Err(error) if lacks_function(&error, step.direction) => return Err(error),
                    Err(error) => Work::Fail(error),
                }
            }
        };
        prepared.push((step, work));
    }
    Ok(prepared)
}

/// True for the exception that a script has no function for this direction.
fn lacks_function(error: &Error, direction: Direction) -> bool {
    let message = &error.diagnostic.message;
    let function = match direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
    };
    error.kind == ErrorKind::Python
        && message.starts_with("AttributeError: module '")
        && message.ends_with(&format!("_py' has no attribute '{function}'"))
}
