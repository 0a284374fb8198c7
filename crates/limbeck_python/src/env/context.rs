//! `alembic.context`, and the functions of SQLAlchemy that would open a connection.

use std::path::PathBuf;
use std::rc::Rc;

use super::recorder::Recorder;
use super::{EnvTarget, config, configure, engine, url};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Dict, Module, NativeObject, Value};

/// Puts the recorders where env.py, and what it imports, will find them.
pub(super) fn install(ev: &mut Interp<'_>, recorder: &Rc<Recorder>) -> R<()> {
    let context = module(recorder);
    let environment = crate::alchemy::environment::environment(ev);
    ev.replace_module("alembic.context", &context)?;
    let classes = engine::Classes::new(recorder);
    *environment.classes.borrow_mut() =
        vec![Rc::clone(&classes.connection), Rc::clone(&classes.engine)];
    let pool = Class::native("Pool", "sqlalchemy.pool.base", Vec::new(), None);
    super::listener::install(ev, vec![Rc::clone(&classes.engine), Rc::clone(&pool)]);
    for name in ["sqlalchemy.pool", "sqlalchemy.pool.base"] {
        ev.extend_module(name, &[("Pool", &Value::Class(Rc::clone(&pool)))])?;
    }
    let create = engine::create_engine(recorder, &classes, false);
    let create_async = engine::create_engine(recorder, &classes, true);
    let from_config = engine::engine_from_config(recorder, &classes, false);
    let async_from_config = engine::engine_from_config(recorder, &classes, true);
    let url_class = Value::Class(url::class(&recorder.config));
    let make_url = url::make_url(&recorder.config);
    for name in [
        "sqlalchemy",
        "sqlalchemy.engine",
        "sqlalchemy.engine.base",
        "sqlalchemy.engine.url",
        "sqlmodel",
    ] {
        ev.extend_module(
            name,
            &[
                ("create_engine", &create),
                ("engine_from_config", &from_config),
                ("Engine", &Value::Class(Rc::clone(&classes.engine))),
                ("Connection", &Value::Class(Rc::clone(&classes.connection))),
                ("URL", &url_class),
                ("make_url", &make_url),
            ],
        )?;
    }
    for name in [
        "sqlalchemy.ext.asyncio",
        "sqlmodel.ext.asyncio",
        "sqlalchemy.ext.asyncio.engine",
    ] {
        ev.extend_module(
            name,
            &[
                ("create_async_engine", &create_async),
                ("async_engine_from_config", &async_from_config),
                (
                    "AsyncEngine",
                    &Value::Class(Rc::clone(&classes.async_engine)),
                ),
                (
                    "AsyncConnection",
                    &Value::Class(Rc::clone(&classes.async_connection)),
                ),
            ],
        )?;
    }
    let file_config = {
        let recorder = Rc::clone(recorder);
        Value::native("fileConfig", move |ev, args| {
            // Another file says nothing of the project's own logging, and is not looked at.
            let own = Value::from(recorder.config.config_file_name());
            if let Some(file) = args.get(0) {
                recorder
                    .logging_configured
                    .set(ev.to_str(file)? == ev.to_str(&own)?);
            }
            Ok(Value::None)
        })
    };
    ev.extend_module("logging.config", &[("fileConfig", &file_config)])
}

