//! From the text of a migration script to its operations.

use std::rc::Rc;

use limbeck_diag::Error;
use limbeck_schema::{Column, ColumnType, NamingConvention, SourcedOp};

use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::args::Args;
use crate::eval::{Interp, World};
use crate::host::{Host, LogLevel, LogSource};
use crate::script::Script;
use crate::value::Value;

/// Which function of which script, and for what.
#[derive(Clone, Copy)]
pub struct RevisionRequest<'a> {
    /// The script, parsed; one parse serves every request.
    pub script: &'a Script,
    /// `upgrade`, `downgrade`, or another function of the script.
    pub function: &'a str,
    /// SQLAlchemy's name of the dialect, such as `postgresql`.
    pub dialect: &'a str,
    /// True in `--sql` mode.
    pub is_offline: bool,
    /// Keyword arguments of the function (`context.run_migrations(**kw)`).
    pub kwargs: &'a [(String, Value)],
}

/// What evaluating a script gave.
#[derive(Debug, Clone, Default)]
pub struct RevisionOutcome {
    /// The operations, in order.
    pub ops: Vec<SourcedOp>,
    /// What the script printed or logged.
    pub logs: Vec<RevisionLog>,
}

/// A line that a script printed or logged.
#[derive(Debug, Clone)]
pub struct RevisionLog {
    /// How many operations came before it.
    pub after: usize,
    /// Its level.
    pub level: LogLevel,
    /// Who said it.
    pub source: LogSource,
    /// What was said.
    pub text: String,
}

/// A host that collects operations, without a database.
struct Collector<'a> {
    dialect: &'a str,
    is_offline: bool,
    outcome: RevisionOutcome,
}

impl Host for Collector<'_> {
    fn log(&mut self, level: LogLevel, source: LogSource, text: &str) {
        self.outcome.logs.push(RevisionLog {
            after: self.outcome.ops.len(),
            level,
            source,
            text: text.to_owned(),
        });
    }

    fn dialect_name(&self) -> &str {
        self.dialect
    }

    fn is_offline(&self) -> bool {
        self.is_offline
    }

    fn defers(&self) -> bool {
        !self.is_offline
    }

    fn emit(&mut self, op: SourcedOp) -> Result<(), Error> {
        self.outcome.ops.push(op);
        Ok(())
    }
}

/// Evaluates a function of a migration script to its end and collects what it does.
///
/// # Errors
/// An exception of the script, or what cannot be read, each at its place;
/// [`limbeck_diag::ErrorKind::NeedsDatabase`] where it depends on what the database holds.
pub fn evaluate_revision(
    world: &Rc<World>,
    request: &RevisionRequest<'_>,
) -> Result<RevisionOutcome, Error> {
    let mut host = Collector {
        dialect: request.dialect,
        is_offline: request.is_offline,
        outcome: RevisionOutcome::default(),
    };
    run_revision(world, request, &mut host)?;
    Ok(host.outcome)
}

/// Tells whether a function of a migration script can be read to its end, whatever the database answers.
///
/// # Errors
/// As [`evaluate_revision`]: what cannot be read on one of the ways through it.
pub fn probe_revision(world: &Rc<World>, request: &RevisionRequest<'_>) -> Result<(), Error> {
    crate::eval::explore(|path| {
        let mut host = Collector {
            dialect: request.dialect,
            is_offline: false,
            outcome: RevisionOutcome::default(),
        };
        let mut ev = Interp::new(world, &mut host);
        let module = request.script.load(&mut ev)?;
        let function = Value::Module(module);
        let mut args = Args::none();
        for (name, value) in request.kwargs {
            args = args.with(name, value.clone());
        }
        ev.begin_probe(path);
        let result = match ev.get_attr(&function, request.function) {
            Ok(function) => {
                crate::alchemy::imported::check_run(&mut ev).and_then(|()| ev.call(&function, args))
            }
            Err(flow) => Err(flow),
        };
        ev.end_probe(result.map(drop))
    })
}

/// Evaluates a function of a migration script; its effects go to `host` as they happen.
///
/// # Errors
/// As [`evaluate_revision`], and what the host refuses.
pub fn run_revision(
    world: &Rc<World>,
    request: &RevisionRequest<'_>,
    host: &mut dyn Host,
) -> Result<(), Error> {
    let mut ev = Interp::new(world, host);
    let module = request.script.load(&mut ev)?;
    let mut args = Args::none();
    for (name, value) in request.kwargs {
        args = args.with(name, value.clone());
    }
    crate::alchemy::imported::check_run(&mut ev).map_err(|flow| ev.flow_to_error(flow))?;
    Script::run_function(&mut ev, &module, request.function, args)?;
    Ok(())
}

