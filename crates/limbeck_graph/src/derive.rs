//! Building the map: names, links, checks, dependencies, labels.
//!
//! Every pass is linear in revisions and links, and none recurses. The one exception is
//! [`normalize_dependencies`], which is bounded by how far below a revision the first other
//! revision with the same dependency can stand.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result, closest};

use crate::cycle;
use crate::map::{Name, NodeData, RevisionMap};
use crate::reach::Marks;
use crate::revision::{Revision, RevisionId};

/// Characters that the symbol syntax needs for itself, in the order Alembic lists them.
const ILLEGAL_CHARS: [char; 4] = ['+', '-', ':', '@'];

pub(crate) fn build(revisions: Vec<Revision>) -> Result<RevisionMap> {
    let mut map = RevisionMap::default();
    for revision in &revisions {
        check_self_loop(revision)?;
        verify_rev_id(&revision.revision).map_err(|error| {
            error.map_diagnostic(|it| it.at_maybe(revision.location.clone(), ""))
        })?;
    }
    name_revisions(&mut map, &revisions)?;
    name_labels(&mut map, &revisions)?;
    map.nodes = revisions
        .into_iter()
        .map(|revision| NodeData {
            branch_labels: revision.branch_labels.iter().cloned().collect(),
            revision,
            ..NodeData::default()
        })
        .collect();
    link(&mut map)?;
    find_ends(&mut map);
    cycle::check(&map)?;
    number_generations(&mut map);
    normalize_dependencies(&mut map);
    spread_labels(&mut map);
    Ok(map)
}

/// Checks that an identifier has none of the characters that symbols are made of.
///
/// # Errors
///
/// `ErrorKind::Graph` with Alembic's text.
pub fn verify_rev_id(revision: &str) -> Result<()> {
    let illegal: Vec<String> = ILLEGAL_CHARS
        .into_iter()
        .filter(|character| revision.contains(*character))
        .map(String::from)
        .collect();
    if illegal.is_empty() {
        return Ok(());
    }
    let illegal = illegal.join(", ");
    let message =
        format!("Character(s) '{illegal}' not allowed in revision identifier '{revision}'");
    Err(Error::message(
        ErrorKind::Graph,
        "illegal-revision-id",
        message,
    ))
}

fn check_self_loop(revision: &Revision) -> Result<()> {
    let id = &revision.revision;
    let (kind, location) = if revision.down_revision.contains(id) {
        ("Self-loop", &revision.down_revision_location)
    } else if revision.depends_on.contains(id) {
        ("Dependency self-loop", &revision.depends_on_location)
    } else {
        return Ok(());
    };
    let message = format!("{kind} is detected in revisions ({id})");
    let location = location.clone().or_else(|| revision.location.clone());
    let diagnostic = Diagnostic::error("revision-cycle", message)
        .at_maybe(location, format!("{id} names itself"));
    Err(Error::new(ErrorKind::Graph, diagnostic))
}

fn name_revisions(map: &mut RevisionMap, revisions: &[Revision]) -> Result<()> {
    for (index, revision) in (0..).zip(revisions) {
        let id = RevisionId(index);
        match map.names.entry(revision.revision.clone()) {
            Entry::Vacant(slot) => {
                slot.insert(Name {
                    id,
                    order: id.index(),
                    is_label: false,
                });
            }
            Entry::Occupied(first) => {
                let message = format!("Revision {} is present more than once", revision.revision);
                let first = revisions.get(first.get().id.index());
                let diagnostic = Diagnostic::error("duplicate-revision", message)
                    .at_maybe(revision.location.clone(), "the second time")
                    .at_maybe(first.and_then(|it| it.location.clone()), "the first time")
                    .help("give one of the two another identifier, or delete it");
                return Err(Error::new(ErrorKind::Graph, diagnostic));
            }
        }
    }
    Ok(())
}

