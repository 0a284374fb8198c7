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
        (0..)
            .map(RevisionId)
            .zip(&self.rounds)
            .filter(|(_, it)| **it == self.round)
            .map(|(id, _)| id)
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
