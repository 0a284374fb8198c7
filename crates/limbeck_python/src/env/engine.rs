//! Engines and connections that go nowhere: they know their URL.

use std::cell::RefCell;
use std::rc::Rc;

use super::EnvTarget;
use super::engine_options::{self, EngineOptions, level_fault};
use super::listener::{self, Identity, OnConnect};
use super::recorder::Recorder;
use super::url::Url;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, NativeObject, Value};

/// The classes that env.py may ask about with `isinstance`.
pub(super) struct Classes {
    pub(super) engine: Rc<Class>,
    pub(super) async_engine: Rc<Class>,
    pub(super) connection: Rc<Class>,
    pub(super) async_connection: Rc<Class>,
}

/// `AsyncEngine(engine)`
struct AsyncEngineHooks {
    recorder: Rc<Recorder>,
}

impl ClassHooks for AsyncEngineHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        let mut args = args.bind(ev, "AsyncEngine.__init__", "sync_engine")?;
        let inner = args.take_or_none("sync_engine");
        let target = target_of(ev, &self.recorder, &inner)?;
        let sync_class = class
            .attrs
            .borrow()
            .get("__sync__")
            .and_then(|it| match it {
                Value::Class(class) => Some(Rc::clone(class)),
                _ => None,
            });
        Ok(Ok(Value::object(Engine {
            recorder: Rc::clone(&self.recorder),
            target,
            is_async: true,
            options: options_of(&inner),
            identity: identity(&inner).unwrap_or_default(),
            classes: Rc::new(Classes {
                engine: sync_class.unwrap_or_else(|| Rc::clone(class)),
                async_engine: Rc::clone(class),
                connection: class_attr(class, "__connection__"),
                async_connection: class_attr(class, "__async_connection__"),
            }),
        })))
    }

    fn is_partial(&self) -> bool {
        true
    }
}

fn class_attr(class: &Rc<Class>, name: &str) -> Rc<Class> {
    match class.attrs.borrow().get(name) {
        Some(Value::Class(found)) => Rc::clone(found),
        _ => Rc::clone(class),
    }
}

impl Classes {
    pub(super) fn new(recorder: &Rc<Recorder>) -> Rc<Classes> {
        let plain = |name: &str, module: &str| Class::native(name, module, Vec::new(), None);
        let engine = plain("Engine", "sqlalchemy.engine.base");
        let connection = plain("Connection", "sqlalchemy.engine.base");
        let async_connection = plain("AsyncConnection", "sqlalchemy.ext.asyncio.engine");
        let hooks = AsyncEngineHooks {
            recorder: Rc::clone(recorder),
        };
        let async_engine = Class::native(
            "AsyncEngine",
            "sqlalchemy.ext.asyncio.engine",
            Vec::new(),
            Some(Rc::new(hooks)),
        );
        async_engine.set("__sync__", Value::Class(Rc::clone(&engine)));
        async_engine.set("__connection__", Value::Class(Rc::clone(&connection)));
        async_engine.set(
            "__async_connection__",
            Value::Class(Rc::clone(&async_connection)),
        );
        Rc::new(Classes {
            engine,
            async_engine,
            connection,
            async_connection,
        })
    }
}

/// `create_engine(url, **kw)` and `create_async_engine`
pub(super) fn create_engine(
    recorder: &Rc<Recorder>,
    classes: &Rc<Classes>,
    is_async: bool,
) -> Value {
    let (recorder, classes) = (Rc::clone(recorder), Rc::clone(classes));
    Value::native(
        if is_async {
            "create_async_engine"
        } else {
            "create_engine"
        },
        move |ev, args| {
            let mut args = args.bind(ev, "create_engine", "url, **kw")?;
            let url = args.take_or_none("url");
            check_engine_options(ev, &args.extra)?;
            let target = target_of_url(ev, &recorder, &url)?;
            let dialect = recorder.dialect_of(ev, &target);
            let options = engine_options::read(ev, &args.extra, &dialect)?;
            Ok(Value::object(Engine {
                recorder: Rc::clone(&recorder),
                target: options.target(ev, &recorder, target),
                is_async,
                options,
                identity: Identity::default(),
                classes: Rc::clone(&classes),
            }))
        },
    )
}

