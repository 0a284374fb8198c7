//! The order in which a set of revisions is emitted, newest first.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::RevisionError;
use crate::map::RevisionMap;
use crate::reach::{Links, Marks};
use crate::revision::RevisionId;

/// How many revisions are looked at below the first other candidate before looking from above.
const PEEK: usize = 64;

/// Of how many blocked revisions the descendants are kept.
const KEPT: usize = 16;

/// The candidates for emission, in Alembic's order, each in a slot that its successor inherits.
struct Candidates {
    /// By slot; `None` once the line in it has ended.
    slots: Vec<Option<RevisionId>>,
    /// The slots in use.
    live: BTreeSet<usize>,
    /// By revision.
    slot_of: Vec<Option<usize>>,
}

impl Candidates {
    fn push(&mut self, id: RevisionId) {
        let slot = self.slots.len();
        self.slots.push(None);
        self.live.insert(slot);
        self.put(slot, id);
    }

    fn put(&mut self, slot: usize, id: RevisionId) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some(id);
        }
        if let Some(place) = self.slot_of.get_mut(id.index()) {
            *place = Some(slot);
        }
    }

    fn take(&mut self, slot: usize) -> Option<RevisionId> {
        let id = self.slots.get_mut(slot)?.take()?;
        if let Some(place) = self.slot_of.get_mut(id.index()) {
            *place = None;
        }
        Some(id)
    }

    fn slot_of(&self, id: RevisionId) -> Option<usize> {
        self.slot_of.get(id.index()).copied().flatten()
    }

    fn at(&self, slot: usize) -> Option<RevisionId> {
        self.slots.get(slot).copied().flatten()
    }

    /// The slot that takes over when the line in `slot` has ended.
    fn neighbour(&self, slot: usize) -> Option<usize> {
        self.live
            .range(..slot)
            .next_back()
            .or_else(|| self.live.first())
            .copied()
    }
}

/// A revision is *held* while a candidate is it or descends from it. The number of its held
/// children says whether another candidate must come first, without asking for ancestors.
struct Held {
    children: Vec<u32>,
    marks: Marks,
}

impl Held {
    fn new(map: &RevisionMap, heads: &[RevisionId]) -> Held {
        let marks = map.reach(heads, Links::NormalizedDown);
        let mut children = vec![0u32; map.len()];
        for id in marks.iter() {
            for down in &map.data(id).normalized_down {
                if let Some(count) = children.get_mut(down.index()) {
                    *count += 1;
                }
            }
        }
        Held { children, marks }
    }

    fn is_blocked(&self, id: RevisionId) -> bool {
        self.children
            .get(id.index())
            .is_some_and(|count| *count > 0)
    }

    /// Lets go of `id`, which is no candidate any more, and of what only it held.
    fn release(&mut self, map: &RevisionMap, id: RevisionId, candidates: &Candidates) {
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            self.marks.remove(id);
            for down in &map.data(id).normalized_down {
                let Some(count) = self.children.get_mut(down.index()) else {
                    continue;
                };
                *count = count.saturating_sub(1);
                if *count == 0 && candidates.slot_of(*down).is_none() {
                    todo.push(*down);
                }
            }
        }
    }
}

/// The held descendants of the revisions that were last found blocked. They only ever lose members,
/// and those are no candidates any more, so what was found once stays right.
#[derive(Default)]
struct Descendants {
    of: BTreeMap<RevisionId, Marks>,
}

impl Descendants {
    fn of(&mut self, map: &RevisionMap, below: RevisionId, held: &Held) -> &Marks {
        if self.of.len() == KEPT && !self.of.contains_key(&below) {
            self.of.clear();
        }
        self.of.entry(below).or_insert_with(|| {
            let mut found = Marks::new(map);
            let mut todo = vec![below];
            while let Some(id) = todo.pop() {
                for child in &map.data(id).all_nextrev {
                    if held.marks.contains(*child)
                        && map.data(*child).normalized_down.contains(&id)
                        && found.insert(*child)
                    {
                        todo.push(*child);
                    }
                }
            }
            found
        })
    }
}

