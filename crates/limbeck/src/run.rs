//! Running the steps of an upgrade, a downgrade or a stamp: on a connection, or as a script.

mod applied;
mod blame;
mod connect;
mod delegate;
mod env_statements;
pub(crate) mod evaluate;
mod foreign_keys;
pub(crate) mod level;
mod live;
mod offline;
mod online;
mod prepare;
mod refusal;
mod sqlstate;
mod use_alter;

use std::rc::Rc;

use limbeck_config::Url;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result, closest};
use limbeck_graph::{RevisionError, Steps, VersionChange, Wording};
use limbeck_python::World;
use limbeck_python::env::{EnvOutcome, EnvRequest, EnvRun, EnvTarget, TargetMetadata};
use limbeck_schema::{Name, NamingConvention, TableName};
use limbeck_sql::{Dialect, VersionTable};

use crate::env::UrlOrigin;
use crate::{Event, Level, Project, Reporter};

pub(crate) use offline::run_offline;
pub(crate) use online::Online;

/// The logger of Alembic's migration context.
pub(crate) const LOGGER: &str = "alembic.runtime.migration";

/// Which steps to run, given the rows of the version table.
pub(crate) type PlanSteps<'a> = dyn Fn(&[String]) -> Result<Steps> + 'a;

/// An evaluated env.py, with the world that its values live in.
pub(crate) struct Env {
    pub(crate) world: Rc<World>,
    pub(crate) outcome: EnvOutcome,
    /// What it was evaluated for.
    pub(crate) request: EnvRequest,
}

impl Env {
    /// Evaluates env.py, and tells the reporter whether logging is configured.
    pub(crate) fn read(
        project: &Project,
        request: EnvRequest,
        reporter: &mut dyn Reporter,
    ) -> Result<Env> {
        let world = project.world()?;
        let mut request = request;
        request.heads = project
            .map()
            .heads()
            .iter()
            .map(|id| project.map().node(*id).revision().to_owned())
            .collect();
        let mut world = world;
        let mut outcome = project.read_env(&world, request.clone())?;
        let mut imports = project.survey(&world)?;
        imports.retain(|name| !request.imports.contains(name));
        if !imports.is_empty() {
            world = project.world()?;
            request.imports.extend(imports);
            outcome = project.read_env(&world, request.clone())?;
            project.survey(&world)?;
        }
        if project.options.url.is_some() && outcome.runs.len() > 1 {
            return Err(several_databases(&outcome));
        }
        if outcome.logging_configured
            && let Some(logging) = project.logging()
        {
            reporter.report(Event::LoggingConfigured(&logging));
        }
        Ok(Env {
            world,
            outcome,
            request,
        })
    }

    /// Names of the environment variables that env.py read.
    pub(crate) fn variables(&self) -> Vec<String> {
        self.outcome.env_reads.keys().cloned().collect()
    }

    /// The URL of a run and its dialect.
    ///
    /// # Errors
    /// It cannot be read, is no URL, or is of a dialect that is not known: with where it comes from.
    pub(crate) fn url(&self, project: &Project, run: &EnvRun) -> Result<(Url, Dialect)> {
        let url = crate::env::url_of(&run.target, &self.variables())
            .map_err(|error| self.tell_origin(project, run, error))?;
        // By the URL: SQLAlchemy calls a MariaDB server behind a `mysql` URL `mysql`, and so do scripts.
        let dialect = dialect_of(url.backend_name())
            .map_err(|error| self.tell_origin(project, run, error))?;
        Ok((url, dialect))
    }

    /// Says where the URL of a run comes from, if it has one.
    pub(crate) fn tell_origin(&self, project: &Project, run: &EnvRun, error: Error) -> Error {
        match &run.target {
            EnvTarget::Url(text) => {
                let origin = UrlOrigin::of(project, &self.outcome, run, text);
                error.map_diagnostic(|it| it.note(format!("the URL comes from {origin}")))
            }
            EnvTarget::Dialect(_) | EnvTarget::Unknown { .. } => error,
        }
    }

