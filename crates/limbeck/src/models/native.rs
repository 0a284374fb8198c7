//! Models read without Python.

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_python::env::{EnvRequest, EnvRun, TargetMetadata};
use limbeck_python::models::read_metadata;
use limbeck_schema::Schema;

use super::import_models;
use crate::run::Env;
use crate::{Event, Level, Project, Reporter};

/// The tables of the models for each run of env.py; none where env.py names no `MetaData` at all.
///
/// They are read. Where they cannot be, the project's own Python imports them, and the reporter is told why before.
///
/// # Errors
/// They can be read neither way: the place in them that is not understood, and why Python does not help.
pub(crate) fn read_models(
    project: &Project,
    env: &Env,
    reporter: &mut dyn Reporter,
) -> Result<Vec<Vec<Schema>>> {
    let has_none = |run: &EnvRun| matches!(run.target_metadata, TargetMetadata::None);
    if env.outcome.runs.iter().all(has_none) {
        return Ok(Vec::new());
    }
    let why = match read_natively(project, env) {
        Ok(models) => return Ok(models),
        Err(error) => error,
    };
    if !project.options.allow_python {
        return Err(unreadable(why).map_diagnostic(|it| {
            it.help("without `--no-python`, the project's own Python would import the models")
        }));
    }
    let place = why.diagnostic.location().map(|it| format!(" ({it})"));
    let message = format!(
        "The models cannot be read without Python: {}{}",
        why.diagnostic.message,
        place.unwrap_or_default()
    );
    reporter.report(Event::Log {
        level: Level::Info,
        logger: "limbeck.models",
        message: &message,
    });
    import_models(project, reporter).map_err(|error| match error.kind {
        // There is no interpreter: what cannot be read is what there is to change.
        ErrorKind::State => unreadable(why).map_diagnostic(|it| {
            let it = it.note(error.diagnostic.message.clone());
            it.help(
                "activate the project's virtual environment, whose Python can import the models",
            )
        }),
        _ => error,
    })
}

/// The failure to read models.
fn unreadable(why: Error) -> Error {
    let kind = why.kind;
    let Diagnostic { message, .. } = &*why.diagnostic;
    let message = format!("the models cannot be read: {message}");
    Error::new(
        kind,
        Diagnostic {
            message,
            ..*why.diagnostic
        },
    )
}

/// Tells whether the models can be read without Python.
///
/// # Errors
/// What in them is not understood.
pub(crate) fn can_read_models(project: &Project, env: &Env) -> Result<()> {
    read_natively(project, env).map(drop)
}

/// Evaluates env.py once more, with every module that it imports, and reads the `MetaData` that it names.
fn read_natively(project: &Project, env: &Env) -> Result<Vec<Vec<Schema>>> {
    let request = EnvRequest {
        autogenerate: true,
        ..env.request.clone()
    };
    let world = project.world()?;
    let outcome = project.read_env(&world, request)?;
    project.survey(&world)?;
    let mut models = Vec::with_capacity(outcome.runs.len());
    for run in &outcome.runs {
        let (_, dialect) = env.url(project, run)?;
        models.push(match &run.target_metadata {
            TargetMetadata::None => Vec::new(),
            TargetMetadata::Known(value) => read_metadata(&world, value, dialect.name())?,
            TargetMetadata::Unknown { reason, location } => {
                let message = format!("`target_metadata` is not known: {reason}");
                return Err(Error::new(
                    ErrorKind::Unreadable,
                    Diagnostic::error("unreadable", message).at_maybe(location.clone(), ""),
                ));
            }
        });
    }
    Ok(models)
}
