//! The rows of the version table, kept in step with the scripts that run.

use std::collections::BTreeSet;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

use crate::error::RevisionError;
use crate::map::RevisionMap;
use crate::reach::{Links, count_work};
use crate::revision::RevisionId;
use crate::step::{Direction, RevisionStep, StampStep, Step};

/// One statement on the version table. Each must find exactly one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionChange {
    /// `INSERT` of a row.
    Insert(String),
    /// `UPDATE` of a row.
    Update {
        /// The row as it is.
        from: String,
        /// What it becomes.
        to: String,
    },
    /// `DELETE` of a row.
    Delete(String),
}

/// Alembic's `HeadMaintainer`: knows the rows, and says how each step changes them.
///
/// Alembic walks all ancestors of all rows at each step; here a count per revision is kept
/// instead, so that a run costs time in proportion to its steps.
#[derive(Debug, Clone)]
pub struct HeadMaintainer<'a> {
    map: &'a RevisionMap,
    heads: BTreeSet<String>,
    support: Option<Support>,
}

impl<'a> HeadMaintainer<'a> {
    /// Starts from the content of the version table.
    pub fn new<S: Into<String>>(
        map: &'a RevisionMap,
        rows: impl IntoIterator<Item = S>,
    ) -> HeadMaintainer<'a> {
        let heads = rows.into_iter().map(Into::into).collect();
        HeadMaintainer {
            map,
            heads,
            support: None,
        }
    }

    /// The rows as they are now.
    #[must_use]
    pub fn heads(&self) -> &BTreeSet<String> {
        &self.heads
    }

    /// The statements that go with `step`, in order; the rows are changed accordingly.
    ///
    /// # Errors
    ///
    /// `ErrorKind::State` if the rows are not such that the step can be recorded, or
    /// `ErrorKind::Resolution` if a row names no revision.
    pub fn update_to_step(&mut self, step: &Step) -> Result<Vec<VersionChange>> {
        let changes = match step {
            Step::Revision(step) => match step.direction {
                Direction::Upgrade => self.plan_upgrade(step)?,
                Direction::Downgrade => self.plan_downgrade(step)?,
            },
            Step::Stamp(step) => self.plan_stamp(step)?,
        };
        for change in &changes {
            self.apply(change)?;
        }
        Ok(changes)
    }

    fn plan_upgrade(&mut self, step: &RevisionStep) -> Result<Vec<VersionChange>> {
        let own = self.map.text(step.revision).to_owned();
        let present: Vec<&String> = step
            .from_revisions
            .iter()
            .filter(|id| self.heads.contains(*id))
            .collect();
        match present.as_slice() {
            [] => Ok(vec![VersionChange::Insert(own)]),
            [from] => Ok(vec![VersionChange::Update {
                from: (*from).clone(),
                to: own,
            }]),
            _ => {
                let parents = &self.map.data(step.revision).normalized_down;
                let own_rows: Vec<String> = present.into_iter().cloned().collect();
                let mut merged = if own_rows.len() == self.heads.len() {
                    step.from_revisions.clone()
                } else {
                    let implied = self.implied(parents, &own_rows)?;
                    self.map.texts(&without(parents, &implied))
                };
                let Some(last) = merged.pop() else {
                    return Err(self.unexpected_rows(&own, "none of its parents can be replaced"));
                };
                Ok(merge(merged, last, own))
            }
        }
    }

    fn plan_downgrade(&mut self, step: &RevisionStep) -> Result<Vec<VersionChange>> {
        let own = self.map.text(step.revision).to_owned();
        let parents = &self.map.data(step.revision).normalized_down;
        if !self.heads.contains(&own) {
            return Err(self.unexpected_rows(&own, "it is not a row of the version table"));
        }
        let others = self.heads.len() > 1;
        let to = match parents.as_slice() {
            [_] if !others => parents.clone(),
            [] => Vec::new(),
            _ if others => {
                let implied = self.implied(parents, std::slice::from_ref(&own))?;
                without(parents, &implied)
            }
            _ => without(parents, &self.below_each_other(parents)),
        };
        let mut to = self.map.texts(&to);
        let Some(last) = to.pop() else {
            return Ok(vec![VersionChange::Delete(own)]);
        };
        if parents.len() == 1 {
            return Ok(vec![VersionChange::Update {
                from: own,
                to: last,
            }]);
        }
        let mut changes: Vec<VersionChange> = to.into_iter().map(VersionChange::Insert).collect();
        changes.push(VersionChange::Update {
            from: own,
            to: last,
        });
        Ok(changes)
    }

    fn plan_stamp(&self, step: &StampStep) -> Result<Vec<VersionChange>> {
        let (from, to) = (&step.from_revisions, &step.to_revisions);
        let absent = |ids: &[String]| ids.iter().any(|id| !self.heads.contains(id));
        let creates = step.is_upgrade && (step.branch_move || absent(from)) && absent(to);
        match (from.split_last(), to.as_slice()) {
            (Some((only, [])), _) if !step.is_upgrade && step.branch_move => {
                Ok(vec![VersionChange::Delete(only.clone())])
            }
            (_, [only]) if creates => Ok(vec![VersionChange::Insert(only.clone())]),
            (Some((last, rest)), [only]) => Ok(merge(rest.to_vec(), last.clone(), only.clone())),
            _ => Err(self.unexpected_rows(&to.join(", "), "the stamp has no single source")),
        }
    }

    fn apply(&mut self, change: &VersionChange) -> Result<()> {
        let (gone, come) = match change {
            VersionChange::Insert(id) => (None, Some(id)),
            VersionChange::Update { from, to } => (Some(from), Some(to)),
            VersionChange::Delete(id) => (Some(id), None),
        };
        if let Some(id) = come {
            if self.heads.contains(id) {
                return Err(self.unexpected_rows(id, "it is a row of the version table already"));
            }
            if let (Some(support), Some(node)) = (&mut self.support, self.map.find(id)) {
                support.raise(self.map, node);
            }
        }
        if let Some(id) = gone {
            if !self.heads.remove(id) {
                return Err(self.unexpected_rows(id, "it is not a row of the version table"));
            }
            if let (Some(support), Some(node)) = (&mut self.support, self.map.find(id)) {
                support.lower(self.map, node);
            }
        }
        self.heads.extend(come.cloned());
        Ok(())
    }

    /// Those of `ids` that are rows or ancestors of rows, the rows `except` left aside.
    fn implied(&mut self, ids: &[RevisionId], except: &[String]) -> Result<Vec<RevisionId>> {
        let map = self.map;
        let support = match &mut self.support {
            Some(support) => support,
            None => {
                let mut support = Support {
                    counts: vec![0; map.len()],
                };
                for row in &self.heads {
                    support.raise(map, row_of(map, row)?);
                }
                self.support.insert(support)
            }
        };
        let rows: Vec<RevisionId> = except.iter().filter_map(|id| map.find(id)).collect();
        // Pinned, the ids keep what is below them alive, so that nothing has to be counted anew.
        for id in ids {
            support.raise(map, *id);
        }
        for row in &rows {
            support.lower(map, *row);
        }
        let supported: Vec<RevisionId> = ids
            .iter()
            .copied()
            .filter(|id| support.count(*id) > 1)
            .collect();
        for row in &rows {
            support.raise(map, *row);
        }
        for id in ids {
            support.lower(map, *id);
        }
        let highest = ids.iter().map(|id| map.data(*id).generation).max();
        let certain = |id: &RevisionId| Some(map.data(*id).generation) == highest;
        if supported.iter().all(certain) {
            return Ok(supported);
        }
        // One of the ids may be held by another one only: ask the rows themselves.
        let mut others = Vec::new();
        for row in self.heads.iter().filter(|row| !except.contains(row)) {
            others.push(row_of(map, row)?);
        }
        let lowest = supported
            .iter()
            .map(|id| map.data(*id).generation)
            .min()
            .unwrap_or(0);
        let found = ancestors_above(map, others, lowest);
        Ok(supported
            .into_iter()
            .filter(|id| found.contains(id))
            .collect())
    }

    /// Those of `ids` that are ancestors of another of `ids`.
    fn below_each_other(&self, ids: &[RevisionId]) -> Vec<RevisionId> {
        let lowest = ids
            .iter()
            .map(|id| self.map.data(*id).generation)
            .min()
            .unwrap_or(0);
        let parents = ids
            .iter()
            .flat_map(|id| Links::NormalizedDown.of(self.map.data(*id)));
        let found = ancestors_above(self.map, parents.copied().collect(), lowest);
        ids.iter()
            .copied()
            .filter(|id| found.contains(id))
            .collect()
    }

    fn unexpected_rows(&self, revision: &str, why: &str) -> Error {
        let rows: Vec<&str> = self.heads.iter().map(String::as_str).collect();
        let rows = if rows.is_empty() {
            "none".to_owned()
        } else {
            rows.join(", ")
        };
        let diagnostic = Diagnostic::error(
            "version-rows",
            format!("Can't record revision {revision} in the version table: {why}"),
        )
        .note(format!("its rows are at this point: {rows}"));
        Error::new(ErrorKind::State, diagnostic)
    }
}

