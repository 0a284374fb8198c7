//! The sets of revisions that an upgrade, a downgrade or a listing goes through.

use limbeck_diag::Diagnostic;

use crate::error::RevisionError;
use crate::map::RevisionMap;
use crate::reach::{Links, Marks};
use crate::resolve::Place;
use crate::revision::RevisionId;
use crate::symbol::Target;

type Result<T> = std::result::Result<T, RevisionError>;

/// How a range is cut out of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeOptions {
    /// Take revisions of other bases that the upper end depends on, too; else only descendants of
    /// the lower end.
    pub implicit_base: bool,
    /// Take the lower end itself, too.
    pub inclusive: bool,
    /// A relative symbol that walks past the end of the graph is an error.
    pub assert_relative_length: bool,
    /// What would be run down to reach the lower end, dependents included; else what would be run
    /// up to reach the upper end.
    pub select_for_downgrade: bool,
}

impl Default for RangeOptions {
    fn default() -> RangeOptions {
        RangeOptions {
            implicit_base: false,
            inclusive: false,
            assert_relative_length: true,
            select_for_downgrade: false,
        }
    }
}

pub(crate) struct Collected {
    pub(crate) wanted: Marks,
    pub(crate) heads: Vec<RevisionId>,
    pub(crate) warning: Option<Diagnostic>,
}

impl RevisionMap {
    /// The revisions between `lower` and `upper`, newest first.
    ///
    /// # Errors
    ///
    /// An end that cannot be resolved; ends that are not on one line.
    pub fn iterate_revisions(
        &self,
        upper: &Target,
        lower: &Target,
        options: RangeOptions,
    ) -> Result<Vec<RevisionId>> {
        Ok(self.iterate_with_warning(upper, lower, options)?.0)
    }

    pub(crate) fn iterate_with_warning(
        &self,
        upper: &Target,
        lower: &Target,
        options: RangeOptions,
    ) -> Result<(Vec<RevisionId>, Option<Diagnostic>)> {
        let collected = if options.select_for_downgrade {
            self.collect_downgrade(upper, lower, options)?
        } else {
            self.collect_upgrade(upper, lower, options)?
        };
        let ordered = self.topological_sort(&collected.wanted, &collected.heads)?;
        let mut revisions = Vec::with_capacity(ordered.len());
        for id in ordered {
            match self.resolve_again(id)?.as_slice() {
                [Place::Revision(id)] => revisions.push(*id),
                [] | [Place::Base | Place::Beyond] => {
                    let text = self.text(id);
                    return Err(RevisionError::unsupported(format!(
                        "'{text}' is a symbol and can't be the id of a revision"
                    )));
                }
                _ => {
                    return Err(RevisionError::MultipleHeads {
                        heads: self.texts(&self.real_heads),
                        argument: self.text(id).to_owned(),
                    });
                }
            }
        }
        Ok((revisions, collected.warning))
    }

    fn collect_upgrade(
        &self,
        upper: &Target,
        lower: &Target,
        options: RangeOptions,
    ) -> Result<Collected> {
        let targets = self.parse_upgrade_target(lower, upper, options.assert_relative_length)?;
        let mut targets = self.revisions_only(&targets)?;
        if let Target::One(symbol) = lower
            && let Some((branch, _)) = symbol.split_once('@')
        {
            targets = self.on_branch_of(targets, branch)?;
        }
        let required = self.reach_checked(&targets, Links::NormalizedDown)?;

        let mut lower = lower.clone();
        let mut current = self.get_revisions(&lower)?;
        let missing = |place: &Place| match place {
            Place::Revision(id) => !required.contains(*id),
            Place::Base => true,
            Place::Beyond => false,
        };
        if !options.implicit_base && current.iter().any(missing) {
            return Err(RevisionError::not_ancestor(&lower, upper));
        }
        if current.first() == Some(&Place::Beyond) {
            // A relative symbol: it is meant from the upper end.
            let found =
                self.parse_downgrade_target(upper, &lower, options.assert_relative_length)?;
            match found.place {
                Place::Revision(id) => {
                    current = vec![found.place];
                    lower = Target::from(self.text(id));
                }
                Place::Base => {
                    current = Vec::new();
                    lower = Target::None;
                }
                Place::Beyond => {
                    return Err(RevisionError::unsupported(
                        "the range begins before the base",
                    ));
                }
            }
        }
        let current = self.revisions_only(&current)?;
        let applied = self.reach_checked(&current, Links::NormalizedDown)?;
        let mut wanted = required;
        for id in applied.iter() {
            wanted.remove(id);
        }
        if options.inclusive {
            for id in self.revisions_only(&self.get_revisions(&lower)?)? {
                wanted.insert(id);
            }
        }
        if !current.is_empty() && !options.implicit_base {
            let above = self.reach_checked(&current, Links::Next)?;
            wanted.retain(&above);
        }
        Ok(Collected {
            wanted,
            heads: targets,
            warning: None,
        })
    }