    /// Does something with each run of env.py, between what it logs and executes itself.
    pub(crate) fn each_run(
        &self,
        reporter: &mut dyn Reporter,
        mut run: impl FnMut(&EnvRun, &mut dyn Reporter) -> Result<()>,
    ) -> Result<()> {
        for env_run in &self.outcome.runs {
            report_logs(&env_run.logs, reporter);
            run(env_run, reporter)?;
        }
        report_logs(&self.outcome.logs, reporter);
        Ok(())
    }
}

/// One URL cannot stand for several databases.
fn several_databases(outcome: &EnvOutcome) -> Error {
    let message = format!(
        "`--url` names one database, and env.py connects to {}",
        outcome.runs.len()
    );
    let location = outcome.runs.first().and_then(|run| run.location.clone());
    Error::new(
        ErrorKind::Command,
        Diagnostic::error("several-databases", message)
            .at_maybe(location, "this runs for each of them")
            .help("leave out `--url`, and set the URL of each database where env.py takes it from"),
    )
}

fn report_logs(logs: &[limbeck_python::env::EnvLog], reporter: &mut dyn Reporter) {
    for log in logs {
        report_log(log.level, &log.source, &log.text, reporter);
    }
}

/// A line that Python code prints or logs.
pub(crate) fn report_log(
    level: limbeck_python::LogLevel,
    source: &limbeck_python::LogSource,
    text: &str,
    reporter: &mut dyn Reporter,
) {
    use limbeck_python::{LogLevel, LogSource};
    let level = match level {
        LogLevel::Debug => Level::Debug,
        LogLevel::Info => Level::Info,
        LogLevel::Warning => Level::Warning,
        LogLevel::Error => Level::Error,
        LogLevel::Critical => Level::Critical,
    };
    match source {
        LogSource::Stdout => reporter.report(Event::Static(text)),
        LogSource::Stderr => reporter.report(Event::ScriptStderr(text)),
        LogSource::Logger(logger) => reporter.report(Event::Log {
            level,
            logger,
            message: text,
        }),
        LogSource::Warning(category) => {
            reporter.report(Event::ScriptStderr(&format!("{category}: {text}\n")));
        }
    }
}

/// Refuses functions of env.py that take part in what is done: they are not called.
pub(crate) fn refuse_functions(
    run: &EnvRun,
    takes_part: impl Fn(&str) -> bool,
    help: &str,
) -> Result<()> {
    let mut functions = run.options.callables.iter();
    match functions.find(|function| takes_part(&function.argument)) {
        None => Ok(()),
        Some(function) => Err(Error::new(
            ErrorKind::Unreadable,
            Diagnostic::error(
                "env-function",
                format!(
                    "env.py gives a function as {}, and Limbeck cannot call it yet",
                    function.argument
                ),
            )
            .at_maybe(function.location.clone(), "given here")
            .help(help),
        )),
    }
}

/// The version table that env.py asks for.
pub(crate) fn version_table(run: &EnvRun) -> VersionTable {
    let options = &run.options;
    VersionTable {
        name: TableName::in_schema(
            options.version_table_schema.as_deref().map(Name::new),
            options.version_table.as_str(),
        ),
        primary_key: options.version_table_pk,
    }
}