impl RevisionMap {
    /// Orders `wanted`, newest first, starting from those of `heads` that are in it.
    ///
    /// Alembic's rule: take the candidate at hand; if another candidate descends from it, turn to
    /// the first such one; else emit it, put its first parent in its place and the further parents
    /// at the end. So one branch is followed as deep as it goes before another is begun.
    pub(crate) fn topological_sort(
        &self,
        wanted: &Marks,
        heads: &[RevisionId],
    ) -> Result<Vec<RevisionId>, RevisionError> {
        let mut first: Vec<RevisionId> = heads
            .iter()
            .copied()
            .filter(|id| wanted.contains(*id))
            .collect();
        first.sort();
        first.dedup();
        let mut candidates = Candidates {
            slots: Vec::new(),
            live: BTreeSet::new(),
            slot_of: vec![None; self.len()],
        };
        let mut held = Held::new(self, &first);
        for id in first {
            candidates.push(id);
        }
        let mut todo = wanted.clone();
        let mut output = Vec::new();
        let mut current = candidates.live.first().copied();
        let mut scratch = Marks::new(self);
        let mut known = Descendants::default();
        while let Some(slot) = current {
            let Some(candidate) = candidates.at(slot) else {
                break;
            };
            if held.is_blocked(candidate) {
                let Some(next) = self.first_above(
                    candidate,
                    slot,
                    &candidates,
                    &held,
                    &mut scratch,
                    &mut known,
                ) else {
                    break;
                };
                current = Some(next);
                continue;
            }
            output.push(candidate);
            todo.remove(candidate);
            candidates.take(slot);
            let parents = self.data(candidate).normalized_down.iter().copied();
            let mut added = 0;
            for parent in parents {
                if !todo.contains(parent) || candidates.slot_of(parent).is_some() {
                    continue;
                }
                if added == 0 {
                    candidates.put(slot, parent);
                } else {
                    candidates.push(parent);
                }
                added += 1;
            }
            if added == 0 {
                candidates.live.remove(&slot);
                current = candidates.neighbour(slot);
            }
            held.release(self, candidate, &candidates);
        }
        if todo.iter().next().is_some() {
            return Err(RevisionError::unsupported(
                "the requested range leaves out revisions between those that it contains",
            ));
        }
        Ok(output)
    }

    /// The first slot other than `own` whose candidate descends from `below`.
    fn first_above(
        &self,
        below: RevisionId,
        own: usize,
        candidates: &Candidates,
        held: &Held,
        scratch: &mut Marks,
        known: &mut Descendants,
    ) -> Option<usize> {
        let slot = candidates.live.iter().copied().find(|slot| *slot != own)?;
        if candidates
            .at(slot)
            .is_some_and(|top| self.is_just_below(below, top, scratch))
        {
            return Some(slot);
        }
        let above = known.of(self, below, held);
        let descends = |slot: &usize| candidates.at(*slot).is_some_and(|top| above.contains(top));
        let mut others = candidates.live.iter().copied().filter(|slot| *slot != own);
        others.find(descends)
    }

    /// True if `below` is found among the nearest ancestors of `top`.
    fn is_just_below(&self, below: RevisionId, top: RevisionId, scratch: &mut Marks) -> bool {
        scratch.clear();
        let lowest = self.data(below).generation;
        let mut todo = vec![top];
        let mut seen = 0;
        while let Some(id) = todo.pop() {
            let node = self.data(id);
            if node.generation <= lowest || !scratch.insert(id) {
                continue;
            }
            if node.normalized_down.contains(&below) {
                return true;
            }
            seen += 1;
            if seen == PEEK {
                return false;
            }
            todo.extend(&node.normalized_down);
        }
        false
    }
}
