//! Listeners of engines (`sqlalchemy.event`), as far as they change what a connection is: those that are called when one is made.
//!
//! They are called as SQLAlchemy calls them, with a connection of the driver that writes down what is executed on it.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_diag::Location;

use super::engine::Classes;
use super::recorder::Recorder;
use super::{EnvStatement, EnvTarget, driver};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Class, Value};

/// Events of which a listener is called when a connection is made, in the order in which SQLAlchemy calls them.
const ON_CONNECT: [&str; 4] = ["first_connect", "connect", "checkout", "engine_connect"];

/// The listeners that have been registered so far, and the classes that stand for every engine.
#[derive(Default)]
pub(super) struct Listeners {
    listeners: RefCell<Vec<Listener>>,
    every: RefCell<Vec<Rc<Class>>>,
}

/// Which engine a listener listens to.
#[derive(Clone)]
enum Subject {
    /// `Engine`, `Pool`
    Every,
    /// One engine.
    One(Identity),
    /// It could not be read which.
    Unknown,
}

/// What an engine, its `sync_engine` and its pool have in common.
pub(super) type Identity = Rc<()>;

#[derive(Clone)]
struct Listener {
    subject: Subject,
    event: String,
    function: Value,
    /// `insert=True`: before the others, SQLAlchemy's own included.
    early: bool,
    /// `named=True`
    named: bool,
    /// `retval=True`
    retval: bool,
    location: Option<Location>,
}

/// What the listeners of an engine execute on a new connection.
#[derive(Debug, Clone, Default)]
pub(super) struct OnConnect {
    /// Statements, in order.
    pub(super) statements: Vec<EnvStatement>,
    /// How many of them come before SQLAlchemy has asked for the default schema.
    pub(super) early: usize,
}

fn listeners(ev: &Interp<'_>) -> Rc<Listeners> {
    Rc::clone(ev.world()).extension("sqlalchemy.event", Listeners::default)
}

/// Says which classes stand for every engine.
pub(super) fn install(ev: &Interp<'_>, every: Vec<Rc<Class>>) {
    *listeners(ev).every.borrow_mut() = every;
}

/// Keeps a listener, if it may be one of engines. `options` are the keywords of `listen` and `listens_for`.
pub(crate) fn note(
    ev: &mut Interp<'_>,
    target: &Value,
    event: &Value,
    function: &Value,
    options: &Args,
) -> R<()> {
    let Some(event) = event.as_str().filter(|event| is_of_engines(event)) else {
        return Ok(());
    };
    let kept = listeners(ev);
    let subject = match target {
        Value::Class(class)
            if kept
                .every
                .borrow()
                .iter()
                .any(|every| Rc::ptr_eq(every, class)) =>
        {
            Subject::Every
        }
        Value::Unknown(_) | Value::Opaque(_) => Subject::Unknown,
        other => match super::engine::identity(other) {
            Some(identity) => Subject::One(identity),
            None => return Ok(()),
        },
    };
    let mut option = |name: &str| match options.keyword(name).cloned() {
        Some(value) => ev.truth(&value, &format!("`{name}` of a listener")),
        None => Ok(false),
    };
    let (early, named, retval) = (option("insert")?, option("named")?, option("retval")?);
    let listener = Listener {
        subject,
        event: event.to_string(),
        function: function.clone(),
        early,
        named,
        retval,
        location: ev.location(),
    };
    let mut all = kept.listeners.borrow_mut();
    if early {
        all.insert(0, listener);
    } else {
        all.push(listener);
    }
    Ok(())
}

fn is_of_engines(event: &str) -> bool {
    ON_CONNECT.contains(&event)
        || matches!(
            event,
            "do_connect"
                | "begin"
                | "before_execute"
                | "before_cursor_execute"
                | "do_execute"
                | "do_execute_no_params"
                | "do_executemany"
        )
}

