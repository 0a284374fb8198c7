//! What env.py says, written down while it is evaluated.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location};

use super::{
    ConfigureOptions, EnvConfig, EnvLog, EnvOutcome, EnvRequest, EnvRun, EnvSql, EnvStatement,
    EnvTarget, TargetMetadata,
};
use crate::eval::{Interp, World};
use crate::flow::{Flow, R};
use crate::host::{Host, LogLevel, LogSource};
use crate::script::Script;
use crate::value::{Unknown, Value};

/// The state that the recorders share.
pub(super) struct Recorder {
    /// The project's configuration.
    pub(super) config: Rc<dyn EnvConfig>,
    /// What the run is for.
    pub(super) request: EnvRequest,
    /// Options that env.py set to something unknown, by section and name.
    pub(super) unknown_options: RefCell<BTreeMap<(String, String), Value>>,
    /// What the calls of `context.configure()` have said so far: a later call adds to the ones before.
    pub(super) options: RefCell<ConfigureOptions>,
    /// What the last `context.configure()` was about.
    pub(super) context: RefCell<Option<Context>>,
    /// True after `fileConfig` or `dictConfig`.
    pub(super) logging_configured: Cell<bool>,
    runs: RefCell<Vec<EnvRun>>,
    /// True while env.py has a transaction of its own open, as far as it has said so.
    pub(super) begun: Cell<bool>,
    /// Statements since the last run, each with the database that it goes to.
    pending: RefCell<Vec<(EnvTarget, EnvStatement)>>,
    logs: Rc<RefCell<Vec<EnvLog>>>,
}

/// A context that `context.configure()` made.
#[derive(Clone)]
pub(super) struct Context {
    /// Which database.
    pub(super) target: EnvTarget,
    /// `target_metadata`
    pub(super) metadata: Value,
    /// `template_args`
    pub(super) template_args: Vec<(String, Value)>,
    /// `output_buffer`, when it is a file.
    pub(super) output_file: Option<std::path::PathBuf>,
    /// What the listeners of its engine execute on a new connection.
    pub(super) on_connect: super::listener::OnConnect,
    /// Where `context.configure()` is called.
    pub(super) location: Option<Location>,
}

impl Recorder {
    fn new(config: Rc<dyn EnvConfig>, request: EnvRequest) -> Rc<Recorder> {
        Rc::new(Recorder {
            config,
            request,
            unknown_options: RefCell::default(),
            options: RefCell::default(),
            context: RefCell::default(),
            logging_configured: Cell::new(false),
            runs: RefCell::default(),
            begun: Cell::new(false),
            pending: RefCell::default(),
            logs: Rc::default(),
        })
    }

    /// The database of a URL, which `--url` replaces.
    pub(super) fn target_of_url(&self, url: Option<String>) -> EnvTarget {
        match self.request.url.clone().or(url) {
            Some(url) => EnvTarget::Url(url),
            None => EnvTarget::Unknown {
                reason: "no URL was given".to_owned(),
                location: None,
            },
        }
    }

    /// The database of something that could not be read.
    pub(super) fn target_of_unknown(&self, unknown: &Unknown) -> EnvTarget {
        match &self.request.url {
            Some(url) => EnvTarget::Url(url.clone()),
            None => EnvTarget::Unknown {
                reason: unknown.reason.clone(),
                location: unknown.location.clone(),
            },
        }
    }

    /// The name of the dialect of a database, as `dialect.name` gives it.
    pub(super) fn dialect_of(&self, ev: &Interp<'_>, target: &EnvTarget) -> Value {
        match target {
            EnvTarget::Url(url) => match self.config.parse_url(url) {
                Ok(parts) => {
                    let name = parts
                        .drivername
                        .split('+')
                        .next()
                        .unwrap_or_default()
                        .to_owned();
                    Value::from(name)
                }
                Err(message) => ev.unknown(message),
            },
            EnvTarget::Dialect(name) => Value::from(name.as_str()),
            EnvTarget::Unknown { reason, location } => {
                Value::unknown(reason.clone(), location.clone())
            }
        }
    }

