//! Relative symbols: so many steps up or down from somewhere.

use limbeck_diag::Diagnostic;

use crate::error::RevisionError;
use crate::map::RevisionMap;
use crate::reach::{Links, Marks};
use crate::resolve::Place;
use crate::revision::RevisionId;
use crate::symbol::{Relative, Target, parse_relative};

type Result<T> = std::result::Result<T, RevisionError>;

const AMBIGUOUS_DOWNGRADE: &str = "downgrade -1 from multiple heads is ambiguous; this usage will \
                                   be disallowed in a future release.";

/// Where a downgrade goes, and the branch it is restricted to.
#[derive(Debug)]
pub(crate) struct DowngradeTarget {
    pub(crate) branch_label: Option<String>,
    /// `Place::Base` for the base.
    pub(crate) place: Place,
    pub(crate) warning: Option<Diagnostic>,
}

impl RevisionMap {
    /// Walks `steps` revisions up, or down if negative. `Place::Base` as the start is the empty
    /// state: below the bases when walking up, above the heads when walking down.
    ///
    /// `branch_label` chooses between children. Past the end of the graph the result is
    /// `Place::Beyond` if `no_overwalk`, else the last place reached.
    pub(crate) fn walk(
        &self,
        start: Place,
        steps: i64,
        branch_label: Option<&str>,
        no_overwalk: bool,
    ) -> Result<Place> {
        let mut at = match start {
            // `None` in Alembic; its "base" is only ever reached by walking down.
            Place::Base | Place::Beyond => None,
            Place::Revision(id) => Some(Place::Revision(id)),
        };
        let branch_label = branch_label.filter(|label| !label.is_empty());
        let mut lineage = None;
        for _ in 0..steps.unsigned_abs() {
            let children = if steps > 0 {
                let mut above = self.again(match at {
                    Some(Place::Revision(id)) => &self.data(id).nextrev,
                    _ => &self.bases,
                })?;
                if let Some(label) = branch_label
                    && !above.is_empty()
                {
                    if lineage.is_none() {
                        lineage = Some(self.lineage(label, false)?);
                    }
                    let in_branch = |place: &Place| match (place.revision(), &lineage) {
                        (Some(id), Some(lineage)) => lineage.contains(id),
                        _ => true,
                    };
                    above.retain(in_branch);
                }
                above
            } else {
                match at {
                    Some(Place::Base | Place::Beyond) => Vec::new(),
                    None => self.or_base(&self.heads)?,
                    Some(Place::Revision(id)) => self.or_base(&self.data(id).down)?,
                }
            };
            match children.as_slice() {
                [] => {
                    return Ok(if no_overwalk {
                        Place::Beyond
                    } else {
                        at.unwrap_or(Place::Beyond)
                    });
                }
                [child] => at = Some(*child),
                _ => return Err(RevisionError::revision("Ambiguous walk")),
            }
        }
        Ok(at.unwrap_or(Place::Beyond))
    }

    fn again(&self, ids: &[RevisionId]) -> Result<Vec<Place>> {
        let mut places = Vec::with_capacity(ids.len());
        for id in ids {
            places.extend(self.resolve_again(*id)?);
        }
        Ok(places)
    }

    fn or_base(&self, ids: &[RevisionId]) -> Result<Vec<Place>> {
        let places = self.again(ids)?;
        Ok(if places.is_empty() {
            vec![Place::Base]
        } else {
            places
        })
    }

    fn start(&self, symbol: &str, branch_label: Option<&str>) -> Result<Place> {
        let target = match branch_label {
            Some(label) => Target::One(format!("{label}@{symbol}")),
            None => Target::from(symbol),
        };
        Ok(self
            .get_revision(&target)?
            .map_or(Place::Base, Place::Revision))
    }

    /// Where a downgrade to `target` goes, from the rows `current`.
    pub(crate) fn parse_downgrade_target(
        &self,
        current: &Target,
        target: &Target,
        no_overwalk: bool,
    ) -> Result<DowngradeTarget> {
        let found = |branch_label: Option<&str>, place: Place| DowngradeTarget {
            branch_label: branch_label.map(str::to_owned),
            place,
            warning: None,
        };
        let symbol = match target {
            Target::None => return Ok(found(None, Place::Base)),
            Target::One(symbol) => symbol.as_str(),
            Target::Many(_) => {
                return Err(RevisionError::unsupported(
                    "a downgrade goes to one revision, not to several",
                ));
            }
        };
        let Some(relative) = parse_relative(symbol) else {
            let (branch_label, symbol) = match symbol.rsplit_once('@') {
                Some((label, symbol)) => (Some(label).filter(|it| !it.is_empty()), symbol),
                None => (None, symbol),
            };
            let place = self.get_revision(&symbol.into())?;
            return Ok(found(
                branch_label,
                place.map_or(Place::Base, Place::Revision),
            ));
        };
        let Relative {
            branch_label,
            symbol,
            text,
            steps,
        } = relative;
        match symbol {
            None if steps >= 0 => Err(RevisionError::short_walk(text, steps)),
            Some(symbol) => {
                let (start, walk_label) = if steps >= 0 {
                    (self.start(symbol, None)?, branch_label)
                } else {
                    (self.start(symbol, branch_label)?, None)
                };
                match self.walk(start, steps, walk_label, no_overwalk)? {
                    Place::Beyond => Err(RevisionError::revision("Walked too far")),
                    place => Ok(found(branch_label, place)),
                }
            }
            None => {
                let (symbol, warning) = self.downgrade_start(current, branch_label, text, steps)?;
                let branch_label = branch_label.map_or_else(|| symbol.clone(), str::to_owned);
                let start = self.start(&symbol, Some(&branch_label))?;
                match self.walk(start, steps, None, no_overwalk)? {
                    Place::Beyond => Err(RevisionError::short_walk(text, steps)),
                    place => Ok(DowngradeTarget {
                        branch_label: Some(branch_label),
                        place,
                        warning,
                    }),
                }
            }
        }
    }