/// Calls the listeners of an engine that makes a connection to `target`.
pub(super) fn connect(
    ev: &mut Interp<'_>,
    recorder: &Rc<Recorder>,
    classes: &Rc<Classes>,
    identity: &Identity,
    target: &EnvTarget,
    is_async: bool,
) -> R<OnConnect> {
    for name in &recorder.request.imports {
        let module = ev.import(name)?;
        ev.need_known(
            &module,
            &format!("`{name}`, which listens to every engine,"),
        )?;
    }
    let all = listeners(ev).listeners.borrow().clone();
    let is_mine = |it: &&Listener| match &it.subject {
        Subject::One(one) => Rc::ptr_eq(one, identity),
        Subject::Every | Subject::Unknown => true,
    };
    // Those of the class come before those of the engine.
    let rank = |it: &Listener| usize::from(!matches!(it.subject, Subject::Every));
    let mut mine: Vec<Listener> = all.iter().filter(is_mine).cloned().collect();
    mine.sort_by_key(rank);
    // Without a URL nothing is connected to; that is told where it matters.
    if mine.is_empty() || !matches!(target, EnvTarget::Url(_)) {
        return Ok(OnConnect::default());
    }
    let mut done = OnConnect::default();
    let connection = driver::DriverConnection::new(recorder, target, is_async);
    for event in ON_CONNECT {
        for listener in mine.iter().filter(|it| it.event == event) {
            let taken = recorder.set_pending_aside();
            let result = call(ev, recorder, classes, listener, &connection, target);
            let statements = recorder.put_pending_back(taken);
            result?;
            if !statements.is_empty() && matches!(listener.subject, Subject::Unknown) {
                return Err(refused(
                    ev,
                    listener,
                    "the engine that it listens to could not be read",
                ));
            }
            if event == "engine_connect" && !statements.is_empty() {
                // Alembic then takes the transaction for somebody else's, and does not commit it.
                let why = "it begins a transaction on the connection";
                return Err(refused(ev, listener, why));
            }
            let is_early = event == "first_connect" || (event == "connect" && listener.early);
            done.statements.extend(statements);
            if is_early {
                done.early = done.statements.len();
            }
        }
    }
    connection.end(ev)?;
    for listener in &mine {
        check_other(ev, recorder, classes, listener, target)?;
    }
    Ok(done)
}

/// Calls a listener of a connection that is made.
fn call(
    ev: &mut Interp<'_>,
    recorder: &Rc<Recorder>,
    classes: &Rc<Classes>,
    listener: &Listener,
    connection: &driver::DriverConnection,
    target: &EnvTarget,
) -> R<()> {
    let record = || Value::opaque("connection_record");
    let values = match listener.event.as_str() {
        "engine_connect" => vec![(
            "conn",
            super::engine::plain_connection(recorder, classes, target),
        )],
        "checkout" => vec![
            ("dbapi_connection", connection.value()),
            ("connection_record", record()),
            ("connection_proxy", Value::opaque("connection_proxy")),
        ],
        _ => vec![
            ("dbapi_connection", connection.value()),
            ("connection_record", record()),
        ],
    };
    let args = if listener.named {
        let none = Args::none();
        values
            .into_iter()
            .fold(none, |args, (name, value)| args.with(name, value))
    } else {
        Args::positional(values.into_iter().map(|(_, value)| value).collect())
    };
    ev.call(&listener.function, args).map(|_| ())
}

/// Refuses listeners that change what is done on the connection later.
fn check_other(
    ev: &mut Interp<'_>,
    recorder: &Rc<Recorder>,
    classes: &Rc<Classes>,
    listener: &Listener,
    target: &EnvTarget,
) -> R<()> {
    let why = match listener.event.as_str() {
        "do_connect" => "it changes how the connection is made",
        "do_execute" | "do_execute_no_params" | "do_executemany" => {
            "it executes statements in the place of SQLAlchemy"
        }
        "before_execute" | "before_cursor_execute" if listener.retval => {
            "it changes statements before they are executed"
        }
        "begin" => {
            // `BEGIN` by hand, for drivers that do not say it: transactions are begun anyway.
            let taken = recorder.set_pending_aside();
            let conn = super::engine::plain_connection(recorder, classes, target);
            let result = ev.call(&listener.function, Args::positional(vec![conn]));
            let statements = recorder.put_pending_back(taken);
            result?;
            if statements.iter().all(EnvStatement::is_begin) {
                return Ok(());
            }
            "it executes statements at the beginning of every transaction"
        }
        _ => return Ok(()),
    };
    Err(refused(ev, listener, why))
}

fn refused(ev: &Interp<'_>, listener: &Listener, why: &str) -> Flow {
    let message = format!(
        "the listener of the event `{}` is not modelled: {why}",
        listener.event
    );
    match ev.unreadable(message) {
        Flow::Fatal(error) => Flow::fatal(error.map_diagnostic(|it| {
            it.at_maybe(listener.location.clone(), "this listener is called")
        })),
        other => other,
    }
}