/// `engine_from_config(configuration, prefix="sqlalchemy.", **kw)` and `async_engine_from_config`
pub(super) fn engine_from_config(
    recorder: &Rc<Recorder>,
    classes: &Rc<Classes>,
    is_async: bool,
) -> Value {
    let (recorder, classes) = (Rc::clone(recorder), Rc::clone(classes));
    Value::native(
        if is_async {
            "async_engine_from_config"
        } else {
            "engine_from_config"
        },
        move |ev, args| {
            let mut args = args.bind(ev, "engine_from_config", "configuration, prefix=, **kw")?;
            let configuration = args.take_or_none("configuration");
            let prefix = args.take_or("prefix", Value::from("sqlalchemy."));
            check_engine_options(ev, &args.extra)?;
            // A keyword argument wins over the configuration.
            let given = args.extra.iter().find(|(name, _)| &**name == "url");
            let target = match &configuration {
                _ if given.is_some() => {
                    let url = given.map_or(Value::None, |(_, url)| url.clone());
                    target_of_url(ev, &recorder, &url)?
                }
                Value::Unknown(unknown) => recorder.target_of_unknown(unknown),
                _ => {
                    ev.need_known(&prefix, "the prefix of the engine's options")?;
                    let key = format!("{}url", prefix.as_str().unwrap_or_default());
                    let found = ev.call_method(
                        &configuration,
                        "get",
                        Args::positional(vec![Value::from(key)]),
                    )?;
                    if found.is_none() && recorder.request.url.is_none() {
                        return Err(ev.raise_class(
                            &ev.types().exception("KeyError"),
                            vec![Value::from("url")],
                        ));
                    }
                    target_of_url(ev, &recorder, &found)?
                }
            };
            let dialect = recorder.dialect_of(ev, &target);
            let mut options = engine_options::read(ev, &args.extra, &dialect)?;
            if !configuration.is_unknown() {
                let prefix = prefix.as_str().unwrap_or_default().to_string();
                let given = &args.extra;
                engine_options::read_configured(
                    ev,
                    &mut options,
                    &configuration,
                    &prefix,
                    given,
                    &dialect,
                )?;
            }
            Ok(Value::object(Engine {
                recorder: Rc::clone(&recorder),
                target: options.target(ev, &recorder, target),
                is_async,
                options,
                identity: Identity::default(),
                classes: Rc::clone(&classes),
            }))
        },
    )
}

/// Options that change what a run means.
fn check_engine_options(ev: &mut Interp<'_>, options: &[(Rc<str>, Value)]) -> R<()> {
    for (name, value) in options {
        if &**name == "creator"
            || (&**name == "execution_options" && mentions_translation(ev, value)?)
        {
            return Err(ev.unreadable(format!("env.py makes an engine with `{name}`")));
        }
    }
    Ok(())
}

fn mentions_translation(ev: &mut Interp<'_>, options: &Value) -> R<bool> {
    if options.is_none() {
        return Ok(false);
    }
    ev.need_known(options, "`execution_options`")?;
    let found = ev.contains(options, &Value::from("schema_translate_map"))?;
    ev.truth(&found, "`execution_options`")
}

fn target_of_url(ev: &mut Interp<'_>, recorder: &Recorder, url: &Value) -> R<EnvTarget> {
    Ok(match url {
        Value::Unknown(unknown) => recorder.target_of_unknown(unknown),
        other => {
            if let Some(url) = other.downcast::<Url>() {
                return Ok(recorder.target_of_url(Some(recorder.config.render_url(&url.parts))));
            }
            match other.as_str() {
                Some(text) => recorder.target_of_url(Some(text.to_string())),
                None if recorder.request.url.is_some() => recorder.target_of_url(None),
                None => {
                    let kind = ev.type_name(other);
                    return Err(ev.raise(
                        "TypeError",
                        format!("Expected string or URL object, got {kind}"),
                    ));
                }
            }
        }
    })
}

/// The database of an engine, a connection, or something unknown.
pub(super) fn target_of(ev: &mut Interp<'_>, recorder: &Recorder, value: &Value) -> R<EnvTarget> {
    if let Some(engine) = value.downcast::<Engine>() {
        return Ok(engine.target.clone());
    }
    if let Some(connection) = value.downcast::<Connection>() {
        return Ok(connection.target.clone());
    }
    match value {
        Value::Unknown(unknown) => Ok(recorder.target_of_unknown(unknown)),
        other => {
            let kind = ev.type_name(other);
            Err(ev.raise(
                "TypeError",
                format!("a connection was expected, got {kind}"),
            ))
        }
    }
}

