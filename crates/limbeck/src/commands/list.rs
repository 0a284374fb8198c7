//! `history`, `heads`, `branches`, `show`: what the project's scripts say.

use std::collections::BTreeSet;

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_graph::{Place, RangeOptions, RevisionId, Target};
use limbeck_python::env::EnvRequest;

use super::migrate::with_rows;
use crate::listing::{LineForm, render_entry, render_line};
use crate::run::{Env, Online, graph_error};
use crate::{Event, Project, Reporter};

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
        render_entry(node, &next, script, is_current)
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

/// `history`
///
/// # Errors
/// A range that cannot be resolved; a database that cannot be asked.
pub fn history(project: &Project, history: &History, reporter: &mut dyn Reporter) -> Result<()> {
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
        current_rows(project, reporter)?
    } else if history.graph {
        // The graph can be drawn without a database, too; then nothing is marked.
        current_rows(project, reporter).unwrap_or_else(|error| {
            reporter.report(Event::Warning(&error.diagnostic));
            Vec::new()
        })
    } else {
        Vec::new()
    };
    let target = |symbol: &Option<String>, default: &str| match symbol.as_deref() {
        Some("current") => Target::many(rows.iter().cloned()),
        Some(symbol) => Target::from(symbol),
        None => Target::from(default),
    };
    let (lower, upper) = (target(&base, "base"), target(&head, "heads"));
    let listed = walk(project, &upper, &lower)?;
    if history.graph {
        draw(project, &listed, &rows, history.verbose, reporter);
        return Ok(());
    }
    for id in listed {
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
    let map = project.map();
    let ids = if resolve_dependencies {
        map.real_heads()
    } else {
        map.heads()
    };
    for id in ids {
        let text = entry(project, *id, verbose, LineForm::HEADS, false);
        reporter.report(Event::Output(&text));
    }
    Ok(())
}

/// `branches`
///
/// # Errors
/// None that a loaded project can cause.
pub fn branches(project: &Project, verbose: bool, reporter: &mut dyn Reporter) -> Result<()> {
    let map = project.map();
    for id in walk(project, &Target::from("heads"), &Target::from("base"))? {
        let node = map.node(id);
        if !node.is_branch_point() {
            continue;
        }
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

/// `show`
///
/// # Errors
/// A revision that is not there.
pub fn show(project: &Project, revision: &str, reporter: &mut dyn Reporter) -> Result<()> {
    let target = match revision {
        "current" => Target::many(current_rows(project, reporter)?),
        symbol => Target::from(symbol),
    };
    for id in revisions(project, &target)? {
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
    let map = project.map();
    if check_heads {
        let heads: BTreeSet<&str> = map
            .heads()
            .iter()
            .map(|id| map.node(*id).revision())
            .collect();
        if heads != rows.iter().map(String::as_str).collect() {
            return Err(Error::message(
                ErrorKind::Command,
                "not-at-head",
                "Database is not on all head revisions",
            ));
        }
    }
    let current = map.get_all_current(&Target::many(rows.iter().cloned()));
    for id in with_rows(project, &rows, current.map_err(graph_error))? {
        let text = entry(project, id, verbose, LineForm::CURRENT, false);
        reporter.report(Event::Output(&text));
    }
    Ok(())
}