    /// Keeps the targets on the branch that the lower end was restricted to.
    fn on_branch_of(&self, targets: Vec<RevisionId>, branch: &str) -> Result<Vec<RevisionId>> {
        let mut label = branch;
        if let Some(id) = self.get_revision(&branch.into())?
            && self.text(id) == branch
        {
            // A revision stands in for the label: take the label of its branch.
            let mut labels = self.data(id).branch_labels.iter();
            match (labels.next(), labels.next()) {
                (Some(only), None) => label = only,
                _ => {
                    return Err(RevisionError::unsupported(format!(
                        "revision {branch} is not on exactly one labelled branch"
                    )));
                }
            }
        }
        let in_branch = |id: &RevisionId| self.data(*id).branch_labels.contains(label);
        Ok(targets.into_iter().filter(in_branch).collect())
    }

    fn collect_downgrade(
        &self,
        upper: &Target,
        lower: &Target,
        options: RangeOptions,
    ) -> Result<Collected> {
        let found = self.parse_downgrade_target(upper, lower, options.assert_relative_length)?;
        let target = found.place.revision();
        let (mut roots, count) = match target {
            None => {
                let labels: usize = self
                    .bases
                    .iter()
                    .map(|id| self.data(*id).revision.branch_labels.len())
                    .sum();
                (self.bases.clone(), self.bases.len() + labels)
            }
            Some(id) if options.inclusive => (vec![id], 1),
            Some(id) => {
                let mut roots = Vec::new();
                for child in &self.data(id).nextrev {
                    roots.extend(self.revisions_only(&self.resolve_again(*child)?)?);
                }
                let count = roots.len();
                (roots, count)
            }
        };
        if let Some(label) = found.branch_label.as_deref().filter(|it| !it.is_empty())
            && count > 1
        {
            let branch = self.reach(&[self.resolve_branch(label)?], Links::Down);
            roots.retain(|id| branch.contains(*id));
            if roots.is_empty() {
                return Err(RevisionError::revision(
                    "Not a valid downgrade target from current heads",
                ));
            }
        }
        let heads = self.revisions_only(&self.get_revisions(upper)?)?;
        let active = self.reach(&heads, Links::NormalizedDown);
        let mut wanted = self.reach(&roots, Links::AllNext);
        wanted.retain(&active);
        if options.implicit_base {
            let kept = self.reach(&roots, Links::NormalizedDown);
            for id in active.iter().filter(|id| !kept.contains(*id)) {
                wanted.insert(id);
            }
        }
        if let Some(target) = target
            && wanted.iter().next().is_none()
            && !heads.contains(&target)
        {
            return Err(RevisionError::not_ancestor(
                &"Nothing to drop".into(),
                upper,
            ));
        }
        Ok(Collected {
            wanted,
            heads,
            warning: found.warning,
        })
    }

    /// `from` and all that `links` lead to, provided that none of `from` is reached from another.
    fn reach_checked(&self, from: &[RevisionId], links: Links) -> Result<Marks> {
        let mut targets = Marks::new(self);
        for id in from {
            targets.insert(*id);
        }
        let mut seen = Marks::new(self);
        for target in from {
            let mut overlaps: Vec<RevisionId> = Vec::new();
            let mut todo = vec![*target];
            while let Some(id) = todo.pop() {
                if id != *target && targets.contains(id) {
                    overlaps.push(id);
                }
                if seen.insert(id) {
                    todo.extend(links.of(self.data(id)));
                }
            }
            if !overlaps.is_empty() {
                overlaps.sort();
                overlaps.dedup();
                return Err(RevisionError::revision(format!(
                    "Requested revision {} overlaps with other requested revisions {}",
                    self.text(*target),
                    self.texts(&overlaps).join(", ")
                )));
            }
        }
        Ok(seen)
    }
}
