//! The order in which tables are created: SQLAlchemy's `MetaData.sorted_tables`.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_schema::{Table, TableName};

/// Tables, each behind those that it refers to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SortedTables {
    /// The tables.
    pub tables: Vec<Table>,
    /// What SQLAlchemy says when there are cycles.
    pub warnings: Vec<String>,
}

/// Pairs of a table and one that refers to it, by position.
type Edges = BTreeSet<(usize, usize)>;

/// Sorts tables by their foreign keys, and by name where these do not decide. Keys with `use_alter=True` do not count,
/// and neither do those of tables in a cycle.
#[must_use]
pub fn sorted_tables(tables: &[Table]) -> SortedTables {
    let mut sorted: Vec<&Table> = tables.iter().collect();
    sorted.sort_by_key(|table| table.name.to_string());
    let position: BTreeMap<&TableName, usize> = sorted
        .iter()
        .enumerate()
        .map(|(at, table)| (&table.name, at))
        .collect();
    let mut edges = Edges::new();
    for (child, table) in sorted.iter().enumerate() {
        for (_, key) in table.foreign_keys() {
            if key.use_alter {
                continue;
            }
            if let Some(parent) = position.get(&key.referred_table)
                && *parent != child
            {
                edges.insert((*parent, child));
            }
        }
    }
    let mut warnings = Vec::new();
    let order = topological(sorted.len(), &edges).unwrap_or_else(|| {
        let cyclic = on_cycles(sorted.len(), &edges);
        let mut names: Vec<String> = cyclic
            .iter()
            .filter_map(|at| sorted.get(*at))
            .map(|table| table.name.to_string())
            .collect();
        names.sort();
        warnings.push(format!(
            "Cannot correctly sort tables; there are unresolvable cycles between tables \"{}\", which is usually caused by mutually dependent foreign key constraints.  Foreign key constraints involving these tables will not be considered; this warning may raise an error in a future release.",
            names.join(", ")
        ));
        edges.retain(|(_, child)| !cyclic.contains(child));
        topological(sorted.len(), &edges).unwrap_or_default()
    });
    SortedTables {
        tables: order
            .into_iter()
            .filter_map(|at| sorted.get(at).map(|table| (*table).clone()))
            .collect(),
        warnings,
    }
}

/// Layer by layer, each in the given order; `None` if there is a cycle.
fn topological(count: usize, edges: &Edges) -> Option<Vec<usize>> {
    let mut todo: Vec<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while !todo.is_empty() {
        let waiting: BTreeSet<usize> = todo.iter().copied().collect();
        let (ready, later): (Vec<usize>, Vec<usize>) = todo.iter().partition(|node| {
            !edges
                .iter()
                .any(|(parent, child)| child == *node && waiting.contains(parent))
        });
        if ready.is_empty() {
            return None;
        }
        order.extend(ready);
        todo = later;
    }
    Some(order)
}

/// The nodes that reach themselves.
fn on_cycles(count: usize, edges: &Edges) -> BTreeSet<usize> {
    (0..count)
        .filter(|start| {
            let mut seen = BTreeSet::new();
            let mut stack = vec![*start];
            while let Some(node) = stack.pop() {
                for (_, child) in edges.iter().filter(|(parent, _)| *parent == node) {
                    if child == start {
                        return true;
                    }
                    if seen.insert(*child) {
                        stack.push(*child);
                    }
                }
            }
            false
        })
        .collect()
}
