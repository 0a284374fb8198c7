//! `history`, `heads`, `branches`, `show`: what the project's scripts say.

use std::collections::BTreeSet;

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_graph::{Place, RangeOptions, RevisionId, Target};
use limbeck_python::env::EnvRequest;

use super::migrate::with_rows;
use crate::listing::{LineForm, render_entry, render_line};
use crate::run::{Env, Online, graph_error};
use crate::{DatabaseState, Entry, Event, Project, Reporter};

/// Arguments of `history`.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// `-r`
    pub rev_range: Option<String>,
    /// `-v`
    pub verbose: bool,
    /// `-i`
    pub indicate_current: bool,
    /// `--graph`: draw the lanes of the graph beside the revisions, those of the database marked `@`.
    pub graph: bool,
}

/// One revision in one of the two forms.
fn entry(
    project: &Project,
    id: RevisionId,
    verbose: bool,
    form: LineForm,
    is_current: bool,
) -> String {
    let node = project.map().node(id);
    let script = project.script(id);
    if verbose {
        let next: Vec<&str> = node
            .nextrev()
            .iter()
            .map(|id| project.map().node(*id).revision())
            .collect();
        render_entry(node, &next, script, is_current, &project.environment.cwd)
    } else {
        render_line(node, script, form, is_current)
    }
}

/// The rows of the version table; the question is asked without changing anything.
pub(crate) fn current_rows(project: &Project, reporter: &mut dyn Reporter) -> Result<Vec<String>> {
    let env = Env::read(project, EnvRequest::default(), reporter)?;
    let mut rows = Vec::new();
    env.each_run(reporter, |run, reporter| {
        rows = Online::with(project, &env, run, reporter, |online, _| online.heads())?;
        Ok(())
    })?;
    Ok(rows)
}

/// What `history` lists.
struct Listed {
    ids: Vec<RevisionId>,
    /// The rows of the version table, if they were asked for.
    rows: Option<Vec<String>>,
}

/// Resolves the range of `history`, and asks the database if it must be asked.
fn list_history(
    project: &Project,
    history: &History,
    reporter: &mut dyn Reporter,
) -> Result<Listed> {
    let (base, head) = match &history.rev_range {
        None => (None, None),
        Some(range) => match range.trim().split_once(':') {
            Some((base, head)) => {
                let symbol = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
                (symbol(base), symbol(head))
            }
            None => {
                return Err(Error::message(
                    ErrorKind::Command,
                    "history-range",
                    "History range requires [start]:[end], [start]:, or :[end]",
                ));
            }
        },
    };
    let is = |symbol: &Option<String>| symbol.as_deref() == Some("current");
    let asks = is(&base)
        || is(&head)
        || history.indicate_current
        || project.config.borrow().revision_environment()?;
    let rows = if asks {
        Some(current_rows(project, reporter)?)
    } else if history.graph {
        // The graph can be drawn without a database, too; then nothing is marked.
        current_rows(project, reporter)
            .inspect_err(|error| reporter.report(Event::Warning(&error.diagnostic)))
            .ok()
    } else {
        None
    };
    let target = |symbol: &Option<String>, default: &str| match symbol.as_deref() {
        Some("current") => Target::many(rows.iter().flatten().cloned()),
        Some(symbol) => Target::from(symbol),
        None => Target::from(default),
    };
    let (lower, upper) = (target(&base, "base"), target(&head, "heads"));
    let ids = walk(project, &upper, &lower)?;
    Ok(Listed { ids, rows })
}

/// `history`, as data.
///
/// # Errors
/// As [`history`].
pub fn history_entries(
    project: &Project,
    history: &History,
    reporter: &mut dyn Reporter,
) -> Result<Vec<Entry>> {
    let Listed { ids, rows } = list_history(project, history, reporter)?;
    Ok(entries(project, &ids, rows.as_deref()))
}

fn entries(project: &Project, ids: &[RevisionId], rows: Option<&[String]>) -> Vec<Entry> {
    let entry = |id: &RevisionId| Entry::new(project, *id, rows);
    ids.iter().map(entry).collect()
}