    /// What the last `context.configure()` was about.
    pub(super) fn configured(&self, ev: &Interp<'_>) -> R<Context> {
        let context = self.context.borrow().clone();
        context.ok_or_else(|| ev.raise("Exception", "No context has been configured yet."))
    }

    /// `rollback()` of a transaction of env.py's own.
    ///
    /// # Errors
    /// Migrations have run in it: they would be undone.
    pub(super) fn rollback(&self, ev: &mut Interp<'_>) -> R<()> {
        if self.begun.replace(false) && !self.runs.borrow().is_empty() {
            return Err(ev.unreadable("env.py rolls back what the migrations have done"));
        }
        Ok(())
    }

    /// A statement that env.py executes on a connection to `target`.
    pub(super) fn execute(
        &self,
        ev: &mut Interp<'_>,
        target: &EnvTarget,
        statement: &Value,
        parameters: Option<&Value>,
    ) -> R<()> {
        ev.effects += 1;
        self.begun.set(true);
        let statement = match crate::alchemy::statement_op(ev, statement, parameters) {
            Ok(op) => EnvSql::Op(Box::new(op)),
            // Who runs the outcome says so, if it comes to that.
            Err(Flow::Fatal(error)) if error.kind == ErrorKind::Unreadable => {
                EnvSql::Unknown(error.diagnostic.message.clone())
            }
            Err(flow) => return Err(flow),
        };
        self.note(ev, target, statement);
        Ok(())
    }

    /// `_ensure_version_table()` of a migration context.
    pub(super) fn ensure_version_table(&self, ev: &mut Interp<'_>, target: &EnvTarget) {
        ev.effects += 1;
        self.note(ev, target, EnvSql::EnsureVersionTable);
    }

    fn note(&self, ev: &Interp<'_>, target: &EnvTarget, statement: EnvSql) {
        let statement = EnvStatement {
            statement,
            location: ev.location(),
        };
        self.pending.borrow_mut().push((target.clone(), statement));
    }

    /// Takes out what has been executed so far, so that what a listener executes can be told from it.
    pub(super) fn set_pending_aside(&self) -> Vec<(EnvTarget, EnvStatement)> {
        std::mem::take(&mut *self.pending.borrow_mut())
    }

    /// Puts back what was taken out, and gives what has been executed since.
    pub(super) fn put_pending_back(
        &self,
        taken: Vec<(EnvTarget, EnvStatement)>,
    ) -> Vec<EnvStatement> {
        let since = std::mem::replace(&mut *self.pending.borrow_mut(), taken);
        since.into_iter().map(|(_, statement)| statement).collect()
    }

    /// `context.run_migrations(**kwargs)`
    pub(super) fn run_migrations(
        &self,
        ev: &mut Interp<'_>,
        kwargs: Vec<(String, Value)>,
    ) -> R<()> {
        let context = self.configured(ev)?;
        ev.effects += 1;
        let target_metadata = match &context.metadata {
            Value::None => TargetMetadata::None,
            Value::Unknown(unknown) => TargetMetadata::Unknown {
                reason: unknown.reason.clone(),
                location: unknown.location.clone(),
            },
            known => TargetMetadata::Known(known.clone()),
        };
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        let mut before = Vec::new();
        for (target, statement) in pending {
            match self.runs.borrow_mut().last_mut() {
                // What goes to the database of the run before belongs to that run.
                Some(last) if last.target == target && target != context.target => {
                    last.after.push(statement);
                }
                _ => before.push(statement),
            }
        }
        let logs = std::mem::take(&mut *self.logs.borrow_mut());
        self.runs.borrow_mut().push(EnvRun {
            target: context.target,
            options: self.options.borrow().clone(),
            target_metadata,
            template_args: context.template_args,
            run_kwargs: kwargs,
            on_connect: context.on_connect.statements,
            on_connect_early: context.on_connect.early,
            before,
            after: Vec::new(),
            output_file: context.output_file,
            logs,
            configured: context.location,
            location: ev.location(),
        });
        Ok(())
    }
}

