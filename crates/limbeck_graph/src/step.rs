//! One movement of a run: a script up or down, or a stamp.

use limbeck_diag::Diagnostic;

use crate::map::RevisionMap;
use crate::revision::RevisionId;

/// Which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the heads.
    Upgrade,
    /// Towards the base.
    Downgrade,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Runs `upgrade()` or `downgrade()` of a revision.
    Revision(RevisionStep),
    /// Changes the version table and nothing else.
    Stamp(StampStep),
}

/// Runs one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionStep {
    /// The revision whose script runs.
    pub revision: RevisionId,
    /// Which of its functions.
    pub direction: Direction,
    /// The state before: on an upgrade the parents and normalized dependencies, else the revision.
    pub from_revisions: Vec<String>,
    /// The state after, likewise.
    pub to_revisions: Vec<String>,
    /// `from_revisions` without dependencies, as in the log.
    pub from_revisions_no_deps: Vec<String>,
    /// `to_revisions` without dependencies, as in the log.
    pub to_revisions_no_deps: Vec<String>,
}

/// Moves rows of the version table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampStep {
    /// The rows that go.
    pub from_revisions: Vec<String>,
    /// The rows that come.
    pub to_revisions: Vec<String>,
    /// True if it goes towards the heads.
    pub is_upgrade: bool,
    /// True if a branch appears in the table or disappears from it.
    pub branch_move: bool,
}

/// The steps of a run, in running order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steps {
    /// What to do, first things first.
    pub steps: Vec<Step>,
    /// What Alembic says as a Python warning.
    pub warnings: Vec<Diagnostic>,
}

impl RevisionStep {
    /// The step that runs `upgrade()` of `revision`.
    #[must_use]
    pub fn upgrade(map: &RevisionMap, revision: RevisionId) -> RevisionStep {
        let node = map.data(revision);
        let own = vec![map.text(revision).to_owned()];
        RevisionStep {
            revision,
            direction: Direction::Upgrade,
            from_revisions: map.texts(&node.normalized_down),
            to_revisions: own.clone(),
            from_revisions_no_deps: map.texts(&node.down),
            to_revisions_no_deps: own,
        }
    }

    /// The step that runs `downgrade()` of `revision`.
    #[must_use]
    pub fn downgrade(map: &RevisionMap, revision: RevisionId) -> RevisionStep {
        let up = RevisionStep::upgrade(map, revision);
        RevisionStep {
            revision,
            direction: Direction::Downgrade,
            from_revisions: up.to_revisions,
            to_revisions: up.from_revisions,
            from_revisions_no_deps: up.to_revisions_no_deps,
            to_revisions_no_deps: up.from_revisions_no_deps,
        }
    }
}

impl Step {
    /// `upgrade`, `downgrade` or `stamp_revision`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Step::Revision(RevisionStep {
                direction: Direction::Upgrade,
                ..
            }) => "upgrade",
            Step::Revision(RevisionStep {
                direction: Direction::Downgrade,
                ..
            }) => "downgrade",
            Step::Stamp(_) => "stamp_revision",
        }
    }

    /// The revision whose script runs; `None` for a stamp.
    #[must_use]
    pub fn revision(&self) -> Option<RevisionId> {
        match self {
            Step::Revision(step) => Some(step.revision),
            Step::Stamp(_) => None,
        }
    }

    /// True if the step goes towards the heads.
    #[must_use]
    pub fn is_upgrade(&self) -> bool {
        match self {
            Step::Revision(step) => step.direction == Direction::Upgrade,
            Step::Stamp(step) => step.is_upgrade,
        }
    }

    /// The state before, dependencies included.
    #[must_use]
    pub fn from_revisions(&self) -> &[String] {
        match self {
            Step::Revision(step) => &step.from_revisions,
            Step::Stamp(step) => &step.from_revisions,
        }
    }

    /// The state after, dependencies included.
    #[must_use]
    pub fn to_revisions(&self) -> &[String] {
        match self {
            Step::Revision(step) => &step.to_revisions,
            Step::Stamp(step) => &step.to_revisions,
        }
    }

    /// `upgrade a, b -> c`: the text after `-- Running ` in a script.
    #[must_use]
    pub fn short_log(&self) -> String {
        let (from, to) = match self {
            Step::Revision(step) => (&step.from_revisions_no_deps, &step.to_revisions_no_deps),
            Step::Stamp(step) => (&step.from_revisions, &step.to_revisions),
        };
        format!("{} {} -> {}", self.name(), from.join(", "), to.join(", "))
    }

    /// The text after `Running ` in the log: [`Step::short_log`] and the first paragraph of the
    /// script's docstring, if it has one.
    #[must_use]
    pub fn log(&self, doc: Option<&str>) -> String {
        match doc {
            Some(doc) if !doc.is_empty() => format!("{}, {doc}", self.short_log()),
            _ => self.short_log(),
        }
    }
}