/// `history`
///
/// # Errors
/// A range that cannot be resolved; a database that cannot be asked.
pub fn history(project: &Project, history: &History, reporter: &mut dyn Reporter) -> Result<()> {
    let Listed { ids, rows } = list_history(project, history, reporter)?;
    let rows = rows.unwrap_or_default();
    if history.graph {
        draw(project, &ids, &rows, history.verbose, reporter);
        return Ok(());
    }
    for id in ids {
        let is_current = history.indicate_current
            && rows
                .iter()
                .any(|row| row == project.map().node(id).revision());
        let text = entry(project, id, history.verbose, LineForm::HISTORY, is_current);
        reporter.report(Event::Output(&text));
    }
    Ok(())
}

/// `history --graph`: one row a revision, and rows where lanes part and meet.
fn draw(
    project: &Project,
    listed: &[RevisionId],
    rows: &[String],
    verbose: bool,
    reporter: &mut dyn Reporter,
) {
    let map = project.map();
    let current: Vec<RevisionId> = rows.iter().filter_map(|row| map.find(row)).collect();
    // The lanes say what the parents are and where branches begin and end.
    let form = LineForm {
        parents: false,
        tree_indicators: false,
        ..LineForm::HISTORY
    };
    for row in map.render_lanes(listed, &current) {
        let Some(id) = row.revision else {
            reporter.report(Event::Output(&row.lanes));
            continue;
        };
        let text = entry(project, id, verbose, form, current.contains(&id));
        let mut lanes = &row.lanes;
        for line in text.lines() {
            reporter.report(Event::Output(format!("{lanes} {line}").trim_end()));
            lanes = &row.below;
        }
    }
}

/// The revisions of a range, newest first, its ends included.
fn walk(project: &Project, upper: &Target, lower: &Target) -> Result<Vec<RevisionId>> {
    let options = RangeOptions {
        inclusive: true,
        assert_relative_length: false,
        ..RangeOptions::default()
    };
    project
        .map()
        .iterate_revisions(upper, lower, options)
        .map_err(graph_error)
}

/// `heads`
///
/// # Errors
/// None that a loaded project can cause.
pub fn heads(
    project: &Project,
    verbose: bool,
    resolve_dependencies: bool,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    for id in head_ids(project, resolve_dependencies) {
        let text = entry(project, *id, verbose, LineForm::HEADS, false);
        reporter.report(Event::Output(&text));
    }
    Ok(())
}

fn head_ids(project: &Project, resolve_dependencies: bool) -> &[RevisionId] {
    if resolve_dependencies {
        project.map().real_heads()
    } else {
        project.map().heads()
    }
}

/// `heads`, as data.
#[must_use]
pub fn head_entries(project: &Project, resolve_dependencies: bool) -> Vec<Entry> {
    entries(project, head_ids(project, resolve_dependencies), None)
}

/// The branch points, newest first.
fn branch_points(project: &Project) -> Result<Vec<RevisionId>> {
    let mut ids = walk(project, &Target::from("heads"), &Target::from("base"))?;
    ids.retain(|id| project.map().node(*id).is_branch_point());
    Ok(ids)
}

/// `branches`, as data: the branch points.
///
/// # Errors
/// As [`branches`].
pub fn branch_entries(project: &Project) -> Result<Vec<Entry>> {
    Ok(entries(project, &branch_points(project)?, None))
}

/// `branches`
///
/// # Errors
/// None that a loaded project can cause.
pub fn branches(project: &Project, verbose: bool, reporter: &mut dyn Reporter) -> Result<()> {
    let map = project.map();
    for id in branch_points(project)? {
        let node = map.node(id);
        let blank = " ".repeat(node.revision().chars().count());
        let form = LineForm {
            doc: verbose,
            ..LineForm::BRANCHES
        };
        let next: Vec<String> = node
            .nextrev()
            .iter()
            .map(|next| format!("{blank} -> {}", entry(project, *next, false, form, false)))
            .collect();
        let text = format!(
            "{}\n{}\n",
            entry(project, id, verbose, LineForm::BRANCHES, false),
            next.join("\n")
        );
        reporter.report(Event::Output(&text));
    }
    Ok(())
}

/// The revisions of a symbol that must stand for some.
pub(crate) fn revisions(project: &Project, target: &Target) -> Result<Vec<RevisionId>> {
    let places = project.map().get_revisions(target).map_err(graph_error)?;
    Ok(places.into_iter().filter_map(Place::revision).collect())
}

