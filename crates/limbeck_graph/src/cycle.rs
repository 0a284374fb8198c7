//! Cycles, in Alembic's words, with the links that make them.

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

use crate::map::{NodeData, RevisionMap};
use crate::reach::Marks;
use crate::revision::RevisionId;

/// How many links of a cycle are shown.
const SHOWN: usize = 8;

/// Checks that nothing is its own ancestor.
///
/// Alembic names the revisions that cannot be reached both from a head and from a base. That misses
/// a cycle between a base and a head, so what is left is ordered to be sure.
pub(crate) fn check(map: &RevisionMap) -> Result<()> {
    if map.is_empty() {
        return Ok(());
    }
    let down = |node: &'_ NodeData| -> Vec<RevisionId> { node.down.clone() };
    let next = |node: &'_ NodeData| -> Vec<RevisionId> { node.nextrev.clone() };
    let all_down = |node: &'_ NodeData| -> Vec<RevisionId> {
        node.down
            .iter()
            .chain(&node.resolved_deps)
            .copied()
            .collect()
    };
    let all_next = |node: &'_ NodeData| -> Vec<RevisionId> { node.all_nextrev.clone() };

    if let Some(left) = unreachable(map, (&map.heads, down), (&map.bases, next)) {
        return Err(error(map, "Cycle", left, false));
    }
    if let Some(left) = unreachable(
        map,
        (&map.real_heads, all_down),
        (&map.real_bases, all_next),
    ) {
        return Err(error(map, "Dependency cycle", left, true));
    }
    if let Some(cycle) = find(map, false) {
        return Err(error(map, "Cycle", sorted(map, &cycle), false));
    }
    if let Some(cycle) = find(map, true) {
        return Err(error(map, "Dependency cycle", sorted(map, &cycle), true));
    }
    Ok(())
}

/// All revisions that have no cycle below them, parents before children.
pub(crate) fn parents_first<'a, I>(
    map: &'a RevisionMap,
    parents: impl Fn(&'a NodeData) -> I,
) -> Vec<RevisionId>
where
    I: Iterator<Item = &'a RevisionId>,
{
    let mut children: Vec<Vec<RevisionId>> = vec![Vec::new(); map.len()];
    let mut waiting: Vec<usize> = vec![0; map.len()];
    let mut ready: Vec<RevisionId> = Vec::new();
    for (id, node) in (0..).map(RevisionId).zip(&map.nodes) {
        let mut count = 0;
        for parent in parents(node) {
            if let Some(children) = children.get_mut(parent.index()) {
                children.push(id);
                count += 1;
            }
        }
        match waiting.get_mut(id.index()) {
            Some(_) if count == 0 => ready.push(id),
            Some(slot) => *slot = count,
            None => {}
        }
    }
    let mut ordered = Vec::with_capacity(map.len());
    while let Some(id) = ready.pop() {
        ordered.push(id);
        for child in children.get(id.index()).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(child.index()) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*child);
                }
            }
        }
    }
    ordered
}

type End<'a, F> = (&'a [RevisionId], F);

/// The revisions that are not both below `heads` and above `bases`, as Alembic lists them.
fn unreachable(
    map: &RevisionMap,
    heads: End<'_, impl Fn(&NodeData) -> Vec<RevisionId>>,
    bases: End<'_, impl Fn(&NodeData) -> Vec<RevisionId>>,
) -> Option<Vec<String>> {
    if heads.0.is_empty() || bases.0.is_empty() {
        return Some(map.iter().map(|node| node.revision().to_owned()).collect());
    }
    let below = closure(map, heads.0, heads.1);
    let above = closure(map, bases.0, bases.1);
    let left: Vec<RevisionId> = (0..)
        .map(RevisionId)
        .take(map.len())
        .filter(|id| !(below.contains(*id) && above.contains(*id)))
        .collect();
    (!left.is_empty()).then(|| sorted(map, &left))
}

fn closure(
    map: &RevisionMap,
    from: &[RevisionId],
    links: impl Fn(&NodeData) -> Vec<RevisionId>,
) -> Marks {
    let mut found = Marks::new(map);
    let mut todo = from.to_vec();
    while let Some(id) = todo.pop() {
        if found.insert(id) {
            todo.extend(links(map.data(id)));
        }
    }
    found
}

fn sorted(map: &RevisionMap, ids: &[RevisionId]) -> Vec<String> {
    let mut texts = map.texts(ids);
    texts.sort();
    texts
}

/// One cycle, child before parent.
fn find(map: &RevisionMap, with_dependencies: bool) -> Option<Vec<RevisionId>> {
    let parents = |node: &NodeData| -> Vec<RevisionId> {
        let deps = node.resolved_deps.iter().filter(|_| with_dependencies);
        node.down.iter().chain(deps).copied().collect()
    };
    let done = parents_first(map, |node| {
        node.down
            .iter()
            .chain(node.resolved_deps.iter().filter(move |_| with_dependencies))
    });
    let mut free = Marks::new(map);
    for id in &done {
        free.insert(*id);
    }
    // Whatever is left has a parent that is left, so walking up must come back.
    let mut at = (0..)
        .map(RevisionId)
        .take(map.len())
        .find(|id| !free.contains(*id))?;
    let mut path = Vec::new();
    let mut seen = Marks::new(map);
    while seen.insert(at) {
        path.push(at);
        at = parents(map.data(at))
            .into_iter()
            .find(|id| !free.contains(*id))?;
    }
    let start = path.iter().position(|id| *id == at)?;
    Some(path.split_off(start))
}

fn error(map: &RevisionMap, kind: &str, listed: Vec<String>, with_dependencies: bool) -> Error {
    let message = format!("{kind} is detected in revisions ({})", listed.join(", "));
    let mut diagnostic = Diagnostic::error("revision-cycle", message);
    let cycle = find(map, with_dependencies).unwrap_or_default();
    let parents = cycle.iter().cycle().skip(1);
    for (id, parent) in cycle.iter().zip(parents).take(SHOWN) {
        let node = map.data(*id);
        let (child, parent_text) = (map.text(*id), map.text(*parent));
        let (verb, location) = if node.down.contains(parent) {
            ("follows", &node.revision.down_revision_location)
        } else {
            ("depends on", &node.revision.depends_on_location)
        };
        let location = location.clone().or_else(|| node.revision.location.clone());
        diagnostic = diagnostic.at_maybe(location, format!("{child} {verb} {parent_text}"));
    }
    if let Some(first) = cycle.first() {
        let mut texts = map.texts(&cycle);
        texts.push(map.text(*first).to_owned());
        if texts.len() > SHOWN + 1 {
            texts.truncate(SHOWN);
            texts.push("…".to_owned());
        }
        diagnostic = diagnostic
            .note(format!(
                "the way round, from child to parent: {}",
                texts.join(" -> ")
            ))
            .help("one of these revisions must follow another one");
    }
    Error::new(ErrorKind::Graph, diagnostic)
}
