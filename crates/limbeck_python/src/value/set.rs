//! Sets, in the order in which CPython goes through them.
//!
//! The order follows from the hashes of the elements and from the history of the table that holds them. Numbers, and
//! tuples of numbers, have the same hash in every process: for them the table is followed here slot by slot
//! ([`Table`]). Texts have another hash each time, so that Python itself has no order for them: theirs is the order of
//! insertion.

use indexmap::IndexMap;

use super::{HashKey, Value};

/// The elements of a set.
#[derive(Debug, Clone)]
pub struct Set {
    items: IndexMap<HashKey, Value>,
    /// None once an element came in whose hash differs from process to process.
    table: Option<Table>,
}

impl Default for Set {
    fn default() -> Set {
        Set {
            items: IndexMap::new(),
            table: Some(Table::default()),
        }
    }
}

impl Set {
    /// An empty set.
    #[must_use]
    pub fn new() -> Set {
        Set::default()
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True without elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds an element; false if it was there.
    pub fn insert(&mut self, key: HashKey, value: Value) -> bool {
        match self.items.entry(key) {
            indexmap::map::Entry::Occupied(_) => false,
            indexmap::map::Entry::Vacant(entry) => {
                let hash = self.table.as_ref().and_then(|_| entry.key().fixed_hash());
                match (&mut self.table, hash) {
                    (Some(table), Some(hash)) => table.add(hash, entry.key()),
                    _ => self.table = None,
                }
                entry.insert(value);
                true
            }
        }
    }

    /// Removes an element.
    pub fn remove(&mut self, key: &HashKey) -> Option<Value> {
        let removed = self.items.shift_remove(key)?;
        if let (Some(table), Some(hash)) = (&mut self.table, key.fixed_hash()) {
            table.discard(hash, key);
        }
        Some(removed)
    }

    /// Takes the element out that `set.pop()` takes; none when that differs from process to process.
    pub(crate) fn pop(&mut self) -> Option<Value> {
        let key = match &mut self.table {
            Some(table) => table.pop()?,
            None if self.items.len() == 1 => self.items.keys().next().cloned()?,
            None => return None,
        };
        self.items.shift_remove(&key)
    }

    /// True when the element is there.
    #[must_use]
    pub fn contains(&self, key: &HashKey) -> bool {
        self.items.contains_key(key)
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        let finger = self.table.as_ref().map_or(0, |table| table.finger);
        self.items.clear();
        self.table = Some(Table {
            finger,
            ..Table::default()
        });
    }

    /// The elements.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.ordered().into_iter().map(|(_, value)| value)
    }