    /// The row that a downgrade relative to the database starts from.
    fn downgrade_start(
        &self,
        current: &Target,
        branch_label: Option<&str>,
        text: &str,
        steps: i64,
    ) -> Result<(String, Option<Diagnostic>)> {
        let rows = current.symbols();
        let Some(label) = branch_label else {
            let Some(first) = rows.first() else {
                return Err(RevisionError::short_walk(text, steps));
            };
            let ambiguous = rows.iter().any(|row| row != first);
            let warning =
                ambiguous.then(|| Diagnostic::warning("ambiguous-downgrade", AMBIGUOUS_DOWNGRADE));
            return Ok((first.clone(), warning));
        };
        let mut on_branch = Vec::new();
        if !rows.is_empty() {
            let lineage = self.lineage(label, false)?;
            for row in rows {
                if lineage.contains(self.revision_for_ident(row, None)?) {
                    on_branch.push(row.clone());
                }
            }
        }
        if on_branch.is_empty() {
            let all_current = self.get_all_current(current)?;
            on_branch = self.texts(&self.filter_for_lineage(&all_current, label, false)?);
        }
        match on_branch.as_slice() {
            [row] => Ok((row.clone(), None)),
            [] => Err(RevisionError::short_walk(text, steps)),
            _ => Err(RevisionError::unsupported(format!(
                "{label}@{text} is ambiguous: {} are all on the branch",
                on_branch.join(", ")
            ))),
        }
    }

    /// The revisions that an upgrade to `target` goes to, from the rows `current`.
    pub(crate) fn parse_upgrade_target(
        &self,
        current: &Target,
        target: &Target,
        no_overwalk: bool,
    ) -> Result<Vec<Place>> {
        let relative = match target {
            Target::One(symbol) => parse_relative(symbol),
            Target::None | Target::Many(_) => None,
        };
        let Some(Relative {
            branch_label,
            symbol,
            text,
            steps,
        }) = relative
        else {
            return self.get_revisions(target);
        };
        let place = match symbol {
            Some(symbol) if steps > 0 => {
                self.walk(self.start(symbol, None)?, steps, branch_label, no_overwalk)?
            }
            Some(symbol) => {
                self.walk(self.start(symbol, branch_label)?, steps, None, no_overwalk)?
            }
            None if steps > 0 => {
                let start = self.upgrade_start(current, branch_label)?;
                match self.walk(start, steps, branch_label, no_overwalk)? {
                    Place::Beyond => return Err(RevisionError::short_walk(text, steps)),
                    place => place,
                }
            }
            None => return Err(RevisionError::short_walk(&steps.to_string(), steps)),
        };
        Ok(vec![place])
    }

    /// The revision that an upgrade relative to the database starts from.
    fn upgrade_start(&self, current: &Target, branch_label: Option<&str>) -> Result<Place> {
        let rows = current.symbols();
        let mut starts = Vec::new();
        if let Some(label) = branch_label {
            let current_revisions = self.revisions_only(&self.get_revisions(current)?)?;
            starts = self.filter_for_lineage(&current_revisions, label, false)?;
            if starts.is_empty() {
                // The branch is not a head: go back to where it leaves what is applied.
                let applied = self.reach(&current_revisions, Links::NormalizedDown);
                let applied: Vec<RevisionId> = applied.iter().collect();
                let active = self.filter_for_lineage(&applied, label, false)?;
                let mut has_child = Marks::new(self);
                for down in active.iter().flat_map(|id| &self.data(*id).normalized_down) {
                    has_child.insert(*down);
                }
                starts = active
                    .into_iter()
                    .filter(|id| !has_child.contains(*id))
                    .collect();
            }
        } else if let [row] = rows {
            return self.start(row, None);
        } else if !rows.is_empty() {
            return Err(ambiguous_upgrade());
        }
        match starts.as_slice() {
            [] => Ok(Place::Base),
            [start] => Ok(Place::Revision(*start)),
            _ => Err(ambiguous_upgrade()),
        }
    }

    /// Revisions where nothing else makes sense.
    pub(crate) fn revisions_only(&self, places: &[Place]) -> Result<Vec<RevisionId>> {
        let mut ids = Vec::with_capacity(places.len());
        for place in places {
            match place {
                Place::Revision(id) => ids.push(*id),
                Place::Base => {
                    return Err(RevisionError::unsupported("the base is not a revision"));
                }
                Place::Beyond => {
                    return Err(RevisionError::unsupported(
                        "the relative revision is outside of the history",
                    ));
                }
            }
        }
        Ok(ids)
    }
}

fn ambiguous_upgrade() -> RevisionError {
    RevisionError::revision("Ambiguous upgrade from multiple current revisions")
}