/// The revisions that `show` is about, and the rows of the version table if they were asked for.
fn shown(project: &Project, revision: &str, reporter: &mut dyn Reporter) -> Result<Listed> {
    let rows = match revision {
        "current" => Some(current_rows(project, reporter)?),
        _ => None,
    };
    let target = match &rows {
        Some(rows) => Target::many(rows.iter().cloned()),
        None => Target::from(revision),
    };
    let found = revisions(project, &target);
    let ids = with_rows(project, rows.as_deref().unwrap_or_default(), found)?;
    Ok(Listed { ids, rows })
}

/// `show`, as data.
///
/// # Errors
/// As [`show`].
pub fn show_entries(
    project: &Project,
    revision: &str,
    reporter: &mut dyn Reporter,
) -> Result<Vec<Entry>> {
    let Listed { ids, rows } = shown(project, revision, reporter)?;
    Ok(entries(project, &ids, rows.as_deref()))
}

/// `show`
///
/// # Errors
/// A revision that is not there.
pub fn show(project: &Project, revision: &str, reporter: &mut dyn Reporter) -> Result<()> {
    for id in shown(project, revision, reporter)?.ids {
        let text = entry(project, id, true, LineForm::HISTORY, false);
        reporter.report(Event::Output(&text));
    }
    Ok(())
}

/// `current`
///
/// # Errors
/// The database cannot be asked; with `check_heads`, it is not at all heads.
pub fn current(
    project: &Project,
    check_heads: bool,
    verbose: bool,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    let env = Env::read(project, EnvRequest::default(), reporter)?;
    env.each_run(reporter, |run, reporter| {
        Online::with(project, &env, run, reporter, |online, reporter| {
            show_current(project, online, check_heads, verbose, reporter)
        })
    })
}

/// `current`, as data: every database that env.py connects to.
///
/// # Errors
/// A database cannot be asked, or names a revision that is not there.
pub fn current_states(
    project: &Project,
    reporter: &mut dyn Reporter,
) -> Result<Vec<DatabaseState>> {
    let env = Env::read(project, EnvRequest::default(), reporter)?;
    let mut states = Vec::new();
    env.each_run(reporter, |run, reporter| {
        let state = Online::with(project, &env, run, reporter, |online, _| {
            let rows = online.heads()?;
            let ids = current_ids(project, &rows)?;
            Ok(DatabaseState {
                url: online.url.clone(),
                dialect: online.target.dialect.name().to_owned(),
                is_at_heads: is_at_heads(project, &rows),
                revisions: entries(project, &ids, Some(&rows)),
                rows,
            })
        })?;
        states.push(state);
        Ok(())
    })?;
    Ok(states)
}

/// The failure of `current --check-heads`.
#[must_use]
pub fn not_at_heads() -> Error {
    Error::message(
        ErrorKind::Command,
        "not-at-head",
        "Database is not on all head revisions",
    )
}

/// True if the rows are all heads and nothing else.
fn is_at_heads(project: &Project, rows: &[String]) -> bool {
    let map = project.map();
    let heads = map.heads().iter().map(|id| map.node(*id).revision());
    heads.collect::<BTreeSet<_>>() == rows.iter().map(String::as_str).collect()
}

/// The revisions of the rows of a version table.
fn current_ids(project: &Project, rows: &[String]) -> Result<Vec<RevisionId>> {
    let found = project
        .map()
        .get_all_current(&Target::many(rows.iter().cloned()));
    with_rows(
        project,
        rows,
        found
            .map(|ids| ids.into_iter().collect())
            .map_err(graph_error),
    )
}

/// What `current` says of one database.
fn show_current(
    project: &Project,
    online: &Online<'_>,
    check_heads: bool,
    verbose: bool,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    let rows = online.heads()?;
    if verbose {
        let text = format!("Current revision(s) for {}:", online.url);
        reporter.report(Event::Output(&text));
    }
    if check_heads && !is_at_heads(project, &rows) {
        return Err(not_at_heads());
    }
    for id in current_ids(project, &rows)? {
        let text = entry(project, id, verbose, LineForm::CURRENT, false);
        reporter.report(Event::Output(&text));
    }
    Ok(())
}
