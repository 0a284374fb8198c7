//! `on_version_apply`: functions of env.py that are called after every step.

use std::rc::Rc;

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_graph::{RevisionMap, Step};
use limbeck_python::env::hook::{VersionStep, call_on_version_apply};
use limbeck_python::env::{Callable, EnvRun};
use limbeck_python::{Host, LogLevel, LogSource, Value, World};
use limbeck_schema::SourcedOp;

use crate::Project;

/// The functions of one run of env.py.
pub(super) struct Listeners<'a> {
    project: &'a Project,
    world: &'a Rc<World>,
    functions: Vec<&'a Callable>,
    kwargs: &'a [(String, Value)],
}

impl<'a> Listeners<'a> {
    pub(super) fn new(
        project: &'a Project,
        world: &'a Rc<World>,
        run: &'a EnvRun,
    ) -> Listeners<'a> {
        let callables = run.options.callables.iter();
        Listeners {
            project,
            world,
            functions: callables
                .filter(|it| it.argument == "on_version_apply")
                .collect(),
            kwargs: &run.run_kwargs,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// Calls them after a step; their effects go to `host`.
    pub(super) fn call<'h>(
        &self,
        step: &Step,
        heads: impl IntoIterator<Item = &'h String>,
        host: &mut dyn Host,
    ) -> Result<()> {
        let info = info(self.project, step);
        let heads: Vec<String> = heads.into_iter().cloned().collect();
        for function in &self.functions {
            call_on_version_apply(
                self.world,
                host,
                &function.function,
                &info,
                &heads,
                self.kwargs,
            )
            .map_err(|error| {
                let note = format!(
                    "env.py's on_version_apply is called after: {}",
                    step.short_log()
                );
                error.map_diagnostic(|diagnostic| diagnostic.note(note))
            })?;
        }
        Ok(())
    }

    /// Calls them without effects for all steps: what cannot be read must be found before anything is begun.
    pub(super) fn rehearse<'s>(
        &self,
        steps: impl Iterator<Item = &'s Step>,
        dialect: &str,
        is_offline: bool,
    ) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        for step in steps {
            let mut host = Deaf {
                dialect,
                is_offline,
            };
            match self.call(step, step.to_revisions(), &mut host) {
                Err(error) if error.kind == ErrorKind::Unreadable => {
                    return Err(
                        error.map_diagnostic(|it| it.help("run this command with `alembic`"))
                    );
                }
                // What it finds in the database, or raises, is a matter of its turn.
                Ok(()) | Err(Error { .. }) => {}
            }
        }
        Ok(())
    }
}

fn info(project: &Project, step: &Step) -> VersionStep {
    let map: &RevisionMap = project.map();
    let script = step.revision().map(|id| project.script(id));
    let (up, down) = if step.is_upgrade() {
        (step.to_revisions(), step.from_revisions())
    } else {
        (step.from_revisions(), step.to_revisions())
    };
    VersionStep {
        is_upgrade: step.is_upgrade(),
        is_stamp: step.revision().is_none(),
        up_revision_ids: match step.revision() {
            Some(id) => vec![map.node(id).revision().to_owned()],
            None => up.to_vec(),
        },
        down_revision_ids: down.to_vec(),
        doc: script.map(|script| script.longdoc.clone()),
        path: script.map(|script| script.path.display().to_string()),
    }
}

/// A host that does nothing and tells nothing.
struct Deaf<'a> {
    dialect: &'a str,
    is_offline: bool,
}

impl Host for Deaf<'_> {
    fn log(&mut self, _level: LogLevel, _source: LogSource, _text: &str) {}

    fn dialect_name(&self) -> &str {
        self.dialect
    }

    fn is_offline(&self) -> bool {
        self.is_offline
    }

    fn emit(&mut self, _op: SourcedOp) -> Result<()> {
        Ok(())
    }
}