/// Refuses migrations on a connection that would not commit them as the run does.
pub(super) fn check_commits(ev: &mut Interp<'_>, connection: &Value) -> R<()> {
    let fault = connection
        .downcast::<Connection>()
        .and_then(|it| it.committing.borrow().clone());
    match fault {
        Some(fault) => ev.need_known(&fault, "the connection of the migrations"),
        None => Ok(()),
    }
}

fn options_of(engine: &Value) -> EngineOptions {
    let engine = engine.downcast::<Engine>();
    engine.map(|it| it.options.clone()).unwrap_or_default()
}

/// An engine, synchronous or not.
pub(super) struct Engine {
    recorder: Rc<Recorder>,
    target: EnvTarget,
    is_async: bool,
    options: EngineOptions,
    identity: Identity,
    classes: Rc<Classes>,
}

impl Engine {
    fn connect(&self, ev: &mut Interp<'_>) -> R {
        if let Some(fault) = &self.options.connecting {
            ev.need_known(fault, "how the engine connects")?;
        }
        let on_connect = listener::connect(
            ev,
            &self.recorder,
            &self.classes,
            &self.identity,
            &self.target,
            self.is_async,
        )?;
        Ok(Value::object(Connection {
            recorder: Rc::clone(&self.recorder),
            target: self.target.clone(),
            is_async: self.is_async,
            committing: Rc::new(RefCell::new(self.options.committing.clone())),
            identity: Rc::clone(&self.identity),
            on_connect,
            classes: Rc::clone(&self.classes),
        }))
    }
}

/// What an engine and its pool have in common; none for anything else.
pub(super) fn identity(value: &Value) -> Option<Identity> {
    let engine = value.downcast::<Engine>().map(|it| Rc::clone(&it.identity));
    engine.or_else(|| value.downcast::<Pool>().map(|it| Rc::clone(&it.0)))
}

/// What the listeners of its engine execute on a connection.
pub(super) fn on_connect(connection: &Value) -> OnConnect {
    let connection = connection.downcast::<Connection>();
    connection
        .map(|it| it.on_connect.clone())
        .unwrap_or_default()
}

/// A connection as a listener gets it, whose engine calls no listeners again.
pub(super) fn plain_connection(
    recorder: &Rc<Recorder>,
    classes: &Rc<Classes>,
    target: &EnvTarget,
) -> Value {
    Value::object(Connection {
        recorder: Rc::clone(recorder),
        target: target.clone(),
        is_async: false,
        committing: Rc::default(),
        identity: Identity::default(),
        on_connect: OnConnect::default(),
        classes: Rc::clone(classes),
    })
}

/// `engine.pool`
struct Pool(Identity);

impl NativeObject for Pool {
    fn type_name(&self) -> String {
        "Pool".to_owned()
    }
}

fn url_of(recorder: &Rc<Recorder>, ev: &Interp<'_>, target: &EnvTarget) -> Value {
    match target {
        EnvTarget::Url(text) => match recorder.config.parse_url(text) {
            Ok(parts) => Value::object(Url {
                config: Rc::clone(&recorder.config),
                parts,
            }),
            Err(message) => ev.unknown(message),
        },
        EnvTarget::Dialect(_) => ev.unknown("there is only a dialect"),
        EnvTarget::Unknown { reason, location } => Value::unknown(reason.clone(), location.clone()),
    }
}

/// `connection.dialect`
struct Dialect {
    name: Value,
}

impl NativeObject for Dialect {
    fn type_name(&self) -> String {
        "Dialect".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok((name == "name").then(|| self.name.clone()))
    }
}

/// `dialect` of a database, as an object.
pub(super) fn dialect(ev: &Interp<'_>, recorder: &Recorder, target: &EnvTarget) -> Value {
    Value::object(Dialect {
        name: recorder.dialect_of(ev, target),
    })
}

impl NativeObject for Engine {
    fn type_name(&self) -> String {
        if self.is_async {
            "AsyncEngine"
        } else {
            "Engine"
        }
        .to_owned()
    }