    /// The hash keys.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &HashKey> {
        self.ordered().into_iter().map(|(key, _)| key)
    }

    /// Hash keys and elements.
    pub fn entries(&self) -> impl Iterator<Item = (&HashKey, &Value)> {
        self.ordered().into_iter()
    }

    fn ordered(&self) -> Vec<(&HashKey, &Value)> {
        match &self.table {
            Some(table) if self.items.len() > 1 => table
                .keys()
                .filter_map(|key| self.items.get_key_value(key))
                .collect(),
            _ => self.items.iter().collect(),
        }
    }

    /// `set(self)`: the same elements in a table of its own.
    #[must_use]
    pub(crate) fn copied(&self) -> Set {
        let mut copy = Set::new();
        copy.merge(self);
        copy
    }

    /// `set(list(self))`: the elements added one by one. CPython's compiler does that with the sets among its constants.
    #[must_use]
    pub(crate) fn rebuilt(&self) -> Set {
        let mut set = Set::new();
        for (key, value) in self.ordered() {
            set.insert(key.clone(), value.clone());
        }
        set
    }

    /// Makes room for the keys of a dictionary, as `set(dictionary)` does.
    pub(crate) fn make_room(&mut self, more: usize) {
        if let Some(table) = &mut self.table {
            table.make_room(more);
        }
    }

    /// `self |= other`, where both are sets.
    pub(crate) fn merge(&mut self, other: &Set) {
        if other.is_empty() {
            return;
        }
        match (&mut self.table, &other.table) {
            (Some(table), Some(others)) => table.merge(others),
            _ => self.table = None,
        }
        for (key, value) in other.ordered() {
            self.items
                .entry(key.clone())
                .or_insert_with(|| value.clone());
        }
    }

    /// `self & other`.
    #[must_use]
    pub(crate) fn intersection(&self, other: &Set) -> Set {
        // The smaller one is gone through.
        let (through, within) = if other.len() > self.len() {
            (self, other)
        } else {
            (other, self)
        };
        let mut result = Set::new();
        for (key, value) in through.ordered() {
            if within.contains(key) {
                result.insert(key.clone(), value.clone());
            }
        }
        result
    }

    /// `self &= other`. `pop` goes on where it was.
    pub(crate) fn intersect(&mut self, other: &Set) {
        let mut new = self.intersection(other);
        if let (Some(new), Some(old)) = (&mut new.table, &self.table) {
            new.finger = old.finger;
        }
        *self = new;
    }

    /// `self - other`.
    #[must_use]
    pub(crate) fn difference(&self, other: &Set) -> Set {
        if (self.len() >> 2) > other.len() {
            let mut copy = self.copied();
            copy.subtract(other);
            return copy;
        }
        let mut result = Set::new();
        for (key, value) in self.ordered() {
            if !other.contains(key) {
                result.insert(key.clone(), value.clone());
            }
        }
        result
    }

    /// `self -= other`.
    pub(crate) fn subtract(&mut self, other: &Set) {
        for (key, _) in other.ordered() {
            self.remove(key);
        }
        self.tidy();
    }

    /// Makes the table smaller when many elements were removed.
    pub(crate) fn tidy(&mut self) {
        if let Some(table) = &mut self.table {
            table.tidy();
        }
    }

    /// `self ^= other`.
    pub(crate) fn toggle(&mut self, other: &Set) {
        for (key, value) in other.ordered() {
            if self.remove(key).is_none() {
                self.insert(key.clone(), value.clone());
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Slot {
    Empty,
    /// An element was here.
    Left,
    Used(i64, HashKey),
}

/// The hash table of a CPython set: open addressing, a run of neighbours at each place that is probed.
#[derive(Debug, Clone, Default)]
struct Table {
    /// Empty for a table of the smallest size that holds nothing.
    slots: Vec<Slot>,
    /// Slots that are or were used.
    fill: usize,
    used: usize,
    /// Where `pop` goes on.
    finger: usize,
}

const SMALLEST: usize = 8;
const NEIGHBOURS: usize = 9;

/// The slots that are asked for a hash, in order, in a table of `mask + 1` slots.
struct Probes {
    mask: usize,
    perturb: u64,
    at: usize,
    neighbour: usize,
}

impl Probes {
    fn of(hash: i64, mask: usize) -> Probes {
        let perturb = hash.cast_unsigned();
        Probes {
            mask,
            perturb,
            at: low_bits(perturb) & mask,
            neighbour: 0,
        }
    }

    fn next(&mut self) -> usize {
        let last = if self.at + NEIGHBOURS <= self.mask {
            NEIGHBOURS
        } else {
            0
        };
        if self.neighbour <= last {
            self.neighbour += 1;
            return self.at + self.neighbour - 1;
        }
        self.perturb >>= 5;
        self.at = self
            .at
            .wrapping_mul(5)
            .wrapping_add(1)
            .wrapping_add(low_bits(self.perturb))
            & self.mask;
        self.neighbour = 1;
        self.at
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "only the low bits matter: a table is smaller than memory"
)]
fn low_bits(value: u64) -> usize {
    value as usize
}

impl Table {
    fn mask(&self) -> usize {
        self.slots.len().max(SMALLEST) - 1
    }

    fn keys(&self) -> impl Iterator<Item = &HashKey> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Used(_, key) => Some(key),
            _ => None,
        })
    }

    /// Puts a key that is not there into the first slot that never held one.
    fn place(&mut self, hash: i64, key: HashKey) {
        if self.slots.is_empty() {
            self.slots = vec![Slot::Empty; SMALLEST];
        }
        let mut probes = Probes::of(hash, self.mask());
        loop {
            if let Some(slot @ Slot::Empty) = self.slots.get_mut(probes.next()) {
                *slot = Slot::Used(hash, key);
                return;
            }
        }
    }

    fn find(&self, hash: i64, key: &HashKey) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let mut probes = Probes::of(hash, self.mask());
        loop {
            let at = probes.next();
            match self.slots.get(at) {
                Some(Slot::Used(other, known)) if *other == hash && known == key => {
                    return Some(at);
                }
                Some(Slot::Empty) | None => return None,
                Some(_) => {}
            }
        }
    }

    /// The last slot on the way to an empty one whose element was removed.
    fn free(&self, hash: i64) -> Option<usize> {
        if self.fill == self.used {
            return None;
        }
        let mut free = None;
        let mut probes = Probes::of(hash, self.mask());
        loop {
            let at = probes.next();
            match self.slots.get(at)? {
                Slot::Empty => return free,
                Slot::Left => free = Some(at),
                Slot::Used(..) => {}
            }
        }
    }

    fn add(&mut self, hash: i64, key: &HashKey) {
        if self.find(hash, key).is_some() {
            return;
        }
        let free = self.free(hash);
        self.used += 1;
        if let Some(slot) = free.and_then(|free| self.slots.get_mut(free)) {
            *slot = Slot::Used(hash, key.clone());
            return;
        }
        self.place(hash, key.clone());
        self.fill += 1;
        if self.fill * 5 >= self.mask() * 3 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let factor = if self.used > 50_000 { 2 } else { 4 };
        self.resize(self.used * factor);
    }

    fn resize(&mut self, at_least: usize) {
        let mut size = SMALLEST;
        while size <= at_least {
            size *= 2;
        }
        let slots = std::mem::replace(&mut self.slots, vec![Slot::Empty; size]);
        for slot in slots {
            if let Slot::Used(hash, key) = slot {
                self.place(hash, key);
            }
        }
        self.fill = self.used;
    }

    fn make_room(&mut self, more: usize) {
        if (self.fill + more) * 5 >= self.mask() * 3 {
            self.resize((self.used + more) * 2);
        }
    }

    fn merge(&mut self, other: &Table) {
        self.make_room(other.used);
        if self.fill == 0 && self.mask() == other.mask() && other.fill == other.used {
            self.slots.clone_from(&other.slots);
            self.fill = other.fill;
            self.used = other.used;
            return;
        }
        let is_empty = self.fill == 0;
        for slot in &other.slots {
            if let Slot::Used(hash, key) = slot {
                if is_empty {
                    self.place(*hash, key.clone());
                    self.fill += 1;
                    self.used += 1;
                } else {
                    self.add(*hash, key);
                }
            }
        }
    }

    fn discard(&mut self, hash: i64, key: &HashKey) {
        if let Some(slot) = self
            .find(hash, key)
            .and_then(|found| self.slots.get_mut(found))
        {
            *slot = Slot::Left;
            self.used -= 1;
        }
    }

    fn pop(&mut self) -> Option<HashKey> {
        let mask = self.mask();
        let start = self.finger & mask;
        let found = (0..=mask)
            .map(|step| (start + step) & mask)
            .find(|at| matches!(self.slots.get(*at), Some(Slot::Used(..))))?;
        self.finger = found + 1;
        self.used -= 1;
        match std::mem::replace(self.slots.get_mut(found)?, Slot::Left) {
            Slot::Used(_, key) => Some(key),
            _ => None,
        }
    }

    fn tidy(&mut self) {
        if self.fill - self.used > self.mask() / 4 {
            self.grow();
        }
    }
}
