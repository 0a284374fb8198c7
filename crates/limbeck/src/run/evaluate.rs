//! A revision script to operations.

use std::rc::Rc;

use limbeck_diag::Result;
use limbeck_graph::Direction;
use limbeck_python::{Host, RevisionOutcome, RevisionRequest, Value, World};

use crate::{Project, Script};

/// What evaluating a script depends on besides its text.
pub(crate) struct Evaluation<'a> {
    pub(crate) project: &'a Project,
    pub(crate) world: &'a Rc<World>,
    pub(crate) dialect: &'a str,
    pub(crate) is_offline: bool,
    pub(crate) kwargs: &'a [(String, Value)],
}

impl Evaluation<'_> {
    /// The operations of one direction of a script, and what it prints.
    pub(crate) fn outcome(&self, script: &Script, direction: Direction) -> Result<RevisionOutcome> {
        let request = self.request(script, direction);
        limbeck_python::evaluate_revision(self.world, &request)
    }

    /// Evaluates one direction of a script; its effects go to `host` as they happen.
    pub(crate) fn run(
        &self,
        script: &Script,
        direction: Direction,
        host: &mut dyn Host,
    ) -> Result<()> {
        let request = self.request(script, direction);
        limbeck_python::run_revision(self.world, &request, host)
    }

    /// Tells whether one direction of a script can be read to its end, whatever the database answers.
    pub(crate) fn probe(&self, script: &Script, direction: Direction) -> Result<()> {
        let request = self.request(script, direction);
        limbeck_python::probe_revision(self.world, &request)
    }

    fn request<'r>(&'r self, script: &'r Script, direction: Direction) -> RevisionRequest<'r> {
        RevisionRequest {
            script: script.for_evaluation(&self.project.environment.cwd),
            function: match direction {
                Direction::Upgrade => "upgrade",
                Direction::Downgrade => "downgrade",
            },
            dialect: self.dialect,
            is_offline: self.is_offline,
            kwargs: self.kwargs,
        }
    }
}
