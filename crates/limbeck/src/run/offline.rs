//! `--sql`: the steps as a script.

use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_graph::{HeadMaintainer, Step, Target};
use limbeck_python::env::{EnvRun, EnvTarget};
use limbeck_python::{Host, LogLevel, LogSource, World};
use limbeck_schema::SourcedOp;
use limbeck_sql::script::{
    ScriptOptions, render_begin, render_chunks, render_commit, render_running,
};
use limbeck_sql::{CompileContext, Dialect, SqlStatement, compile_ops, compile_part};

use super::applied::Listeners;
use super::evaluate::Evaluation;
use super::use_alter::KeysToDrop;
use super::{
    Env, LOGGER, PlanSteps, dialect_of, log_context, naming_convention, render_change,
    version_table,
};
use crate::{Event, Level, Project, Reporter};

/// Where the SQL of a script goes.
struct Out<'a> {
    reporter: &'a mut dyn Reporter,
    file: Option<String>,
}

impl Out<'_> {
    fn chunks(&mut self, chunks: &[String]) {
        for chunk in chunks {
            match &mut self.file {
                Some(text) => {
                    text.push_str(chunk);
                    text.push_str("\n\n");
                }
                None => self.reporter.report(Event::Static(&format!("{chunk}\n\n"))),
            }
        }
    }

    fn statement(&mut self, sql: String, target: &limbeck_sql::Target, options: &ScriptOptions) {
        self.chunks(&render_chunks(&SqlStatement::new(sql), target, options));
    }
}

/// Writes the steps that `plan` chooses, for every run of env.py.
pub(crate) fn run_offline(
    project: &Project,
    env: &Env,
    starting: Option<&str>,
    plan: &PlanSteps<'_>,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    env.each_run(reporter, |run, reporter| {
        run_one(project, &env.world, env, run, starting, plan, reporter)
    })
}

fn run_one(
    project: &Project,
    world: &Rc<World>,
    env: &Env,
    run: &EnvRun,
    starting: Option<&str>,
    plan: &PlanSteps<'_>,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    if let Some(statement) = run.before.iter().chain(&run.after).next() {
        return Err(Error::new(
            ErrorKind::Unreadable,
            Diagnostic::error(
                "env-statement",
                "env.py executes a statement, and Limbeck does not know where it stands in the script",
            )
            .at_maybe(statement.location.clone(), "")
            .help("write this script with `alembic`"),
        ));
    }
    let (target, options) = target_of(project, env, run)?;
    let dialect = target.dialect;
    log_context(dialect, true, target.caps.transactional_ddl, reporter);
    let rows = starting_rows(project, run.options.starting_rev.as_deref().or(starting))?;
    let steps = plan(&rows)?;
    steps
        .warnings
        .iter()
        .for_each(|warning| reporter.report(Event::Warning(warning)));
    let table = version_table(run);
    let per_migration = run.options.transaction_per_migration;
    let mut context = CompileContext::offline(naming_convention(project, world, run)?);
    context.literal_binds = run.options.literal_binds;
    let evaluation = Evaluation {
        project,
        world,
        dialect: dialect.name(),
        is_offline: true,
        kwargs: &run.run_kwargs,
    };
    let mut heads = HeadMaintainer::new(project.map(), rows.iter().cloned());
    let listeners = Listeners::new(project, world, run);
    listeners.rehearse(steps.steps.iter(), dialect.name(), true)?;
    let mut out = Out {
        reporter,
        file: run.output_file.is_some().then(String::new),
    };
    if !per_migration {
        out.chunks(&render_begin(&target, &options));
    }
    for step in &steps.steps {
        if per_migration {
            out.chunks(&render_begin(&target, &options));
        }
        if heads.heads().is_empty() {
            out.statement(table.render_create(&target, true)?, &target, &options);
        }
        let doc = step.revision().map(|id| project.script(id).doc());
        let message = format!("Running {}", step.log(doc));
        out.reporter.report(Event::Log {
            level: Level::Info,
            logger: LOGGER,
            message: &message,
        });
        out.chunks(&[render_running(&step.short_log())]);
        if let Step::Revision(step) = step {
            let script = project.script(step.revision);
            let keys = KeysToDrop::of(
                &evaluation,
                script,
                step.direction,
                &target,
                &context.naming_convention,
            );
            let mut writing = Writing {
                target: &target,
                options: &options,
                context: &mut context,
                out: &mut out,
                keys,
            };
            evaluation.run(script, step.direction, &mut writing)?;
            writing.end()?;
        }
        for change in heads.update_to_step(step)? {
            out.statement(
                render_change(&change, &table, &target, true),
                &target,
                &options,
            );
        }
        let mut writing = Writing {
            target: &target,
            options: &options,
            context: &mut context,
            out: &mut out,
            keys: KeysToDrop::default(),
        };
        listeners.call(step, heads.heads(), &mut writing)?;
        writing.end()?;
        if per_migration {
            out.chunks(&render_commit(&target, &options));
        }
    }
    if !per_migration {
        out.chunks(&render_commit(&target, &options));
    }
    if let (Some(path), Some(text)) = (&run.output_file, &out.file) {
        let path = crate::paths::absolute(&project.environment.cwd, path);
        crate::paths::write_file(&path, text.as_bytes())?;
    }
    Ok(())
}