/// Names that snippets of the conformance vectors use.
const PRELUDE: &str = "import sqlalchemy as sa\nfrom alembic import op\n\
    from sqlalchemy.dialects import postgresql, mysql, sqlite, mssql, oracle\n\
    import datetime, decimal, uuid\n";

fn evaluate_value(world: &Rc<World>, source: &str) -> Result<(Value, Collector<'static>), Error> {
    let mut host = Collector {
        dialect: "default",
        is_offline: true,
        outcome: RevisionOutcome::default(),
    };
    let text = format!("{PRELUDE}def upgrade():\n    return ({source})\n");
    let script = Script::parse("snippet.py", &text)?;
    let value = {
        let mut ev = Interp::new(world, &mut host);
        let module = script.load(&mut ev)?;
        Script::run_function(&mut ev, &module, "upgrade", Args::none())?
    };
    Ok((value, host))
}

/// Evaluates statements that call `op.…`, with the names of the conformance vectors in scope (`op`, `sa`, the
/// dialect modules, `datetime`, `decimal`, `uuid`).
///
/// # Errors
/// As [`evaluate_revision`].
pub fn evaluate_ops_snippet(
    world: &Rc<World>,
    dialect: &str,
    source: &str,
) -> Result<Vec<SourcedOp>, Error> {
    let mut text = format!("{PRELUDE}def upgrade():\n");
    for line in source.lines() {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    let request = RevisionRequest {
        script: &Script::parse("snippet.py", &text)?,
        function: "upgrade",
        dialect,
        is_offline: true,
        kwargs: &[],
    };
    evaluate_revision(world, &request).map(|outcome| outcome.ops)
}

/// Evaluates an expression that makes a type.
///
/// # Errors
/// As [`evaluate_revision`].
pub fn evaluate_type(world: &Rc<World>, source: &str) -> Result<ColumnType, Error> {
    let (value, mut host) = evaluate_value(world, source)?;
    let mut ev = Interp::new(world, &mut host);
    match crate::alchemy::types::object::to_type(&mut ev, &value, "the expression") {
        Ok(type_) => Ok(type_),
        Err(flow) => Err(ev.flow_to_error(flow)),
    }
}

/// Evaluates an expression that makes a `Column`.
///
/// # Errors
/// As [`evaluate_revision`].
pub fn evaluate_column(world: &Rc<World>, source: &str) -> Result<Column, Error> {
    let (value, mut host) = evaluate_value(world, source)?;
    let mut ev = Interp::new(world, &mut host);
    let result = match value.downcast::<ColumnObj>() {
        Some(column) => column.schema_column(&mut ev),
        None => ev
            .need_known(&value, "the expression")
            .and_then(|()| Err(ev.unreadable("the expression makes no column"))),
    };
    match result {
        Ok(column) => Ok(column),
        Err(flow) => Err(ev.flow_to_error(flow)),
    }
}

/// The naming convention of what env.py gave as `target_metadata`; SQLAlchemy's own where it gave none.
///
/// # Errors
/// Where the metadata or its convention cannot be read.
pub fn naming_convention(
    world: &Rc<World>,
    target_metadata: &Value,
) -> Result<NamingConvention, Error> {
    let mut host = Collector {
        dialect: "default",
        is_offline: true,
        outcome: RevisionOutcome::default(),
    };
    let mut ev = Interp::new(world, &mut host);
    match convention_of(&mut ev, target_metadata) {
        Ok(convention) => Ok(convention),
        Err(flow) => Err(ev.flow_to_error(flow)),
    }
}

fn convention_of(ev: &mut Interp<'_>, metadata: &Value) -> crate::flow::R<NamingConvention> {
    ev.need_known(metadata, "`target_metadata`")?;
    match metadata {
        Value::None => return Ok(NamingConvention::default()),
        // With several metadata Alembic takes the convention of the first.
        Value::List(_) | Value::Tuple(_) => {
            return match ev.iterate(metadata)?.first() {
                Some(first) => convention_of(ev, &first.clone()),
                None => Ok(NamingConvention::default()),
            };
        }
        _ => {}
    }
    let Some(metadata) = metadata.downcast::<MetaDataObj>() else {
        return Err(ev.unreadable("`target_metadata` is no MetaData that can be read"));
    };
    let unknown = metadata.unknown_convention.borrow().clone();
    if let Some(unknown) = unknown {
        ev.need_known(&unknown, "the naming convention")?;
    }
    let convention = metadata.convention.borrow().clone();
    Ok(convention)
}
