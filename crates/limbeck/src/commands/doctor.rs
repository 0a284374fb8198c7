//! `doctor`: what of the project is read natively, and what is not and why.

use limbeck_diag::{Diagnostic, Result};
use limbeck_graph::Direction;
use limbeck_python::env::EnvRequest;

use crate::run::{Env, evaluate::Evaluation};
use crate::{Project, Reporter};

/// How one revision is read.
#[derive(Debug)]
pub struct ScriptReport {
    /// The revision.
    pub revision: String,
    /// The script, as Alembic shows its path.
    pub path: String,
    /// The first thing that is not understood; `None` if both directions are read natively.
    pub obstacle: Option<Diagnostic>,
}

/// Reads every script in both directions, for the database that env.py names; nothing is connected to.
///
/// # Errors
/// env.py cannot be read.
pub fn doctor(project: &Project, reporter: &mut dyn Reporter) -> Result<Vec<ScriptReport>> {
    let env = Env::read(project, EnvRequest::default(), reporter)?;
    let mut reports = Vec::new();
    let Some(run) = env.outcome.runs.first() else {
        return Ok(reports);
    };
    let (_, dialect) = env.url(project, run)?;
    let evaluation = Evaluation {
        project,
        world: &env.world,
        dialect: dialect.name(),
        is_offline: false,
        kwargs: &run.run_kwargs,
    };
    for script in project.scripts() {
        let both = [Direction::Upgrade, Direction::Downgrade];
        // What a script prints is of no interest here.
        let obstacle = both.into_iter().find_map(|direction| {
            let read = evaluation.operations(script, direction, &mut crate::Silent);
            read.err().map(|error| error.diagnostic)
        });
        reports.push(ScriptReport {
            revision: script.revision.clone(),
            path: script.path.display().to_string(),
            obstacle: obstacle.map(|diagnostic| *diagnostic),
        });
    }
    Ok(reports)
}
