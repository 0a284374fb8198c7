//! Sets of revisions and walks over links.

use crate::map::{NodeData, RevisionMap};
use crate::revision::RevisionId;

/// A set of revisions of one map, cheap to empty.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    round: u32,
    rounds: Vec<u32>,
}

impl Marks {
    /// The empty set.
    pub(crate) fn new(map: &RevisionMap) -> Marks {
        count_work(map.len());
        Marks {
            round: 1,
            rounds: vec![0; map.len()],
        }
    }

    /// Takes all members out.
    pub(crate) fn clear(&mut self) {
        match self.round.checked_add(1) {
            Some(round) => self.round = round,
            None => {
                self.round = 1;
                self.rounds.fill(0);
            }
        }
    }

    /// Puts `id` in; false if it was in already.
    pub(crate) fn insert(&mut self, id: RevisionId) -> bool {
        count_work(1);
        match self.rounds.get_mut(id.index()) {
            Some(round) if *round != self.round => {
                *round = self.round;
                true
            }
            _ => false,
        }
    }

    /// Takes `id` out.
    pub(crate) fn remove(&mut self, id: RevisionId) {
        if let Some(round) = self.rounds.get_mut(id.index()) {
            *round = 0;
        }
    }

    /// Takes out what is not in `other`.
    pub(crate) fn retain(&mut self, other: &Marks) {
        count_work(self.rounds.len());
        for (index, round) in self.rounds.iter_mut().enumerate() {
            if other.rounds.get(index) != Some(&other.round) {
                *round = 0;
            }
        }
    }

    /// True if `id` is in.
    pub(crate) fn contains(&self, id: RevisionId) -> bool {
        self.rounds.get(id.index()) == Some(&self.round)
    }

    /// The members in load order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = RevisionId> {
        count_work(self.rounds.len());
        (0..)
            .map(RevisionId)
            .zip(&self.rounds)
            .filter(|(_, it)| **it == self.round)
            .map(|(id, _)| id)
    }
}

pub(crate) use work::count as count_work;

/// Counts what walks cost, so that a test can see that it grows with the graph and no faster.
mod work {
    #[cfg(test)]
    thread_local! {
        static DONE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    /// So many revisions were looked at.
    #[cfg(test)]
    pub(crate) fn count(revisions: usize) {
        DONE.with(|done| done.set(done.get() + revisions));
    }

    #[cfg(not(test))]
    pub(crate) fn count(_revisions: usize) {}

    /// What `run` costs.
    #[cfg(test)]
    pub(super) fn of(run: impl FnOnce()) -> usize {
        DONE.with(|done| done.set(0));
        run();
        DONE.with(std::cell::Cell::get)
    }
}

/// Which links a walk follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// To parents by `down_revision`.
    Down,
    /// To parents and normalized dependencies.
    NormalizedDown,
    /// To children by `down_revision`.
    Next,
    /// To children of any kind.
    AllNext,
}

impl Links {
    pub(crate) fn of(self, node: &NodeData) -> &[RevisionId] {
        match self {
            Links::Down => &node.down,
            Links::NormalizedDown => &node.normalized_down,
            Links::Next => &node.nextrev,
            Links::AllNext => &node.all_nextrev,
        }
    }
}

impl RevisionMap {
    /// `from` and everything that `links` lead to.
    pub(crate) fn reach(&self, from: &[RevisionId], links: Links) -> Marks {
        let mut found = Marks::new(self);
        self.reach_into(&mut found, from, links);
        found
    }

    /// Adds `from` and everything that `links` lead to.
    pub(crate) fn reach_into(&self, found: &mut Marks, from: &[RevisionId], links: Links) {
        let mut todo = from.to_vec();
        while let Some(id) = todo.pop() {
            if found.insert(id) {
                todo.extend(links.of(self.data(id)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::work;
    use crate::{HeadMaintainer, RangeOptions, Revision, RevisionMap, Target};

    /// What a whole day costs on `count` revisions, which `shape` numbers from zero: load, list, draw,
    /// go up, stand there, go down.
    fn cost(shape: &dyn Fn(usize) -> Revision, count: usize) -> usize {
        work::of(|| {
            let map = RevisionMap::new((0..count).map(shape).collect()).unwrap();
            let (base, heads) = (Target::from("base"), Target::from("heads"));
            let options = RangeOptions {
                inclusive: true,
                ..RangeOptions::default()
            };
            let history = map.iterate_revisions(&heads, &base, options).unwrap();
            assert_eq!(history.len(), count);
            assert!(map.render_lanes(&history, map.heads()).len() >= count);
            let mut rows = HeadMaintainer::new(&map, Vec::<String>::new());
            for step in map.upgrade_steps(&heads, &Target::None).unwrap().steps {
                rows.update_to_step(&step).unwrap();
            }
            let state = Target::many(rows.heads().iter().cloned());
            assert!(!map.get_all_current(&state).unwrap().is_empty());
            let steps = map.downgrade_steps(&base, &state).unwrap().steps;
            assert_eq!(steps.len(), count);
            for step in steps {
                rows.update_to_step(&step).unwrap();
            }
            assert!(rows.heads().is_empty());
        })
    }

    #[track_caller]
    fn check(shape: impl Fn(usize) -> Revision) {
        let (small, large) = (cost(&shape, 1_000), cost(&shape, 10_000));
        assert!(small > 1_000, "nothing was counted");
        assert!(
            large < small * 11,
            "1,000 revisions cost {small}, 10,000 cost {large}"
        );
    }

    fn id(number: usize) -> String {
        format!("r{number:05}")
    }

    #[test]
    fn the_cost_grows_with_the_number_of_revisions() {
        // One line.
        check(|n| Revision::new(id(n), n.checked_sub(1).map(id)));
        // Two branches that are merged again and again.
        check(|n| match n % 3 {
            0 => Revision::new(
                id(n),
                (n > 0)
                    .then(|| [n - 2, n - 1].map(id))
                    .into_iter()
                    .flatten(),
            ),
            1 => Revision::new(id(n), [id(n - 1)]),
            _ => Revision::new(id(n), [id(n - 2)]),
        });
        // Two lines, one of which depends on the other all the time.
        check(|n| Revision {
            depends_on: if n % 2 == 1 {
                vec![id(n - 1)]
            } else {
                Vec::new()
            },
            ..Revision::new(id(n), n.checked_sub(2).map(id))
        });
        // Ten labelled branches from one base.
        check(|n| Revision {
            branch_labels: if (1..=10).contains(&n) {
                vec![format!("l{n}")]
            } else {
                Vec::new()
            },
            ..Revision::new(id(n), (n > 0).then(|| id(n.saturating_sub(10))))
        });
    }
}
