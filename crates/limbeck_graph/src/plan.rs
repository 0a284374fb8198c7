//! What a command runs: the steps of an upgrade, a downgrade and a stamp.

use limbeck_diag::Result;

use crate::collect::RangeOptions;
use crate::error::{RevisionError, Wording};
use crate::map::RevisionMap;
use crate::reach::Links;
use crate::resolve::Place;
use crate::revision::RevisionId;
use crate::step::{RevisionStep, StampStep, Step, Steps};
use crate::symbol::Target;

impl RevisionMap {
    /// The steps from the rows of the version table up to `target`.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Resolution`, in the words of `alembic upgrade`.
    pub fn upgrade_steps(&self, target: &Target, rows: &Target) -> Result<Steps> {
        let options = RangeOptions {
            implicit_base: true,
            ..RangeOptions::default()
        };
        let wording = Wording {
            destination: Some("upgrade"),
            end: single(target),
            ..Wording::default()
        };
        let (revisions, warning) = self
            .iterate_with_warning(target, rows, options)
            .map_err(|error| error.into_error(&wording))?;
        let up = |id: RevisionId| Step::Revision(RevisionStep::upgrade(self, id));
        Ok(Steps {
            steps: revisions.into_iter().rev().map(up).collect(),
            warnings: warning.into_iter().collect(),
        })
    }

    /// The steps from the rows of the version table down to `target`.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Resolution`, in the words of `alembic downgrade`.
    pub fn downgrade_steps(&self, target: &Target, rows: &Target) -> Result<Steps> {
        let options = RangeOptions {
            select_for_downgrade: true,
            ..RangeOptions::default()
        };
        let wording = Wording {
            destination: Some("downgrade"),
            end: single(target),
            ..Wording::default()
        };
        let (revisions, warning) = self
            .iterate_with_warning(rows, target, options)
            .map_err(|error| error.into_error(&wording))?;
        let down = |id: RevisionId| Step::Revision(RevisionStep::downgrade(self, id));
        Ok(Steps {
            steps: revisions.into_iter().map(down).collect(),
            warnings: warning.into_iter().collect(),
        })
    }

    /// The steps that make the rows of the version table say `target`, without running scripts.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Resolution`, in the words of `alembic stamp`.
    pub fn stamp_steps(&self, target: &Target, rows: &Target) -> Result<Steps> {
        let wording = Wording {
            multiple_heads: Some(
                "Multiple heads are present; please specify a single target revision",
            ),
            ..Wording::default()
        };
        let steps = self
            .stamp(target, rows)
            .map_err(|error| error.into_error(&wording))?;
        Ok(Steps {
            steps: steps.into_iter().map(Step::Stamp).collect(),
            warnings: Vec::new(),
        })
    }

    fn stamp(&self, target: &Target, rows: &Target) -> Result<Vec<StampStep>, RevisionError> {
        let heads = self.revisions_only(&self.get_revisions(rows)?)?;
        let base = Target::from("base");
        let target = if target.is_empty() { &base } else { target };
        let mut filtered: Vec<RevisionId> = Vec::new();
        for symbol in target.symbols().iter().filter(|symbol| !symbol.is_empty()) {
            for head in self.filter_for_lineage(&heads, symbol, true)? {
                if !filtered.contains(&head) {
                    filtered.push(head);
                }
            }
        }
        let destinations = self.get_revisions(target)?;
        if destinations.is_empty() {
            return Ok(self.stamp_base(&filtered));
        }
        let mut steps = Vec::new();
        for destination in destinations {
            match destination {
                Place::Revision(id) if filtered.contains(&id) => {}
                Place::Revision(id) => steps.push(self.stamp_revision(id, &filtered)?),
                Place::Beyond => steps.extend(self.stamp_base(&filtered)),
                Place::Base => {
                    return Err(RevisionError::unsupported(format!(
                        "'{target}' is the base; use `base` itself"
                    )));
                }
            }
        }
        Ok(steps)
    }

    fn stamp_base(&self, heads: &[RevisionId]) -> Vec<StampStep> {
        let gone = |head: &RevisionId| StampStep {
            from_revisions: vec![self.text(*head).to_owned()],
            to_revisions: Vec::new(),
            is_upgrade: false,
            branch_move: true,
        };
        heads.iter().map(gone).collect()
    }

    fn stamp_revision(
        &self,
        destination: RevisionId,
        heads: &[RevisionId],
    ) -> Result<StampStep, RevisionError> {
        let to_revisions = vec![self.text(destination).to_owned()];
        let above = self.reach(&[destination], Links::AllNext);
        let below = self.reach(&[destination], Links::NormalizedDown);
        let is_above = heads.iter().any(|head| above.contains(*head));
        let is_below = heads.iter().any(|head| below.contains(*head));
        if is_above && is_below {
            return Err(RevisionError::unsupported(format!(
                "revision {} is above one and below another of the rows {}",
                self.text(destination),
                self.texts(heads).join(", ")
            )));
        }
        let is_new = !is_above && !is_below;
        Ok(StampStep {
            from_revisions: if is_new {
                Vec::new()
            } else {
                self.texts(heads)
            },
            to_revisions,
            is_upgrade: !is_above,
            branch_move: is_new,
        })
    }
}

fn single(target: &Target) -> Option<&str> {
    match target {
        Target::One(symbol) => Some(symbol),
        Target::None | Target::Many(_) => None,
    }
}