/// Evaluates env.py with the recorders in place.
pub(super) fn evaluate(
    world: &Rc<World>,
    path: &Path,
    text: &str,
    config: Rc<dyn EnvConfig>,
    request: EnvRequest,
) -> Result<EnvOutcome, Error> {
    let script = Script::parse(path, text)?;
    let recorder = Recorder::new(config, request);
    let mut host = EnvHost {
        logs: Rc::clone(&recorder.logs),
        is_offline: recorder.request.offline,
    };
    let mut ev = Interp::new(world, &mut host);
    super::context::install(&mut ev, &recorder).map_err(|flow| ev.flow_to_error(flow))?;
    let open = Value::native("open", super::context::open);
    // Where the database is given, what env.py would have found it by need not be read.
    ev.forgiven = recorder.request.url.is_some().then(Vec::new);
    script.load_listening(&mut ev, !recorder.request.autogenerate, [("open", open)])?;
    let mut runs: Vec<EnvRun> = std::mem::take(&mut *recorder.runs.borrow_mut());
    let after: Vec<EnvStatement> = std::mem::take(&mut *recorder.pending.borrow_mut())
        .into_iter()
        .map(|(_, statement)| statement)
        .collect();
    let logs = std::mem::take(&mut *recorder.logs.borrow_mut());
    match runs.last_mut() {
        Some(last) => last.after.extend(after),
        None if let Some(error) = ev.forgiven.and_then(|it| it.into_iter().next()) => {
            return Err(error);
        }
        None => {
            let location = Some(Location::new(
                script.parsed.file().clone(),
                limbeck_diag::Span::default(),
            ));
            return Err(Error::new(
                ErrorKind::Unreadable,
                Diagnostic::error(
                    "env-without-run",
                    "env.py never calls `context.run_migrations()`",
                )
                .at_maybe(location, ""),
            ));
        }
    }
    tell_scripts(&ev, &runs);
    Ok(EnvOutcome {
        runs,
        logging_configured: recorder.logging_configured.get(),
        logs,
        env_reads: world.env_reads(),
    })
}

/// Keeps what migration scripts may ask of env.py.
fn tell_scripts(ev: &Interp<'_>, runs: &[EnvRun]) {
    let environment = crate::alchemy::environment::environment(ev);
    let Some((first, others)) = runs.split_first() else {
        return;
    };
    let table = |run: &EnvRun| {
        let options = &run.options;
        (
            options.version_table.clone(),
            options.version_table_schema.clone(),
        )
    };
    if others.iter().all(|run| table(run) == table(first)) {
        *environment.version_table.borrow_mut() = Some(table(first));
    }
    if let EnvTarget::Url(url) = &first.target
        && others.iter().all(|run| run.target == first.target)
    {
        *environment.url.borrow_mut() = Some(url.clone());
    }
}

/// `config` outside of env.py.
pub(super) fn config_for_template(config: Rc<dyn EnvConfig>) -> Value {
    super::config::Config::value(&Recorder::new(config, EnvRequest::default()))
}

/// The effects of env.py: only what it logs.
struct EnvHost {
    logs: Rc<RefCell<Vec<EnvLog>>>,
    is_offline: bool,
}

impl Host for EnvHost {
    fn log(&mut self, level: LogLevel, source: LogSource, text: &str) {
        self.logs.borrow_mut().push(EnvLog {
            level,
            source,
            text: text.to_owned(),
        });
    }

    fn dialect_name(&self) -> &str {
        "default"
    }

    fn is_offline(&self) -> bool {
        self.is_offline
    }
}