    fn class(&self, _ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        let classes = &self.classes;
        Some(Rc::clone(if self.is_async {
            &classes.async_engine
        } else {
            &classes.engine
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "url" => Some(url_of(&self.recorder, ev, &self.target)),
            "dialect" => Some(dialect(ev, &self.recorder, &self.target)),
            "name" => Some(self.recorder.dialect_of(ev, &self.target)),
            "sync_engine" => Some(Value::object(Engine {
                recorder: Rc::clone(&self.recorder),
                target: self.target.clone(),
                is_async: false,
                options: self.options.clone(),
                identity: Rc::clone(&self.identity),
                classes: Rc::clone(&self.classes),
            })),
            "pool" => Some(Value::object(Pool(Rc::clone(&self.identity)))),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &["connect", "begin", "dispose", "execution_options"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "connect" | "begin" => self.connect(ev)?,
            "execution_options" => {
                check_options(ev, &args)?;
                let mut options = self.options.clone();
                if let Some(level) = args.keyword("isolation_level") {
                    options.committing = level_fault(ev, level);
                }
                Value::object(Engine {
                    recorder: Rc::clone(&self.recorder),
                    target: self.target.clone(),
                    is_async: self.is_async,
                    options,
                    identity: Rc::clone(&self.identity),
                    classes: Rc::clone(&self.classes),
                })
            }
            _ => Value::opaque("dispose()"),
        }))
    }
}

fn check_options(ev: &mut Interp<'_>, args: &Args) -> R<()> {
    match args.keyword("schema_translate_map") {
        Some(_) => Err(ev.unreadable("env.py translates schema names (`schema_translate_map`)")),
        None => Ok(()),
    }
}

/// A connection, synchronous or not. Also what `begin()` gives: a context manager that does nothing.
pub(super) struct Connection {
    recorder: Rc<Recorder>,
    target: EnvTarget,
    is_async: bool,
    /// Why migrations on it are refused; its isolation level is changed in place.
    committing: Rc<RefCell<Option<Value>>>,
    identity: Identity,
    on_connect: OnConnect,
    classes: Rc<Classes>,
}

const CONNECTION_METHODS: &[&str] = &[
    "execute",
    "exec_driver_sql",
    "scalar",
    "begin",
    "begin_nested",
    "commit",
    "rollback",
    "close",
    "run_sync",
    "execution_options",
    "connect",
    "in_transaction",
    "get_transaction",
];

impl NativeObject for Connection {
    fn type_name(&self) -> String {
        if self.is_async {
            "AsyncConnection"
        } else {
            "Connection"
        }
        .to_owned()
    }

    fn class(&self, _ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        let classes = &self.classes;
        Some(Rc::clone(if self.is_async {
            &classes.async_connection
        } else {
            &classes.connection
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "dialect" => Some(dialect(ev, &self.recorder, &self.target)),
            "engine" => Some(Value::object(Engine {
                recorder: Rc::clone(&self.recorder),
                target: self.target.clone(),
                is_async: self.is_async,
                options: EngineOptions::committing(self.committing.borrow().clone()),
                identity: Rc::clone(&self.identity),
                classes: Rc::clone(&self.classes),
            })),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        CONNECTION_METHODS
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        mut args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "execute" | "exec_driver_sql" | "scalar" => {
                let mut args =
                    args.bind(ev, name, "statement, parameters=, *, execution_options=")?;
                let statement = args.take_or_none("statement");
                let parameters = args.take_or_none("parameters");
                self.recorder
                    .execute(ev, &self.target, &statement, Some(&parameters))?;
                ev.unknown("env.py asks the database")
            }
            "run_sync" => {
                if args.positional.is_empty() {
                    return Err(ev.raise(
                        "TypeError",
                        "run_sync() missing 1 required positional argument: 'fn'",
                    ));
                }
                let function = args.positional.remove(0);
                let inner = Value::object(Connection {
                    recorder: Rc::clone(&self.recorder),
                    target: self.target.clone(),
                    is_async: false,
                    committing: Rc::clone(&self.committing),
                    identity: Rc::clone(&self.identity),
                    on_connect: self.on_connect.clone(),
                    classes: Rc::clone(&self.classes),
                });
                args.positional.insert(0, inner);
                match ev.call(&function, args)? {
                    Value::None => Value::opaque("run_sync()"),
                    other => other,
                }
            }
            "execution_options" => {
                check_options(ev, &args)?;
                if let Some(level) = args.keyword("isolation_level") {
                    *self.committing.borrow_mut() = level_fault(ev, level);
                }
                Value::Object(self)
            }
            "begin" | "begin_nested" => {
                self.recorder.begun.set(true);
                Value::Object(self)
            }
            "rollback" => {
                self.recorder.rollback(ev)?;
                Value::opaque("rollback()")
            }
            "commit" | "close" => {
                self.recorder.begun.set(false);
                Value::opaque(format!("{name}()"))
            }
            "connect" => Value::Object(self),
            "in_transaction" => Value::Bool(false),
            "get_transaction" => Value::None,
            _ => Value::opaque(format!("{name}()")),
        }))
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }
}