fn name_labels(map: &mut RevisionMap, revisions: &[Revision]) -> Result<()> {
    for (index, revision) in (0..).zip(revisions) {
        for label in &revision.branch_labels {
            let order = map.names.len();
            match map.names.entry(label.clone()) {
                Entry::Vacant(slot) => {
                    slot.insert(Name {
                        id: RevisionId(index),
                        order,
                        is_label: true,
                    });
                }
                Entry::Occupied(taken) => {
                    let by = revisions.get(taken.get().id.index());
                    let message = format!(
                        "Branch name '{label}' in revision {} already used by revision {}",
                        revision.revision,
                        by.map_or("", |it| it.revision.as_str()),
                    );
                    let place = if taken.get().is_label {
                        by.and_then(|it| it.branch_labels_location.clone())
                    } else {
                        by.and_then(|it| it.location.clone())
                    };
                    let diagnostic = Diagnostic::error("duplicate-branch-label", message)
                        .at_maybe(revision.branch_labels_location.clone(), "")
                        .at_maybe(place, "already used here")
                        .help("branch labels must differ from each other and from revision ids");
                    return Err(Error::new(ErrorKind::Graph, diagnostic));
                }
            }
        }
    }
    Ok(())
}

fn link(map: &mut RevisionMap) -> Result<()> {
    let mut links = Vec::with_capacity(map.nodes.len());
    for node in &map.nodes {
        let revision = &node.revision;
        let deps = revision
            .depends_on
            .iter()
            .map(|dep| match map.names.get(dep) {
                Some(name) => Ok(name.id),
                None => Err(missing(map, revision, dep, true)),
            });
        let deps = deps.collect::<Result<Vec<_>>>()?;
        let down = revision
            .down_revision
            .iter()
            .map(|down| match map.find(down) {
                Some(id) => Ok(id),
                None => Err(missing(map, revision, down, false)),
            });
        links.push((down.collect::<Result<Vec<_>>>()?, deps));
    }
    for (id, (down, deps)) in (0..).map(RevisionId).zip(&links) {
        let parents: BTreeSet<RevisionId> = down.iter().copied().collect();
        let all: BTreeSet<RevisionId> = parents.iter().chain(deps).copied().collect();
        for parent in all {
            if let Some(node) = map.nodes.get_mut(parent.index()) {
                node.all_nextrev.push(id);
                if parents.contains(&parent) {
                    node.nextrev.push(id);
                }
            }
        }
    }
    for (node, (down, deps)) in map.nodes.iter_mut().zip(links) {
        node.down = down;
        node.resolved_deps = deps;
    }
    Ok(())
}

fn missing(map: &RevisionMap, revision: &Revision, wanted: &str, is_dependency: bool) -> Error {
    let by = &revision.revision;
    let message = format!("Revision {wanted} referenced from {by} is not present");
    let (attribute, location) = if is_dependency {
        ("depends_on", &revision.depends_on_location)
    } else {
        ("down_revision", &revision.down_revision_location)
    };
    let location = location.clone().or_else(|| revision.location.clone());
    let mut diagnostic = Diagnostic::error("missing-revision", message)
        .at_maybe(location, format!("no revision file has the id {wanted}"));
    let names = map
        .names
        .iter()
        .filter(|(_, name)| is_dependency || !name.is_label);
    if let Some(name) = closest(wanted, names.map(|(name, _)| name.as_str())) {
        diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
    }
    diagnostic = if is_dependency {
        diagnostic.note("`depends_on` takes full revision ids and branch labels")
    } else {
        diagnostic.help(format!(
            "restore the file of revision {wanted}, or change the {attribute} of {by}"
        ))
    };
    Error::new(ErrorKind::Graph, diagnostic)
}

fn find_ends(map: &mut RevisionMap) {
    for (id, node) in (0..).map(RevisionId).zip(&map.nodes) {
        if node.nextrev.is_empty() {
            map.heads.push(id);
        }
        if node.all_nextrev.is_empty() {
            map.real_heads.push(id);
        }
        if node.down.is_empty() {
            map.bases.push(id);
            if node.resolved_deps.is_empty() {
                map.real_bases.push(id);
            }
        }
    }
}