type Answer = fn(&mut Interp<'_>, &Rc<Recorder>, Args) -> R;

const FUNCTIONS: &[(&str, Answer)] = &[
    ("is_offline_mode", |_ev, recorder, _args| {
        Ok(Value::Bool(recorder.request.offline))
    }),
    ("configure", |ev, recorder, args| {
        configure::configure(ev, recorder, args)
    }),
    ("begin_transaction", |ev, recorder, _args| {
        let target = recorder.configured(ev)?.target;
        Ok(Transaction::value(ev, recorder, &target))
    }),
    ("run_migrations", |ev, recorder, args| {
        recorder.run_migrations(ev, configure::keywords(args))?;
        Ok(Value::None)
    }),
    ("execute", |ev, recorder, args| {
        if in_migration(ev) {
            return crate::alchemy::execute_operation(ev, None, args);
        }
        let statement = args.get(0).cloned().unwrap_or(Value::None);
        let target = recorder.configured(ev)?.target;
        recorder.execute(ev, &target, &statement, None)?;
        Ok(Value::None)
    }),
    ("static_output", |ev, _recorder, _args| {
        Err(ev.unreadable("env.py writes to the script with `static_output()`"))
    }),
    ("get_x_argument", x_argument),
    ("get_tag_argument", |_ev, recorder, _args| {
        Ok(Value::from(recorder.request.tag.clone()))
    }),
    ("get_revision_argument", |_ev, recorder, _args| {
        Ok(Value::from(recorder.request.revision_argument.clone()))
    }),
    ("get_starting_revision_argument", |_ev, recorder, _args| {
        Ok(Value::from(recorder.request.starting_revision.clone()))
    }),
    ("get_head_revision", |_ev, recorder, _args| {
        Ok(recorder
            .request
            .heads
            .first()
            .map_or(Value::None, |head| Value::from(head.as_str())))
    }),
    ("get_head_revisions", |_ev, recorder, _args| {
        Ok(Value::tuple(
            recorder
                .request
                .heads
                .iter()
                .map(|head| Value::from(head.as_str()))
                .collect(),
        ))
    }),
    ("is_transactional_ddl", |ev, _recorder, _args| {
        Ok(ev.unknown("it depends on the server"))
    }),
    ("get_bind", |ev, _recorder, _args| {
        if in_migration(ev) {
            return Ok(crate::alchemy::connection(ev));
        }
        Ok(ev.unknown("env.py uses `context.get_bind()`"))
    }),
    ("get_context", |ev, recorder, _args| {
        if in_migration(ev) {
            return Ok(crate::alchemy::migration_context());
        }
        let target = recorder.configured(ev)?.target;
        Ok(Value::object(MigrationContext {
            recorder: Rc::clone(recorder),
            target,
        }))
    }),
];

/// True for a script that asks the context of its migration, false for env.py, which makes one.
fn in_migration(ev: &Interp<'_>) -> bool {
    ev.is_running() && !ev.listens
}

fn module(recorder: &Rc<Recorder>) -> Rc<Module> {
    let functions = FUNCTIONS.iter().map(|&(name, answer)| {
        let recorder = Rc::clone(recorder);
        (
            name,
            Value::native(name, move |ev, args| answer(ev, &recorder, args)),
        )
    });
    Module::native_with(
        "alembic.context",
        functions.chain([("config", config::Config::value(recorder))]),
        Some(crate::alchemy::script_context::proxy),
    )
}

/// `context.get_x_argument(as_dictionary=False)`
fn x_argument(ev: &mut Interp<'_>, recorder: &Rc<Recorder>, args: Args) -> R {
    let mut args = args.bind(ev, "get_x_argument", "as_dictionary=")?;
    let as_dictionary = args.take_or("as_dictionary", Value::Bool(false));
    let x = &recorder.request.x;
    if !ev.truth(&as_dictionary, "`as_dictionary`")? {
        return Ok(Value::list(
            x.iter().map(|it| Value::from(it.as_str())).collect(),
        ));
    }
    let pairs = x.iter().map(|it| {
        let (key, value) = it.split_once('=').unwrap_or((it, ""));
        (Rc::from(key), Value::from(value))
    });
    Ok(Value::dict(Dict::from_pairs(pairs)))
}

/// `context.begin_transaction()`: when to begin is for the runner to know.
struct Transaction {
    recorder: Rc<Recorder>,
    /// Alembic begins none where DDL cannot be undone, and in `--sql`; then there is nothing that a script could call.
    is_real: bool,
}

impl Transaction {
    fn value(ev: &Interp<'_>, recorder: &Rc<Recorder>, target: &EnvTarget) -> Value {
        let said = recorder.options.borrow().transactional_ddl;
        let dialect = recorder.dialect_of(ev, target);
        let by_dialect = !matches!(
            dialect.as_str().as_deref(),
            Some("sqlite" | "mysql" | "mariadb" | "oracle")
        );
        Value::object(Transaction {
            recorder: Rc::clone(recorder),
            is_real: !recorder.request.offline && said.unwrap_or(by_dialect),
        })
    }
}

impl NativeObject for Transaction {
    fn type_name(&self) -> String {
        "Transaction".to_owned()
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        if !self.is_real {
            return Ok(Some(Value::None));
        }
        self.recorder.begun.set(true);
        Ok(Some(Value::Object(self)))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let is_known = name == "rollback" || name.starts_with("__");
        Ok((!is_known).then(|| ev.unknown(format!("`{name}` of the transaction is not modelled"))))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["rollback"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        _name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        self.recorder.rollback(ev)?;
        Ok(Some(Value::None))
    }
}

/// `context.get_context()`
struct MigrationContext {
    recorder: Rc<Recorder>,
    target: EnvTarget,
}

impl NativeObject for MigrationContext {
    fn type_name(&self) -> String {
        "MigrationContext".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok((name == "dialect").then(|| engine::dialect(ev, &self.recorder, &self.target)))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "run_migrations",
            "begin_transaction",
            "execute",
            "_ensure_version_table",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match name {
            "_ensure_version_table" => self.recorder.ensure_version_table(ev, &self.target),
            "run_migrations" => self
                .recorder
                .run_migrations(ev, configure::keywords(args))?,
            "execute" => {
                let statement = args.get(0).cloned().unwrap_or(Value::None);
                self.recorder.execute(ev, &self.target, &statement, None)?;
            }
            _ => return Ok(Some(Transaction::value(ev, &self.recorder, &self.target))),
        }
        Ok(Some(Value::None))
    }
}

/// A file that env.py opens for the SQL. Limbeck writes it, not env.py.
struct OutputFile {
    path: PathBuf,
}

impl NativeObject for OutputFile {
    fn type_name(&self) -> String {
        "TextIOWrapper".to_owned()
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["close"]
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(Value::None))
    }
}

/// `open(path, "w")` in env.py.
pub(super) fn open(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "open",
        "file, mode=, buffering=, encoding=, errors=, newline=, closefd=, opener=",
    )?;
    let path = args.take_or_none("file");
    let mode = args.take_or("mode", Value::from("r"));
    ev.need_known(&path, "the name of a file")?;
    ev.need_known(&mode, "the mode of a file")?;
    if mode.as_str().is_some_and(|mode| mode.contains('w')) {
        let path = PathBuf::from(ev.to_str(&path)?);
        return Ok(Value::object(OutputFile { path }));
    }
    Ok(ev.unknown("env.py reads a file"))
}

/// The path behind `output_buffer=`.
pub(super) fn output_path(ev: &mut Interp<'_>, buffer: &Value) -> R<Option<PathBuf>> {
    match buffer.downcast::<OutputFile>() {
        Some(file) => Ok(Some(file.path.clone())),
        None => Err(ev.unreadable("`output_buffer` is not a file that env.py opens")),
    }
}