/// The naming convention that unnamed constraints of scripts get their names from: that of the target metadata.
///
/// Metadata that cannot be read has SQLAlchemy's default, if nothing in the project mentions a convention.
pub(crate) fn naming_convention(
    project: &Project,
    world: &Rc<World>,
    run: &EnvRun,
) -> Result<NamingConvention> {
    let (reason, location) = match &run.target_metadata {
        TargetMetadata::None => return Ok(NamingConvention::default()),
        TargetMetadata::Known(value) => match limbeck_python::naming_convention(world, value) {
            Ok(convention) => return Ok(convention),
            Err(error) => (
                error.diagnostic.message.clone(),
                error.diagnostic.location().cloned(),
            ),
        },
        TargetMetadata::Unknown { reason, location } => (reason.clone(), location.clone()),
    };
    // The project's own folders, and installed packages that env.py or a script imports.
    let place = match project.find_text("naming_convention")? {
        Some(place) => Some(place),
        None => limbeck_python::convention_mentioned(world),
    };
    let Some(place) = place else {
        return Ok(NamingConvention::default());
    };
    Err(Error::new(
        ErrorKind::Unreadable,
        Diagnostic::error(
            "naming-convention",
            "the naming convention of the target metadata cannot be read",
        )
        .at_maybe(location, "the metadata comes from here")
        .note(reason)
        .note(format!(
            "{} mentions a naming convention, which names the constraints of scripts",
            place.display()
        )),
    ))
}

/// The dialect of a URL.
pub(crate) fn dialect_of(name: &str) -> Result<Dialect> {
    Dialect::from_name(name).ok_or_else(|| {
        let names = Dialect::ALL.iter().map(|dialect| dialect.name());
        let mut diagnostic = Diagnostic::error(
            "unknown-dialect",
            format!("Can't load plugin: sqlalchemy.dialects:{name}"),
        );
        diagnostic = match name {
            "postgres" => diagnostic.help("SQLAlchemy calls it `postgresql`"),
            _ => match closest(name, names.clone()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!(
                    "Limbeck knows {}",
                    names.collect::<Vec<_>>().join(", ")
                )),
            },
        };
        Error::new(ErrorKind::Config, diagnostic)
    })
}

/// True where what a half-run script did can be undone: there a script that reads the database is run natively.
pub(crate) fn can_undo(dialect: Dialect, run: &EnvRun) -> bool {
    let caps =
        limbeck_sql::Target::offline(dialect, limbeck_sql::SqlAlchemyVersion::default()).caps;
    let transactional = run.options.transactional_ddl;
    transactional.unwrap_or(caps.transactional_ddl) || dialect == Dialect::Sqlite
}

/// Alembic's name of the implementation of a dialect.
fn impl_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "PostgresqlImpl",
        Dialect::MySql => "MySQLImpl",
        Dialect::MariaDb => "MariaDBImpl",
        Dialect::Sqlite => "SQLiteImpl",
        Dialect::MsSql => "MSSQLImpl",
        Dialect::Oracle => "OracleImpl",
    }
}

/// What a migration context logs when it is made.
fn log_context(
    dialect: Dialect,
    is_offline: bool,
    transactional: bool,
    reporter: &mut dyn Reporter,
) {
    let mut log = |message: &str| {
        reporter.report(Event::Log {
            level: Level::Info,
            logger: LOGGER,
            message,
        })
    };
    log(&format!("Context impl {}.", impl_name(dialect)));
    if is_offline {
        log("Generating static SQL");
    }
    log(&format!(
        "Will assume {} DDL.",
        if transactional {
            "transactional"
        } else {
            "non-transactional"
        }
    ));
}

/// The SQL of a change of the version table.
fn render_change(
    change: &VersionChange,
    table: &VersionTable,
    target: &limbeck_sql::Target,
    is_offline: bool,
) -> String {
    match change {
        VersionChange::Insert(revision) => table.render_insert(revision, target, is_offline),
        VersionChange::Update { from, to } => table.render_update(from, to, target),
        VersionChange::Delete(revision) => table.render_delete(revision, target),
    }
}

/// A failure of the graph in the words of the command line.
pub(crate) fn graph_error(error: RevisionError) -> Error {
    error.into_error(&Wording::default())
}

/// `ensure_version --sql`
pub(crate) fn write_version_table(
    project: &Project,
    env: &Env,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    env.each_run(reporter, |run, reporter| {
        offline::write_version_table(project, env, run, reporter)
    })
}
