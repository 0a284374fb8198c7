//! `upgrade`, `downgrade`, `stamp`, `ensure_version`: what changes the database.

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_graph::Target;
use limbeck_python::env::EnvRequest;

use crate::run::{Env, Online, PlanSteps, run_offline};
use crate::{Project, Reporter};

/// Arguments of `upgrade` and `downgrade`.
#[derive(Debug, Clone, Default)]
pub struct Migrate {
    /// The revision, or with `sql` a range.
    pub revision: String,
    /// `--sql`
    pub sql: bool,
    /// `--tag`
    pub tag: Option<String>,
}

/// Arguments of `stamp`.
#[derive(Debug, Clone, Default)]
pub struct Stamp {
    /// The revisions.
    pub revisions: Vec<String>,
    /// `--sql`
    pub sql: bool,
    /// `--tag`
    pub tag: Option<String>,
    /// `--purge`
    pub purge: bool,
}

fn command(message: &str) -> Error {
    Error::message(ErrorKind::Command, "command", message)
}

/// The range `start:end`, or only an end.
fn split_range(revision: &str, sql: bool) -> Result<(Option<&str>, &str)> {
    match revision.split_once(':') {
        Some(_) if !sql => Err(command("Range revision not allowed")),
        Some((start, end)) => Ok((Some(start), end)),
        None => Ok((None, revision)),
    }
}

/// What is done with the steps.
struct Migration<'a> {
    project: &'a Project,
    request: EnvRequest,
    starting: Option<&'a str>,
    purge: bool,
}

impl Migration<'_> {
    fn run(self, plan: &PlanSteps<'_>, reporter: &mut dyn Reporter) -> Result<()> {
        let is_offline = self.request.offline;
        let env = Env::read(self.project, self.request, reporter)?;
        if is_offline {
            return run_offline(self.project, &env, self.starting, plan, reporter);
        }
        env.each_run(reporter, |run, reporter| {
            Online::with(self.project, &env, run, reporter, |online, reporter| {
                online.run_steps(plan, self.purge, reporter)
            })
        })
    }
}

fn request(sql: bool, tag: &Option<String>, revision: &str, starting: Option<&str>) -> EnvRequest {
    EnvRequest {
        offline: sql,
        tag: tag.clone(),
        revision_argument: Some(revision.to_owned()),
        starting_revision: starting.map(str::to_owned),
        ..EnvRequest::default()
    }
}

/// `upgrade`
///
/// # Errors
/// A revision that is not there, a script that cannot be read, a statement that the server rejects.
pub fn upgrade(project: &Project, arguments: &Migrate, reporter: &mut dyn Reporter) -> Result<()> {
    let (starting, revision) = split_range(&arguments.revision, arguments.sql)?;
    let request = request(arguments.sql, &arguments.tag, revision, starting);
    let map = project.map();
    let target = Target::from(revision);
    let plan = |rows: &[String]| {
        with_rows(
            project,
            rows,
            map.upgrade_steps(&target, &rows_target(rows)),
        )
    };
    Migration {
        project,
        request,
        starting,
        purge: false,
    }
    .run(&plan, reporter)
}

/// `downgrade`
///
/// # Errors
/// As [`upgrade`].
pub fn downgrade(
    project: &Project,
    arguments: &Migrate,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    if arguments.sql && !arguments.revision.contains(':') {
        return Err(command("downgrade with --sql requires <fromrev>:<torev>"));
    }
    let (starting, revision) = split_range(&arguments.revision, arguments.sql)?;
    let request = request(arguments.sql, &arguments.tag, revision, starting);
    let map = project.map();
    let target = Target::from(revision);
    let plan = |rows: &[String]| {
        with_rows(
            project,
            rows,
            map.downgrade_steps(&target, &rows_target(rows)),
        )
    };
    Migration {
        project,
        request,
        starting,
        purge: false,
    }
    .run(&plan, reporter)
}

/// `stamp`
///
/// # Errors
/// A revision that is not there.
pub fn stamp(project: &Project, arguments: &Stamp, reporter: &mut dyn Reporter) -> Result<()> {
    let mut starting = None;
    let mut destinations = Vec::new();
    for revision in &arguments.revisions {
        match revision.split_once(':') {
            Some((start, end)) if arguments.sql => {
                if starting.is_some_and(|known| known != start) {
                    return Err(command(
                        "Stamp operation with --sql only supports a single starting revision at a time",
                    ));
                }
                starting = Some(start);
                destinations.push(end.to_owned());
            }
            _ => destinations.push(revision.clone()),
        }
    }
    let request = request(
        arguments.sql,
        &arguments.tag,
        &destinations.join(" "),
        starting,
    );
    let map = project.map();
    let target = Target::many(destinations);
    let plan = |rows: &[String]| {
        if arguments.sql && arguments.purge {
            return Err(command("Can't use --purge with --sql mode"));
        }
        with_rows(project, rows, map.stamp_steps(&target, &rows_target(rows)))
    };
    Migration {
        project,
        request,
        starting,
        purge: arguments.purge,
    }
    .run(&plan, reporter)
}

/// `ensure_version`
///
/// # Errors
/// The server refuses.
pub fn ensure_version(project: &Project, sql: bool, reporter: &mut dyn Reporter) -> Result<()> {
    let env = Env::read(
        project,
        EnvRequest {
            offline: sql,
            ..EnvRequest::default()
        },
        reporter,
    )?;
    if sql {
        return crate::run::write_version_table(project, &env, reporter);
    }
    env.each_run(reporter, |run, reporter| {
        Online::with(project, &env, run, reporter, |online, _| {
            online.ensure_version_table()
        })
    })
}

/// The rows as a symbol.
fn rows_target(rows: &[String]) -> Target {
    match rows {
        [] => Target::None,
        rows => Target::many(rows.iter().cloned()),
    }
}

/// Says more where a row of the database is what is not there.
pub(super) fn with_rows<T>(project: &Project, rows: &[String], found: Result<T>) -> Result<T> {
    found.map_err(|error| {
        let missing: Vec<&String> = rows.iter().filter(|row| project.map().find(row).is_none()).collect();
        match missing.as_slice() {
            [] => error,
            [row, ..] => error.map_diagnostic(|diagnostic: Diagnostic| {
                diagnostic
                    .note(format!("the database says that it is at `{row}`, which no script of the project has"))
                    .help("get the script from where it was run, or run `limbeck stamp --purge` with the revision that the database is really at")
            }),
        }
    })
}