fn merge(gone: Vec<String>, last: String, to: String) -> Vec<VersionChange> {
    let mut changes: Vec<VersionChange> = gone.into_iter().map(VersionChange::Delete).collect();
    changes.push(VersionChange::Update { from: last, to });
    changes
}

fn without(ids: &[RevisionId], taken: &[RevisionId]) -> Vec<RevisionId> {
    ids.iter()
        .copied()
        .filter(|id| !taken.contains(id))
        .collect()
}

fn row_of(map: &RevisionMap, row: &str) -> Result<RevisionId> {
    map.get_revision(&row.into())?.ok_or_else(|| {
        RevisionError::unsupported(format!("'{row}' in the version table is not a revision")).into()
    })
}

/// `from` and all their ancestors, as far as generation `lowest`.
fn ancestors_above(map: &RevisionMap, from: Vec<RevisionId>, lowest: u32) -> BTreeSet<RevisionId> {
    // Not marks: they would cost time in proportion to the whole graph at each merge.
    let mut found = BTreeSet::new();
    let mut todo = from;
    while let Some(id) = todo.pop() {
        let node = map.data(id);
        count_work(1);
        if node.generation >= lowest && found.insert(id) {
            todo.extend(&node.normalized_down);
        }
    }
    found
}

/// How many rows and children that are themselves below a row stand on each revision: more than
/// none if it is a row or an ancestor of one.
#[derive(Debug, Clone)]
struct Support {
    counts: Vec<u32>,
}

impl Support {
    fn count(&self, id: RevisionId) -> u32 {
        self.counts.get(id.index()).copied().unwrap_or(0)
    }

    fn raise(&mut self, map: &RevisionMap, id: RevisionId) {
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            count_work(1);
            if let Some(count) = self.counts.get_mut(id.index()) {
                *count += 1;
                if *count == 1 {
                    todo.extend(&map.data(id).normalized_down);
                }
            }
        }
    }

    fn lower(&mut self, map: &RevisionMap, id: RevisionId) {
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            count_work(1);
            if let Some(count) = self.counts.get_mut(id.index()) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    todo.extend(&map.data(id).normalized_down);
                }
            }
        }
    }
}