/// Needs a graph without cycles.
fn number_generations(map: &mut RevisionMap) {
    for id in cycle::parents_first(map, |node| node.down.iter().chain(&node.resolved_deps)) {
        let node = map.data(id);
        let below = node.down.iter().chain(&node.resolved_deps);
        let generation = below
            .map(|down| map.data(*down).generation + 1)
            .max()
            .unwrap_or(0);
        if let Some(node) = map.nodes.get_mut(id.index()) {
            node.generation = generation;
        }
    }
}

/// Leaves out the dependencies that an ancestor by `down_revision` has already.
fn normalize_dependencies(map: &mut RevisionMap) {
    // The lowest generation at which each dependency is asked for: below it, no ancestor has it.
    let mut asked_from: BTreeMap<RevisionId, u32> = BTreeMap::new();
    for node in &map.nodes {
        for dep in &node.resolved_deps {
            let lowest = asked_from.entry(*dep).or_insert(node.generation);
            *lowest = node.generation.min(*lowest);
        }
    }
    let mut marks = Marks::new(map);
    let mut normalized = Vec::with_capacity(map.nodes.len());
    for node in &map.nodes {
        let covered = covered_dependencies(map, node, &asked_from, &mut marks);
        let mut kept = Vec::new();
        for dep in &node.resolved_deps {
            if !covered.contains(dep) && !kept.contains(dep) {
                kept.push(*dep);
            }
        }
        normalized.push(kept);
    }
    for (node, deps) in map.nodes.iter_mut().zip(normalized) {
        for down in node.down.iter().chain(&deps) {
            if !node.normalized_down.contains(down) {
                node.normalized_down.push(*down);
            }
        }
        node.normalized_deps = deps;
    }
}

fn covered_dependencies(
    map: &RevisionMap,
    node: &NodeData,
    asked_from: &BTreeMap<RevisionId, u32>,
    marks: &mut Marks,
) -> BTreeSet<RevisionId> {
    let mut covered = BTreeSet::new();
    let asked_below =
        |dep: &RevisionId| asked_from.get(dep).is_some_and(|it| *it < node.generation);
    let mut open: BTreeSet<RevisionId> = node
        .resolved_deps
        .iter()
        .copied()
        .filter(asked_below)
        .collect();
    let floor = |open: &BTreeSet<RevisionId>| {
        open.iter()
            .filter_map(|dep| asked_from.get(dep))
            .min()
            .copied()
    };
    let Some(mut lowest) = floor(&open) else {
        return covered;
    };
    marks.clear();
    let mut todo: Vec<RevisionId> = node.down.clone();
    while let Some(id) = todo.pop() {
        let ancestor = map.data(id);
        if ancestor.generation < lowest || !marks.insert(id) {
            continue;
        }
        for dep in &ancestor.resolved_deps {
            if open.remove(dep) {
                covered.insert(*dep);
            }
        }
        match floor(&open) {
            Some(next) => lowest = next,
            None => break,
        }
        todo.extend(&ancestor.down);
    }
    covered
}

/// Copies branch labels to all descendants, and downward while the line is plain.
fn spread_labels(map: &mut RevisionMap) {
    let mut marks = Marks::new(map);
    for index in 0..map.nodes.len() {
        let Some(node) = map.nodes.get(index) else {
            continue;
        };
        if node.revision.branch_labels.is_empty() {
            continue;
        }
        let labels = node.branch_labels.clone();
        let start = RevisionId(index as u32);
        marks.clear();
        let mut todo = vec![start];
        let mut last = start;
        while let Some(id) = todo.pop() {
            if !marks.insert(id) {
                continue;
            }
            last = id;
            if let Some(node) = map.nodes.get_mut(id.index()) {
                todo.extend(&node.nextrev);
                node.branch_labels.extend(labels.iter().cloned());
            }
        }
        // Alembic climbs down from the descendant it happened to visit last. Whichever that is,
        // the climb passes the labelled revision only if all its descendants are one plain line.
        let mut at = Some(last);
        while let Some(node) = at.and_then(|id| map.nodes.get_mut(id.index())) {
            if node.all_nextrev.len() > 1 || node.down.len() > 1 {
                break;
            }
            node.branch_labels.extend(labels.iter().cloned());
            at = node.down.first().copied();
        }
    }
}