/// Writes the operations of a script as they come, between what it prints.
struct Writing<'w, 'o> {
    target: &'w limbeck_sql::Target,
    options: &'w ScriptOptions,
    context: &'w mut CompileContext<'static>,
    out: &'w mut Out<'o>,
    /// Foreign keys that the way down does not know of.
    keys: KeysToDrop,
}

impl Writing<'_, '_> {
    fn write(&mut self, ops: &[SourcedOp]) -> Result<()> {
        let mut statements = Vec::new();
        let compiled = compile_part(ops, self.target, self.context, &mut statements);
        for statement in &statements {
            let chunks = render_chunks(statement, self.target, self.options);
            self.out.chunks(&chunks);
        }
        compiled
    }

    /// Writes what waits for the end of the revision.
    fn end(mut self) -> Result<()> {
        let last = std::mem::take(&mut self.context.use_alter);
        self.write(&last)
    }
}

impl Host for Writing<'_, '_> {
    fn log(&mut self, level: LogLevel, source: LogSource, text: &str) {
        super::report_log(level, &source, text, self.out.reporter);
    }

    fn dialect_name(&self) -> &str {
        self.target.dialect.name()
    }

    fn driver_name(&self) -> &str {
        self.target.driver_name()
    }

    fn quote(&self, name: &str) -> Option<String> {
        Some(self.target.quote_text(name))
    }

    fn is_offline(&self) -> bool {
        true
    }

    fn check(&mut self, op: &SourcedOp) -> Result<()> {
        let mut context = CompileContext::offline(self.context.naming_convention.clone());
        context.literal_binds = self.context.literal_binds;
        let ops = std::slice::from_ref(op);
        compile_ops(ops, self.target, &mut context, &mut Vec::new())
    }

    fn emit(&mut self, op: SourcedOp) -> Result<()> {
        let keys = self.keys.before(&op);
        self.write(&keys)?;
        self.write(&[op])
    }
}

/// The rows that the version table is said to have.
fn starting_rows(project: &Project, starting: Option<&str>) -> Result<Vec<String>> {
    let Some(symbol) = starting.filter(|it| !it.is_empty() && *it != "base") else {
        return Ok(Vec::new());
    };
    let found = project
        .map()
        .get_revision(&Target::from(symbol))
        .map_err(super::graph_error)?;
    match found {
        Some(id) => Ok(vec![project.map().node(id).revision().to_owned()]),
        None => Err(Error::new(
            ErrorKind::Resolution,
            Diagnostic::error(
                "revision-not-found",
                format!("Can't locate revision identified by '{symbol}'"),
            ),
        )),
    }
}

/// What the SQL is written for.
fn target_of(
    project: &Project,
    env: &Env,
    run: &EnvRun,
) -> Result<(limbeck_sql::Target, ScriptOptions)> {
    let (dialect, driver) = match &run.target {
        EnvTarget::Dialect(name) => (dialect_of(name)?, None),
        EnvTarget::Url(_) | EnvTarget::Unknown { .. } => {
            let (url, dialect) = env.url(project, run)?;
            (dialect, url.driver_name().map(str::to_owned))
        }
    };
    let mut target = limbeck_sql::Target::offline(dialect, project.packages().sqlalchemy());
    target.compat = project.options.compat;
    if run.options.paramstyle.as_deref() != Some("named") {
        target = target.with_driver_paramstyle();
    }
    target.driver = driver.unwrap_or_default();
    if let Some(transactional) = run.options.transactional_ddl {
        target.caps.transactional_ddl = transactional;
    }
    let options = ScriptOptions {
        batch_separator: match dialect {
            Dialect::MsSql => run.options.mssql_batch_separator.clone(),
            Dialect::Oracle => run.options.oracle_batch_separator.clone(),
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => None,
        },
    };
    Ok((target, options))
}

/// `ensure_version --sql`
pub(super) fn write_version_table(
    project: &Project,
    env: &Env,
    run: &EnvRun,
    reporter: &mut dyn Reporter,
) -> Result<()> {
    let (target, options) = target_of(project, env, run)?;
    log_context(
        target.dialect,
        true,
        target.caps.transactional_ddl,
        reporter,
    );
    let mut out = Out {
        reporter,
        file: None,
    };
    out.chunks(&render_begin(&target, &options));
    out.statement(
        version_table(run).render_create(&target, true)?,
        &target,
        &options,
    );
    out.chunks(&render_commit(&target, &options));
    Ok(())
}
